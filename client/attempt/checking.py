"""The checks of the computer that a session is on: by its plan, with the devices it will open."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from client.base.clock import SECOND_US, utc_us
from client.capture.camera import is_address
from client.contest.capability import Capability
from client.contest.plan import PublishedPlan, read_plan
from client.contest.schedule import schedule_of
from client.evidence.layout import SessionFolder
from client.preflight.check import Check
from client.preflight.checks.address import KnownAddresses
from client.preflight.checks.recording import LIMIT_S, BenchRun
from client.preflight.checkup import Checkup
from client.preflight.reports.own import OwnRuns, PastRuns, own_folder
from client.preflight.standard import full_checks
from client.recorder.setup import X264, Choices, Encoders, RecorderSetup, load_setup, save_choices
from client.remote.client import OrganizerClient

LONG = frozenset({"bandwidth"})
"""Waits for its turn at the organizer: left out, as the trial recording is, where time is short."""


def checkup_of(folder: SessionFolder) -> Checkup:
    """Return the checks of a session; what its trial recording chooses goes to the recorder."""
    return _checkup(folder, OwnRuns(own_folder("checks")))


def passing_checkup_of(folder: SessionFolder) -> Checkup:
    """Return the checks of a trial's session, 试一遍: nothing of them is remembered."""
    return _checkup(folder, PastRuns(own_folder("checks")))


def _checkup(folder: SessionFolder, runs: OwnRuns) -> Checkup:
    published = read_plan(folder.plan)
    return Checkup(partial(session_checks, folder, published), runs, published)


def session_checks(folder: SessionFolder, published: PublishedPlan) -> Sequence[Check[Any]]:
    """Return checks for one run, without those that could not end before filming must begin."""
    plan, setup = published.plan, load_setup(folder.setup)
    sessions, devices = folder.path.parent, setup.devices
    times = schedule_of(plan, plan.paper(setup.paper or ""))
    has_time = times.filming_us - utc_us() - setup.clock_offset_us > 2 * LIMIT_S * SECOND_US
    organizer = OrganizerClient(
        plan.organizer.address,
        certificate_pem=plan.organizer.certificate_pem,
        keys=plan.organizer.keys,
    )
    checks = full_checks(
        plan,
        sessions,
        organizer.read_clock,
        _trial(folder, sessions, setup) if has_time else None,
        devices_allowed=True,
        camera_sources=[one for one in (devices.camera, devices.second_camera) if is_address(one)],
        second_camera=devices.second_camera,
        addresses=KnownAddresses(setup.addresses, (setup.enrolment or {}).get("address", "")),
        spare=Path(setup.spare_folder) if setup.spare_folder else None,
    )
    return [check for check in checks if has_time or check.name not in LONG]


def _trial(folder: SessionFolder, sessions: Path, setup: RecorderSetup) -> BenchRun:
    camera, microphone = setup.devices.camera, setup.devices.microphone
    words = ("--plan", folder.plan, "--camera", camera, "--microphone", microphone)
    second = ("--second-camera", setup.devices.second_camera)
    words = (*words, *(second if second[1] else ()))
    return BenchRun(sessions, [str(word) for word in words], keep=partial(_keep, folder))


def _keep(folder: SessionFolder, measured: Capability) -> None:
    """Let the recorder of the session know what the trial recording chose."""
    encoders = {part: measured.encoder_of(part) or X264 for part in ("screen", "camera")}
    choices = Choices(encoders=Encoders.model_validate(encoders), capture=measured.capture)
    save_choices(folder.setup, choices)
