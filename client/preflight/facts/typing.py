"""What came of typing the phrase that was shown, by one input method."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from client.contest.values import Slug, Value

Piece = Annotated[str, Field(max_length=200)]


class Engine(Value):
    """The input method or keyboard that the system says is on now."""

    slug: Slug | None
    """The name that plans know it by; None for one that no plan asks."""
    name: Piece


class TypingFacts(Value):
    """What arrived in our field, and what the system said was on while it was composed."""

    asked: Slug
    phrase: Piece
    typed: Piece
    composed: Piece
    """The part of it that an input method handed over, in order."""
    saw_preedit: bool
    """Letters were seen that were not committed yet, as only an input method has."""
    engines: Annotated[tuple[Engine, ...], Field(max_length=20)]
    """None: the system did not say."""
