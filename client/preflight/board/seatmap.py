"""Where each seat stands on the map: rows by their letters, columns by their numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import NamedTuple

WIDEST = 30
"""Longer rows are broken into lines of the same length."""
_WITHOUT_LETTERS = 10
_SEAT = re.compile(r"([A-Z]*)([0-9]+)")


class Spot(NamedTuple):
    """A seat's place; both count from 0."""

    row: int
    column: int


class SeatMap(NamedTuple):
    """The whole map."""

    rows: tuple[str, ...]
    """What each line is called."""
    columns: int
    spots: dict[str, Spot]


def seat_order(seat: str) -> tuple[int, str, int]:
    """Sort seats as people read them: A2 before A10, Z1 before AA1."""
    row, number = _parts(seat)
    return len(row), row, number


def seat_map(seats: Iterable[str]) -> SeatMap:
    """Return the map of these seats; it is as wide as their highest number, or part of it."""
    named = sorted(set(seats), key=seat_order)
    highest = max((_parts(seat)[1] for seat in named), default=1)
    has_letters = any(_parts(seat)[0] for seat in named)
    widest = WIDEST if has_letters else _WITHOUT_LETTERS
    width = (
        math.ceil(highest / math.ceil(highest / widest)) if has_letters else min(highest, widest)
    )
    lines: dict[tuple[str, int], int] = {}
    spots = {}
    for seat in named:
        letters, number = _parts(seat)
        line = lines.setdefault((letters, (number - 1) // width), len(lines))
        spots[seat] = Spot(line, (number - 1) % width)
    parts = {letters: sum(1 for other, _ in lines if other == letters) for letters, _ in lines}
    rows = tuple(
        letters if letters and parts[letters] == 1 else f"{letters}{part * width + 1}"
        for letters, part in lines
    )
    return SeatMap(rows, width, spots)


def holes(seats: Iterable[str], room: int) -> tuple[str, ...]:
    """Return seats that lie between those given and were not named, at most up to `room` in all.

    A1 and A3 of a room with three seats make A2 a seat of that room.
    """
    known = set(seats)
    numbers = [_parts(seat)[1] for seat in known]
    letters = sorted({_parts(seat)[0] for seat in known})
    every = [
        f"{row}{number}" for row in letters for number in range(1, max(numbers, default=0) + 1)
    ]
    missing = [seat for seat in every if seat not in known]
    return tuple(missing) if len(known) + len(missing) <= room else ()


def _parts(seat: str) -> tuple[str, int]:
    match = _SEAT.fullmatch(seat)
    if match is None:
        raise ValueError(seat)
    return match[1], int(match[2])
