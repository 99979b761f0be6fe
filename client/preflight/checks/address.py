"""Which address does the organizer see (R11), and is it a registered one, or the enrolment's?"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from client.base.text import Text
from client.contest.addresses import is_within
from client.preflight.check import Check, Finding
from client.preflight.checks.organizer import no_organizer
from client.preflight.facts.network import AddressFacts
from client.remote.client import OrganizerClient
from client.remote.failures import clean

LIMIT_SECONDS = 8.0


class KnownAddresses(NamedTuple):
    """What the address may be compared with; empty where nothing is known."""

    registered: tuple[str, ...] = ()
    """Addresses and networks that the roster names for this contestant."""
    enrolled: str = ""
    """What the organizer saw at the enrolment."""


NOTHING_KNOWN = KnownAddresses()


def address_check(
    client: OrganizerClient | None, known: KnownAddresses = NOTHING_KNOWN
) -> Check[AddressFacts]:
    """Compare what the organizer sees by `client` with what is known of this session."""
    return Check(
        name="address",
        title=Text("网络地址", "Network address"),
        requirement=Text(
            "在报备的地址内；没有报备的，与登记时相同",
            "a registered one; where none is registered, that of the enrolment",
        ),
        probe=_asking(client) if client else no_organizer,
        judge=partial(judge, known),
        limit_seconds=LIMIT_SECONDS,
    )


def judge(known: KnownAddresses, facts: AddressFacts) -> Finding:
    """Judge another address as a warning: it is told and recorded, and never decides by itself.

    A registered range decides alone: inside it an address may change.
    """
    seen = Text(f"组委会看到的地址是 {facts.seen}", f"The organizer sees the address {facts.seen}")
    if known.registered:
        return _registered(seen, known.registered, facts.seen)
    if not known.enrolled:
        more = Text("；还没有登记，没有可比较的。", "; not enrolled yet, nothing to compare with.")
        return Finding("pass", Text(seen.zh + more.zh, seen.en + more.en))
    if known.enrolled == facts.seen:
        return Finding(
            "pass", Text(f"{seen.zh}，与登记时相同。", f"{seen.en}, as at the enrolment.")
        )
    return Finding(
        "warn",
        Text(
            f"{seen.zh}，登记时是 {known.enrolled}。",
            f"{seen.en}; at the enrolment {known.enrolled}.",
        ),
        Text(
            "换了网络、开了 VPN 或重启了路由器都会改变地址，组委会会看到并询问："
            "若不是有意的，请回到原来的网络；否则请告知组委会。",
            "Another network, a VPN or a restarted router changes it; the organizer sees it and "
            "will ask. Go back to the former network, or tell the organizer why.",
        ),
    )


def _registered(seen: Text, ranges: tuple[str, ...], address: str) -> Finding:
    listed = ", ".join(ranges)
    if is_within(address, ranges):
        inside = Text(f"{seen.zh}，在报备的地址内。", f"{seen.en}, which is registered.")
        return Finding("pass", inside)
    return Finding(
        "warn",
        Text(f"{seen.zh}，报备的是 {listed}。", f"{seen.en}; registered is {listed}."),
        Text(
            "请连接报备的网络（例如学校或单位的网络），关闭 VPN；做不到时请告知组委会，"
            "竞赛照常进行。",
            "Connect to the network that was registered (the school's or firm's), without a VPN. "
            "Where that cannot be, tell the organizer; the contest goes on all the same.",
        ),
    )


def _asking(client: OrganizerClient) -> Callable[[], AddressFacts]:
    return lambda: AddressFacts(seen=clean(client.time().address))
