"""What is installed, what runs, what is plugged in: the checks of this group in their order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from client.contest.plan import Environment, Recording
from client.preflight.check import Check
from client.preflight.checks.browsers import browsers_check
from client.preflight.checks.devices import Wanted, devices_check
from client.preflight.checks.displays import displays_check
from client.preflight.checks.input_methods import input_methods_check
from client.preflight.checks.legibility import legibility_check
from client.preflight.checks.office import office_check
from client.preflight.checks.programs import programs_check
from client.preflight.probes.card import CardLook


def software_checks(
    environment: Environment,
    *,
    allowed: bool,
    contest_begun: bool = False,
    camera_fps: int = Recording().camera.fps,
    camera_sources: Sequence[str] = (),
) -> tuple[Check[Any], ...]:
    """Return the checks for what `environment` asks.

    `allowed`: whether the person lets cameras and microphones be opened; they are only listed
    otherwise. `contest_begun`: chat programs are warned of, too. `camera_fps`: what the plan
    records. `camera_sources`: network cameras, such as a phone, by their addresses.
    """
    wanted = Wanted(environment.cameras_per_seat, environment.computers_per_seat, camera_fps)
    card = CardLook(allowed=allowed, sources=camera_sources)
    return (
        browsers_check(environment.browsers),
        office_check(environment.office),
        input_methods_check(environment.input_methods),
        programs_check(environment.programs, contest_begun=contest_begun),
        displays_check(environment),
        devices_check("camera", wanted, allowed=allowed, sources=camera_sources, card=card),
        devices_check("microphone", wanted, allowed=allowed),
        legibility_check(card),
    )
