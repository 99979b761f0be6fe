"""A picture that nobody else shows: blocks of colour by a fixed rule. Standard library only."""

from __future__ import annotations

import random

COLUMNS, ROWS, CELL = 12, 8, 20
WIDTH, HEIGHT = COLUMNS * CELL, ROWS * CELL
AT = (200, 150)
"""Where the window with it is put: its left upper corner, pixels."""
WINDOW = (640, 380)
"""The picture lies in its corner; over the rest, which is plain, the pointer is moved."""
PLACES = ((500, 200), (780, 240), (300, 430), (720, 460))
"""Where the pointer is put: a window's own plain ground, since Wine knows no pointer elsewhere."""
LEVELS = (16, 96, 176, 240)
Colour = tuple[int, int, int]


def colours() -> list[list[Colour]]:
    """Return red, green, blue of each block, row by row."""
    dice = random.Random(20260411)  # noqa: S311 - a pattern, no secret

    def colour() -> Colour:
        return dice.choice(LEVELS), dice.choice(LEVELS), dice.choice(LEVELS)

    return [[colour() for _ in range(COLUMNS)] for _ in range(ROWS)]
