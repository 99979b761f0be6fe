"""Comparing pictures: nothing that changed is missed, nothing that is still is told."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from client.capture.screen.compare import BAND, changed_bands


def desktop(width: int, height: int) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (height, width, 4), np.uint8)


def test_at_first_everything_changed():
    pixels = desktop(130, 2 * BAND + 2)
    patches = changed_bands(pixels, None)
    assert [(p.left, p.top, p.pixels.shape[:2]) for p in patches] == [
        (0, 0, (BAND, 130)),
        (0, BAND, (BAND, 130)),
        (0, 2 * BAND, (2, 130)),
    ]


def test_an_unchanged_desktop_has_no_patches():
    pixels = desktop(640, 400)
    assert changed_bands(pixels, pixels.copy()) == []


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 399), st.integers(0, 639), st.integers(0, 3), st.integers(1, 255))
def test_one_changed_byte_is_always_seen(row: int, column: int, channel: int, change: int):
    pixels = desktop(640, 400)
    changed = pixels.copy()
    changed[row, column, channel] ^= change
    (patch,) = changed_bands(changed, pixels)
    assert patch.top <= row < patch.top + len(patch.pixels)
    assert np.array_equal(patch.pixels, changed[patch.top : patch.top + len(patch.pixels)])
