"""Finds the tick of our own window (`base/tick.py`) in a picture, wherever and however large."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from client.base.tick import COLUMNS, ROWS, number_of

Luma = NDArray[np.uint8]
"""Lightness of shape (height, width)."""
_STEP = 4
_SMALLEST, _LARGEST = 6, 64
"""Pixels of a cell in the picture: at least one line of every `_STEP` goes through each."""
_MIDDLE = 112
_MOST = 64
"""Places in a picture that are looked at closely."""


def find(luma: Luma) -> list[int]:
    """Return the numbers shown in a picture, each once; cells of 6 to 64 pixels are found."""
    found = (_read(luma, *place) for place in _places(luma))
    return list(dict.fromkeys(number for number in found if number is not None))


def _places(luma: Luma) -> list[tuple[int, int, float]]:
    """Return where a line begins with seven stretches of one length, light ones outside.

    Line, first column, length of a stretch.
    """
    light = luma[::_STEP] > _MIDDLE
    width = light.shape[1] - 1
    edges = np.flatnonzero(light[:, 1:] != light[:, :-1])
    guard = COLUMNS - 1
    if edges.size <= guard:
        return []
    lengths = np.diff(edges)
    fits = (lengths >= _SMALLEST) & (lengths <= _LARGEST)
    run = np.convolve(fits, np.ones(guard, np.int64), "valid") == guard
    places: dict[tuple[int, int], tuple[int, int, float]] = {}
    for first in np.flatnonzero(run):
        row, column = divmod(int(edges[first]), width)
        stretch = lengths[first : first + guard]
        length = float(stretch.mean())
        is_even = stretch.max() - stretch.min() <= 2 + length / 8
        if is_even and light[row, column + 1] and edges[first + guard] // width == row:
            places.setdefault((column, round(length)), (row * _STEP, column + 1, length))
        if len(places) == _MOST:
            break
    return list(places.values())


def _read(luma: Luma, line: int, left: int, cell: float) -> int | None:
    """Return the number whose first row lies there; None where it is something else."""
    height, width = luma.shape
    column = round(left + cell / 2)
    above = luma[max(0, line - 2 * _LARGEST) : line + 1, column][::-1]
    top = line + 1 - int(np.argmin(above > _MIDDLE))
    if top > line or top + ROWS * cell > height or left + COLUMNS * cell > width:
        return None
    reach = max(1, int(cell / 4))
    rows = []
    for row in range(ROWS):
        y = round(top + (row + 0.5) * cell)
        xs = (round(left + (at + 0.5) * cell) for at in range(COLUMNS))
        squares = (luma[y - reach : y + reach, x - reach : x + reach] for x in xs)
        rows.append(tuple(bool(square.mean() > _MIDDLE) for square in squares))
    return number_of(rows)
