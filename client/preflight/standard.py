"""The checks that every computer goes through, in the order in which they are shown."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from client.contest.plan import Environment, Plan, Recording
from client.preflight.check import Check
from client.preflight.checks.address import NOTHING_KNOWN, KnownAddresses
from client.preflight.checks.clock import ReadClock, clock_check
from client.preflight.checks.disk import disk_check
from client.preflight.checks.recording import BenchRun, recording_check
from client.preflight.checks.second import second_camera_check
from client.preflight.suites.machine import machine_checks
from client.preflight.suites.network import network_checks
from client.preflight.suites.software import software_checks


def standard_checks(
    plan: Plan | None,
    sessions: Path,
    read_clock: ReadClock | None,
    bench: BenchRun | None,
    second_camera: str = "",
    spare: Path | None = None,
) -> tuple[Check[Any], ...]:
    """Return the checks of a session that begins, for `plan` (None: usual settings).

    `sessions` will hold the recordings; on `spare`, if one is set, they go on. `bench` is None
    where there is no time to measure: filming is about to begin. `second_camera` is what a session
    that was begun will open.
    """
    needs_second = plan is not None and plan.recording.second_camera
    environment = plan.environment if plan is not None else Environment()
    return (
        disk_check(plan, sessions, spare),
        clock_check(environment.clock_offset_seconds, read_clock),
        *([second_camera_check(second_camera)] if needs_second else []),
        *([recording_check(bench)] if bench is not None else []),
    )


def full_checks(  # noqa: PLR0913 - one value for each thing that a session has
    plan: Plan | None,
    sessions: Path,
    read_clock: ReadClock | None,
    bench: BenchRun | None,
    *,
    devices_allowed: bool,
    camera_sources: Sequence[str] = (),
    second_camera: str = "",
    addresses: KnownAddresses = NOTHING_KNOWN,
    spare: Path | None = None,
) -> tuple[Check[Any], ...]:
    """Return all checks of a computer, the evening before or in a room; see `standard_checks`.

    `devices_allowed`: whether the person lets cameras and microphones be opened.
    """
    environment = plan.environment if plan is not None else Environment()
    recording = plan.recording if plan is not None else Recording()
    software = software_checks(
        environment,
        allowed=devices_allowed,
        camera_fps=recording.camera.fps,
        camera_sources=camera_sources,
    )
    return (
        *machine_checks(environment, sessions, plan),
        *network_checks(plan, addresses),
        *software,
        *standard_checks(plan, sessions, read_clock, bench, second_camera, spare),
    )
