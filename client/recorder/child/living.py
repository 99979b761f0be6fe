"""Is a picture that was encoded what the screen showed? Pictures as luma, nothing else.

The screen is read a second time, before and after, by an opening of its own. What is the same in
both, and did not change in the recording either, must be in the encoded picture; and where it moves
the recording must have changed. A square that moves is no other evidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from client.base.tick import is_fresh
from client.recorder.child.hints import Area
from client.recorder.child.tickfinder import Luma, find

Verdict = Literal["proved", "unprovable", "frozen", "black"]
SQUARE = 32
"""Pixels of a side."""
CELL = 4
"""The encoder's noise vanishes in the means of so many pixels a side."""
NEAR = 24
"""Means may differ so much."""
FEW_CELLS = 2
"""A square is another one where at least so many means differ more."""
LEAST = 3
"""So many squares that show something must be the same."""
MANY = 9
"""So many that are other ones are wrong: a pointer in two places touches eight."""
DARK = 40

Squares = NDArray[np.bool_]
"""One for each square of a picture, rows by columns."""


class Changes:
    """Which squares of the recorded pictures changed while somebody wanted to know."""

    def __init__(self, luma: Luma) -> None:
        """Begin with the picture as it is."""
        self._kept = luma.copy()
        self.squares: Squares = np.zeros([-(-side // SQUARE) for side in luma.shape], np.bool_)

    def note(self, luma: Luma, areas: Sequence[Area]) -> None:
        """Look into `areas`: what is in there may be new, or the same again."""
        for left, top, width, height in areas:
            first, last = top // SQUARE, -(-(top + height) // SQUARE)
            begin, end = left // SQUARE, -(-(left + width) // SQUARE)
            place = (slice(first * SQUARE, last * SQUARE), slice(begin * SQUARE, end * SQUARE))
            now, kept = luma[place], self._kept[place]
            differs = now != kept
            for axis in (0, 1):
                at = range(0, differs.shape[axis], SQUARE)
                differs = np.logical_or.reduceat(differs, at, axis=axis)
            self.squares[first:last, begin:end] |= differs
            kept[...] = now


@dataclass(frozen=True)
class Second:
    """What a second opening of the screen saw around a key picture."""

    seen: Luma
    """Just after it."""
    moved: Squares
    """What changed since just before it."""
    keyed_us: int
    """When the key picture was taken."""


def judge(encoded: Luma, second: Second, changed: Squares) -> Verdict:
    """Compare a key picture with the screen as the second opening saw it.

    `changed`: where the recording changed, from some pictures before to some after. A fresh tick of
    our own window proves by itself.
    """
    if any(is_fresh(number, second.keyed_us) for number in find(encoded)):
        return "proved"
    seen, moved = second.seen, second.moved
    if encoded.shape != seen.shape or changed.shape != moved.shape:
        return "unprovable"
    doubtful = changed | moved
    ours, theirs = _means(encoded), _means(seen)
    is_other = _count(cv2.absdiff(ours, theirs) > NEAR) >= FEW_CELLS
    shows = _count(cv2.absdiff(theirs, cv2.blur(theirs, (3, 3))) > NEAR // 3) >= FEW_CELLS
    has_other = np.count_nonzero(is_other & ~doubtful) >= MANY
    misses = np.count_nonzero(moved & ~changed) >= MANY
    if misses or (has_other and shows.any()):
        return "black" if float(np.percentile(ours, 99)) < DARK else "frozen"
    return "proved" if np.count_nonzero(shows & ~doubtful) >= LEAST else "unprovable"


def _means(luma: Luma) -> Luma:
    height, width = luma.shape
    size = (-(-width // CELL), -(-height // CELL))
    return cast("Luma", cv2.resize(luma, size, interpolation=cv2.INTER_AREA))


def _count(cells: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return how many cells of each square are true."""
    side = SQUARE // CELL
    height, width = (-(-length // side) * side for length in cells.shape)
    whole = np.zeros((height, width), np.int64)
    whole[: cells.shape[0], : cells.shape[1]] = cells
    squares = whole.reshape(height // side, side, width // side, side)
    return cast("NDArray[np.int64]", squares.sum(axis=(1, 3)))
