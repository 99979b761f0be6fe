"""What changed between two pictures of the desktop, where the system does not tell."""

from __future__ import annotations

import ctypes
import sys
from typing import cast

import numpy as np

from client.capture.screen import Bgra, Patch

BAND = 64
"""Rows compared at a time: small enough for the cache, few enough for calls."""

SQUARE = 16
"""Side of the squares that a band is looked at by: the encoder's macroblocks."""
FEW_BANDS, FEW_RUNS = 4, 8
"""More than these and the search costs more than it saves."""

_memcmp = (ctypes.cdll.msvcrt if sys.platform == "win32" else ctypes.CDLL(None)).memcmp
"""Half the time of numpy's comparison, which writes its answers down; the GIL is let go."""
_memcmp.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t]
_memcmp.restype = ctypes.c_int


def changed_bands(now: Bgra, before: Bgra | None) -> list[Patch]:
    """Return what of `now` differs from `before`; all of it without one.

    Both are contiguous, of one shape and an even width. Where few bands differ only their squares
    that do are returned, else whole bands.
    """
    height, row_bytes = now.shape[0], now.strides[0]
    bands = [(top, min(top + BAND, height)) for top in range(0, height, BAND)]
    if before is None:
        return [_band(now, top, bottom) for top, bottom in bands]
    new, old = now.ctypes.data, before.ctypes.data
    differing = [
        (top, bottom)
        for top, bottom in bands
        if _memcmp(new + top * row_bytes, old + top * row_bytes, (bottom - top) * row_bytes)
    ]
    if len(differing) > FEW_BANDS:
        return [_band(now, top, bottom) for top, bottom in differing]
    return [patch for top, bottom in differing for patch in _squares(now, before, top, bottom)]


def _band(now: Bgra, top: int, bottom: int) -> Patch:
    return Patch(0, top, now[top:bottom])


def _squares(now: Bgra, before: Bgra, top: int, bottom: int) -> list[Patch]:
    """Return the runs of squares that differ in a band; the whole band where there are many."""
    height, width = bottom - top, now.shape[1]
    new, old = (each[top:bottom].reshape(height, -1).view(np.uint64) for each in (now, before))
    differs = np.logical_or.reduceat(new != old, range(0, height, SQUARE), axis=0)
    differs = np.logical_or.reduceat(differs, range(0, width // 2, SQUARE // 2), axis=1)
    edges = np.diff(differs.astype(np.int8), axis=1, prepend=0, append=0)
    begins, ends = np.argwhere(edges == 1), np.argwhere(edges == -1)
    if len(begins) > FEW_RUNS:
        return [_band(now, top, bottom)]
    runs = cast("list[list[int]]", (np.column_stack((begins, ends[:, 1])) * SQUARE).tolist())
    return [
        Patch(left, top + row, now[top + row : min(top + row + SQUARE, bottom), left:right])
        for row, left, right in runs
    ]
