"""Boxes of a desktop: grown to even numbers, few enough to fetch, never losing a pixel."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

if sys.platform != "linux":
    pytest.skip("X11 is Linux's", allow_module_level=True)

from client.capture.screen.grabber import Box
from client.capture.screen.ground import BAND, banded, even_box

WIDTH, HEIGHT = 640, 480
boxes = st.builds(
    Box,
    st.integers(-50, WIDTH + 20),
    st.integers(-50, HEIGHT + 20),
    st.integers(0, 300),
    st.integers(0, 300),
)


def covered(these: list[Box]) -> np.ndarray:
    picture = np.zeros((HEIGHT, WIDTH), bool)
    for left, top, width, height in these:
        picture[max(top, 0) : max(top + height, 0), max(left, 0) : max(left + width, 0)] = True
    return picture


@given(boxes)
def test_an_even_box_covers_what_lies_inside_and_no_more_than_a_pixel_beyond(box: Box):
    found = even_box(box, WIDTH, HEIGHT)
    inside = covered([box])
    if found is None:
        assert not inside.any()
        return
    assert not any(number & 1 for number in found)
    assert found.left >= 0 <= found.top
    assert found.left + found.width <= WIDTH
    assert found.top + found.height <= HEIGHT
    assert not (inside & ~covered([found])).any()
    grown = Box(box.left - 1, box.top - 1, box.width + 2, box.height + 2)
    assert not (covered([found]) & ~covered([grown])).any()


@given(st.lists(boxes, max_size=40))
def test_bands_cover_every_box_and_are_few_and_even(these: list[Box]):
    inside = [box for box in (even_box(box, WIDTH, HEIGHT) for box in these) if box]
    bands = banded(inside)
    assert len(bands) <= -(-HEIGHT // BAND)
    assert not any(number & 1 for band in bands for number in band)
    assert not (covered(inside) & ~covered(bands)).any()
