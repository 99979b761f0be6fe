"""The checks of the computer itself: what it is made of, and whether it will keep what is recorded.

machine_checks(plan.environment, sessions, plan)
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from client.contest.plan import Environment, Plan, Recording
from client.preflight.check import Check
from client.preflight.checks.drive import drive_check
from client.preflight.checks.memory import memory_check
from client.preflight.checks.power import power_check
from client.preflight.checks.processor import processor_check
from client.preflight.checks.restore import restore_check
from client.preflight.checks.surroundings import surroundings_check
from client.preflight.checks.system import system_check
from client.preflight.checks.writing import writing_check


def machine_checks(
    environment: Environment, sessions: Path, plan: Plan | None = None
) -> tuple[Check[Any], ...]:
    """Return the checks in the order in which they are shown.

    `sessions` will hold the recordings: each run leaves a marker of 150 bytes there. `plan` gives
    rates of the tracks and times of the sessions; None: the usual rates, no times.
    """
    recording = plan.recording if plan is not None else Recording()
    return (
        processor_check(environment),
        memory_check(environment),
        drive_check(environment, sessions, recording),
        restore_check(sessions),
        system_check(plan),
        writing_check(sessions),
        power_check(),
        surroundings_check(),
    )
