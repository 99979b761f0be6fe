"""What changed between two pictures of the desktop, where the system does not tell."""

from __future__ import annotations

import ctypes
import sys

from client.capture.screen import Bgra, Patch

BAND = 64
"""Rows compared at a time: small enough for the cache, few enough for calls."""

_memcmp = (ctypes.cdll.msvcrt if sys.platform == "win32" else ctypes.CDLL(None)).memcmp
"""Half the time of numpy's comparison, which writes its answers down; the GIL is let go."""
_memcmp.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t]
_memcmp.restype = ctypes.c_int


def changed_bands(now: Bgra, before: Bgra | None) -> list[Patch]:
    """Return the bands of `now` that differ from `before`, over the full width; all without it.

    Both are contiguous and of one shape.
    """
    height, row_bytes = now.shape[0], now.strides[0]
    bands = [(top, min(top + BAND, height)) for top in range(0, height, BAND)]
    if before is not None:
        new, old = now.ctypes.data, before.ctypes.data
        bands = [
            (top, bottom)
            for top, bottom in bands
            if _memcmp(new + top * row_bytes, old + top * row_bytes, (bottom - top) * row_bytes)
        ]
    return [Patch(0, top, now[top:bottom]) for top, bottom in bands]
