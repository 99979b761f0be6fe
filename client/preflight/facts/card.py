"""How well a camera shows the print on a card. Nothing of what was read."""

from __future__ import annotations

from client.contest.values import Value
from client.preflight.facts.devices import Said

ENOUGH = 12
"""Characters that show that a camera can be read by; an ID number has 18."""


class CardFacts(Value):
    """What was read in the pictures of one camera."""

    camera: str
    """What a person knows it by; empty where there is none."""
    allowed: bool
    """Whether the person lets it be opened."""
    error: Said | None
    """Why nothing could be read, or None."""
    sharpness: float | None = None
    """As `capture/quality.py` measures it."""
    lines: int = 0
    """In which the reader saw something."""
    characters: int = 0
    """Read well."""
    score: float = 0.0
    """How sure the reader is of these, 0 to 1."""
    height: int = 0
    """Of the smallest line that was read well, in pixels."""
