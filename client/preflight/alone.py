"""A computer that is checked outside a session: by the command line, or a technician's window."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from client.base.build import build_label
from client.base.errors import BadInputError
from client.base.text import Text
from client.capture.audio import TEST as TEST_TONE
from client.capture.camera import TEST as TEST_PICTURE
from client.contest.plan import Plan, PublishedPlan
from client.evidence.layout import sessions_root
from client.evidence.spare import spare_root
from client.preflight.check import Check
from client.preflight.checks.clock import ReadClock
from client.preflight.checks.recording import BenchRun
from client.preflight.checkup import Checkup
from client.preflight.reports.computer import host_name
from client.preflight.reports.deliver import Delivery, deliver, report_name
from client.preflight.reports.history import earlier, last_good
from client.preflight.reports.make import Place, Run, make_report, plan_of
from client.preflight.reports.model import RoleName, SeatReport, seat_name
from client.preflight.reports.own import OwnRuns, own_folder
from client.preflight.reports.photo import photo_of
from client.preflight.standard import full_checks
from client.remote.client import OrganizerClient
from client.remote.plans import load_plan_from
from client.remote.transport import Timeouts

_TIMEOUTS = Timeouts(connect=2.0, read=4.0)


def clock_of(plan: Plan | None) -> ReadClock | None:
    """Return what reads the organizer's clock, where a plan names one."""
    if plan is None:
        return None
    organizer = plan.organizer
    client = OrganizerClient(
        organizer.address, certificate_pem=organizer.certificate_pem, timeouts=_TIMEOUTS
    )
    return client.read_clock


def bench_words(plan: str | None, *, allowed: bool) -> tuple[str, ...]:
    """Return what the trial recording opens: simulated devices where real ones may not be."""
    words = ("--plan", plan) if plan else ()
    return words if allowed else (*words, "--camera", TEST_PICTURE, "--microphone", TEST_TONE)


def checkup_for(plan: str, *, devices: bool) -> Checkup:
    """Return all checks by a plan (address or file; empty: usual settings). PlanError and the like.

    `devices`: whether cameras and microphones may be opened.
    """
    published = load_plan_from(plan) if plan else None
    return Checkup(
        partial(_checks, published, plan, devices=devices), OwnRuns(own_folder("checks")), published
    )


def _checks(published: PublishedPlan | None, words: str, *, devices: bool) -> Sequence[Check[Any]]:
    plan = published.plan if published is not None else None
    sessions = sessions_root()
    bench = BenchRun(sessions, bench_words(words, allowed=devices))
    return full_checks(
        plan, sessions, clock_of(plan), bench, devices_allowed=devices, spare=spare_root()
    )


def place_of(seat: str, role: RoleName) -> Place:
    """Return this computer at a seat; BadInputError where it is none."""
    try:
        return Place(seat_name(seat), role, host_name())
    except ValueError as error:
        raise BadInputError(
            Text(f"座位“{seat}”不对。", f"“{seat}” is no seat."),
            Text("座位写成 A12 这样。", "Write it like A12."),
        ) from error


def run_now(seconds: float) -> Run:
    """Return what a report says of a run that ended just now."""
    return Run(datetime.now(UTC).replace(microsecond=0), seconds, f"SaiJian {build_label()}")


def save_report(checkup: Checkup, seat: str, role: RoleName, folder: Path) -> Delivery:
    """Leave the report of `checkup` in `folder`, a picture of the room beside it, copies here."""
    place, copies = place_of(seat, role), own_folder("reports")
    stem = f"{place.seat}-{role}-{secrets.token_hex(6)}"
    made = make_report(
        place,
        run_now(checkup.seconds),
        plan_of(checkup.published),
        checkup.report(),
        checkup.names(),
        compared_with=last_good(earlier(place, folder, copies)),
        ticks=checkup.ticks,
        photo=photo_of(checkup.picture, stem) if checkup.picture else None,
    )
    return leave(report_name(made), made, checkup.picture, folder, copies)


def leave(
    name: str, made: SeatReport, picture: bytes, folder: Path | None, copies: Path
) -> Delivery:
    """Put the report called `name` into `folder` and its picture beside it; see `deliver`."""
    delivery = deliver(name, made.to_bytes(), folder, copies)
    if made.photo is None or not picture or delivery.trouble is not None:
        return delivery
    beside = deliver(made.photo.file, picture, folder, copies)
    return Delivery(delivery.file, delivery.copy, beside.trouble)
