"""Which checks wait for which: two of them cannot have the same camera open."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from client.preflight.check import Check

STANDARD = ("disk-space", "clock", "second-camera", "recording")
"""Names of what a session asks that begins without anybody looking."""
CAMERAS, CARD, TRIAL = "cameras", "legibility", "recording"
TRY_DEVICES = (CAMERAS, "microphones")
TURN_S = 30.0
"""So long a check waits for those whose devices it needs."""


def in_turn(checks: Sequence[Check[Any]]) -> tuple[Check[Any], ...]:
    """Let checks among `checks` that use the same devices wait for one another.

    A card is read in the pictures of the cameras' check, while the trial recording begins; where
    cameras are not asked, the trial recording waits for what opens one to read a card.
    """
    names = {check.name for check in checks}
    ends = {name: threading.Event() for name in (*TRY_DEVICES, CARD) if name in names}
    opening = [name for name in ends if name != CARD or CAMERAS not in ends]
    waits = {CARD: [name for name in ends if name == CAMERAS], TRIAL: opening}

    def in_its_turn(check: Check[Any]) -> Check[Any]:
        before = [ends[name] for name in waits.get(check.name, ())]

        def probe() -> Any:  # noqa: ANN401 - whatever the check measures
            for ended in before:
                ended.wait(TURN_S)
            try:
                return check.probe()
            finally:
                if check.name in ends:
                    ends[check.name].set()

        extra = TURN_S if before else 0.0
        return replace(check, probe=probe, limit_seconds=check.limit_seconds + extra)

    users = {*ends, TRIAL}
    return tuple(in_its_turn(check) if check.name in users else check for check in checks)
