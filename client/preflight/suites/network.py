"""The checks of the network: card, way to the organizer, delay, bandwidth, proxy, address, zone.

network_checks(plan)                          before the enrolment, or without a plan (None)
network_checks(plan, KnownAddresses(...))     where the enrolment told an address or a range
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from client.contest.plan import Environment, Plan
from client.preflight.check import Check
from client.preflight.checks.access import access_check
from client.preflight.checks.address import NOTHING_KNOWN, KnownAddresses, address_check
from client.preflight.checks.bandwidth import bandwidth_check, enough_kbps, line_need
from client.preflight.checks.delay import delay_check
from client.preflight.checks.network import network_check
from client.preflight.checks.proxy import proxy_check
from client.preflight.checks.zone import zone_check
from client.preflight.probes.bandwidth import BandwidthRun
from client.preflight.probes.delay import DelayRun
from client.remote.client import OrganizerClient
from client.remote.transport import Timeouts

_QUICK = Timeouts(connect=2.0, read=2.0, whole=4.0)
"""Small requests; one without an answer for so long is lost."""
_BULK = Timeouts(connect=4.0, read=8.0, whole=12.0)
"""Longer than the organizer holds an answer of its queue back."""

Connect = Callable[[Plan, Timeouts], OrganizerClient]


def connect(plan: Plan, timeouts: Timeouts) -> OrganizerClient:
    """Return a client of the plan's organizer."""
    organizer = plan.organizer
    return OrganizerClient(
        organizer.address, certificate_pem=organizer.certificate_pem, timeouts=timeouts
    )


def network_checks(
    plan: Plan | None, known: KnownAddresses = NOTHING_KNOWN, *, connect: Connect = connect
) -> tuple[Check[Any], ...]:
    """Return the checks in the order in which they are shown.

    `known` are the addresses that this session is registered with, and was enrolled from.
    Bandwidth waits for its turn at the organizer, up to 150 s; all others are done within 16 s.
    """
    environment = plan.environment if plan is not None else Environment()
    calm = threading.Event()
    calm.set()
    need = line_need(plan)
    if plan is None:
        quick, delay, bandwidth = None, None, None
    else:
        quick = connect(plan, _QUICK)
        delay = DelayRun(connect(plan, _QUICK), calm)
        bandwidth = BandwidthRun(connect(plan, _BULK), enough_kbps(need), calm)
    return (
        network_check(environment, plan.organizer.address if plan is not None else ""),
        access_check(plan, quick),
        delay_check(environment, delay),
        bandwidth_check(need, bandwidth),
        proxy_check(),
        address_check(quick, known),
        zone_check(),
    )
