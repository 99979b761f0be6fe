"""What changed between two pictures of the desktop, where the system does not tell."""

from __future__ import annotations

import numpy as np

from client.capture.screen import Bgra, Patch

BAND = 64
"""Rows compared at a time: small enough for the cache, few enough for calls."""


def changed_bands(now: Bgra, before: Bgra | None) -> list[Patch]:
    """Return the bands of `now` that differ from `before`, over the full width; all without it."""
    height = now.shape[0]
    bands = [(top, min(top + BAND, height)) for top in range(0, height, BAND)]
    if before is not None:
        new, old = (each.reshape(height, -1).view(np.uint64) for each in (now, before))
        bands = [(a, b) for a, b in bands if not np.array_equal(new[a:b], old[a:b])]
    return [Patch(0, top, now[top:bottom]) for top, bottom in bands]
