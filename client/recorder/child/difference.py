"""Where the desktop differs from the encoder's last picture of it, macroblock by macroblock."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from client.recorder.child.hints import Area
from client.recorder.child.picture import Pixels, planes
from client.recorder.child.slices import Block

SIDE = 16
WRITTEN = 8
"""Macroblocks written as they are at most, 384 bytes each: more are less for the encoder.

So many of a desktop of `FULL_HD`; it looks at all of a larger one, so more pay there.
"""
FULL_HD = 120 * 68
"""Macroblocks of 1920x1080."""
LOOKED_AT = 12
"""Times as many are compared at most; where more were touched too much has changed anyway."""


class Difference:
    """The encoder's last picture, and what may differ from it by now.

    All pictures are I420, all areas even.
    """

    def __init__(self, width: int, height: int) -> None:
        """Begin without a picture: everything differs."""
        self._last: Pixels | None = None
        self._touched: NDArray[np.bool_] = np.zeros((-(-height // SIDE), -(-width // SIDE)), bool)
        self._most = max(WRITTEN, WRITTEN * self._touched.size // FULL_HD)
        self.areas: list[Area] = []
        """Where something changed since the encoder's last picture."""

    def changed(self, areas: Sequence[Area]) -> None:
        """Note where the desktop changed."""
        self.areas += areas
        for left, top, width, height in areas:
            rows = slice(top // SIDE, -(-(top + height) // SIDE))
            self._touched[rows, left // SIDE : -(-(left + width) // SIDE)] = True

    def encoded(self, picture: Pixels) -> None:
        """Keep a copy of what changed: the encoder has made this picture."""
        if self._last is None:
            self._last = picture.copy()
        for plane, kept, scale in zip(planes(picture), planes(self._last), (1, 2, 2), strict=True):
            for area in self.areas:
                left, top, width, height = (number // scale for number in area)
                place = (slice(top, top + height), slice(left, left + width))
                kept[place] = plane[place]
        self._touched[:] = False
        self.areas.clear()

    def blocks(self, picture: Pixels) -> list[Block] | None:
        """Return the macroblocks that differ, in order; None where they are many."""
        if self._last is None or np.count_nonzero(self._touched) > LOOKED_AT * self._most:
            return None
        columns = self._touched.shape[1]
        blocks: list[Block] = []
        now, before = planes(picture), planes(self._last)
        for row, column in np.argwhere(self._touched):
            samples = _samples(now, row, column)
            if samples != _samples(before, row, column):
                if len(blocks) == self._most:
                    return None
                blocks.append(Block(int(row) * columns + int(column), samples))
        return blocks


def _samples(of: Sequence[Pixels], row: int, column: int) -> bytes:
    """Return a macroblock of the three planes; beyond the picture's edge the edge goes on."""
    parts = []
    for plane, side in zip(of, (SIDE, SIDE // 2, SIDE // 2), strict=True):
        piece = plane[row * side : (row + 1) * side, column * side : (column + 1) * side]
        if piece.shape != (side, side):
            missing = [(0, side - piece.shape[0]), (0, side - piece.shape[1])]
            piece = np.pad(piece, missing, mode="edge")
        parts.append(piece.tobytes())
    return b"".join(parts)
