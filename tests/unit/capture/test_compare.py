"""Comparing pictures: nothing that changed is missed, nothing that is still is told."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from client.capture.screen.compare import BAND, SQUARE, changed_bands


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


@settings(max_examples=60)
@given(st.integers(0, 399), st.integers(0, 639), st.integers(0, 3), st.integers(1, 255))
def test_one_changed_byte_is_always_seen(row: int, column: int, channel: int, change: int):
    pixels = desktop(640, 400)
    changed = pixels.copy()
    changed[row, column, channel] ^= change
    (patch,) = changed_bands(changed, pixels)
    height, width = patch.pixels.shape[:2]
    assert patch.top <= row < patch.top + height
    assert patch.left <= column < patch.left + width
    assert (height, width) == (SQUARE, SQUARE)
    place = (slice(patch.top, patch.top + height), slice(patch.left, patch.left + width))
    assert np.array_equal(patch.pixels, changed[place])


places = st.tuples(
    st.integers(0, 399), st.integers(0, 641), st.integers(1, 200), st.integers(1, 300)
)


@settings(max_examples=80)
@given(st.lists(places, max_size=6))
def test_the_patches_make_the_desktop_and_are_even(changes: list):
    before = desktop(642, 400)
    now = before.copy()
    for top, left, height, width in changes:
        now[top : top + height, left : left + width] ^= 1
    seen = before.copy()
    for left, top, pixels in changed_bands(now, before):
        height, width = pixels.shape[:2]
        assert not (left | top | height | width) & 1
        seen[top : top + height, left : left + width] = pixels
    assert np.array_equal(seen, now)
