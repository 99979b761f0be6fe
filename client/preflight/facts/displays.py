"""The displays of this computer, as the probes found them."""

from __future__ import annotations

from typing import Literal

from client.contest.values import Value

Link = Literal["internal", "wired", "indirect", "wireless", "virtual", "unknown"]
"""How the picture gets to the display. `indirect`: by a USB or network adapter and its driver."""


class Display(Value):
    """One display that is part of the desktop."""

    name: str
    width: int
    height: int
    """Real pixels, scaling not taken off."""
    scale_percent: int | None
    """How much larger things are drawn; None: not told."""
    links: tuple[Link, ...]
    """More than one where the same picture goes to several devices."""


class DisplayFacts(Value):
    """All displays in use, none where the system tells none."""

    displays: tuple[Display, ...]
