"""The checks that every computer goes through, in the order in which they are shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from client.contest.plan import Environment, Plan
from client.preflight.check import Check
from client.preflight.checks.clock import ReadClock, clock_check
from client.preflight.checks.disk import disk_check
from client.preflight.checks.recording import BenchRun, recording_check


def standard_checks(
    plan: Plan | None, sessions: Path, read_clock: ReadClock | None, bench: BenchRun | None
) -> tuple[Check[Any], ...]:
    """Return the checks for `plan` (None: usual settings); `sessions` will hold the recordings.

    `bench` is None where there is no time to measure: filming is about to begin.
    """
    environment = plan.environment if plan is not None else Environment()
    return (
        disk_check(plan, sessions),
        clock_check(environment.clock_offset_seconds, read_clock),
        *([recording_check(bench)] if bench is not None else []),
    )
