"""How old a picture or sound is when it reaches us, and who says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ToldBy = Literal["device", "simulation", "nobody"]
"""The same words as `evidence.entries.ToldBy`; the two rooms must not import each other."""


@dataclass(frozen=True)
class Delay:
    """What is known of the time between a moment in the room and its time stamp in the file."""

    us: int | None
    """By the device's own account; None where it gives none that can be believed."""
    told_by: ToldBy
    spread_us: int = 0
    """Measured here: by how much the middle delivery comes later than the promptest ones."""


UNKNOWN = Delay(None, "nobody")
