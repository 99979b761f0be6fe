"""How well a camera shows print: figures of what was read. What it said is dropped here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import dist

from client.identity.reader import Line

WELL = 0.8
"""A line of at least this score counts as read."""


@dataclass(frozen=True)
class Legibility:
    """Of one picture, or of several together the best."""

    lines: int = 0
    """In which the reader saw something, well or not."""
    characters: int = 0
    """Of the lines that were read well; spaces are none."""
    score: float = 0.0
    """Mean over these characters, 0 to 1."""
    height: int = 0
    """Of the smallest of these lines, in pixels."""


def legibility_of(lines: Iterable[Line]) -> Legibility:
    """Return the figures of one picture's lines."""
    found = list(lines)
    well = [line for line in found if line.score >= WELL]
    counts = [sum(not character.isspace() for character in line.text) for line in well]
    characters = sum(counts)
    if not characters:
        return Legibility(lines=len(found))
    weighed = sum(line.score * count for line, count in zip(well, counts, strict=True))
    height = min(_height(line) for line in well)
    return Legibility(len(found), characters, round(weighed / characters, 3), round(height))


def _height(line: Line) -> float:
    """Return the mean of its left and its right edge."""
    top_left, top_right, bottom_right, bottom_left = line.corners
    return (dist(top_left, bottom_left) + dist(top_right, bottom_right)) / 2
