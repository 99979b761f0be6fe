"""The tick of our own window is found in pictures as an encoder and a scaler leave them."""

from __future__ import annotations

import io

import av
import cv2
import numpy as np
import pytest

from client.base.clock import SECOND_US
from client.base.tick import EVERY_US, cells, is_fresh, number_at, number_of
from client.recorder.child.proof import first_picture
from client.recorder.child.tickfinder import find

DICE = np.random.default_rng(7)


def busy(width: int = 960, height: int = 540) -> np.ndarray:
    """A desktop full of text."""
    picture = np.full((height, width), 240, np.uint8)
    for row in range(14, height, 18):
        cv2.putText(picture, "if (a[i] == 0) return; " * 5, (3, row), 0, 0.45, 15, 1, cv2.LINE_AA)
    return picture


def with_tick(number: int, left: int, top: int, cell: float) -> np.ndarray:
    fine = np.kron(np.pad(np.array(cells(number)), 1), np.ones((32, 32)))
    drawn = np.where(fine > 0, 245, 12).astype(np.uint8)
    width, height = round(10 * cell), round(6 * cell)
    picture = busy()
    scaled = cv2.resize(drawn, (width, height), interpolation=cv2.INTER_AREA)
    picture[top : top + height, left : left + width] = scaled
    return picture


def through_x264(luma: np.ndarray, quantiser: int) -> np.ndarray:
    """Return the picture as a file has it that this quantiser made."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as media:
        stream = media.add_stream("libx264", rate=10, options={"qp": str(quantiser)})
        stream.height, stream.width = luma.shape
        stream.pix_fmt = "yuv420p"
        frame = av.VideoFrame.from_ndarray(np.stack([luma] * 3, 2), "rgb24")
        media.mux([*stream.encode(frame), *stream.encode(None)])
    read = first_picture(file.getvalue())
    assert read is not None
    return read


@pytest.mark.parametrize("cell", [7, 7.6, 10.5, 14, 21.3, 31])
@pytest.mark.parametrize("quantiser", [23, 38])
def test_a_number_is_found_at_any_size_and_place_after_encoding(cell, quantiser) -> None:
    for number in (0, 65535, *DICE.integers(0, 65536, 2).tolist()):
        left = int(DICE.integers(0, 960 - 11 * cell))
        top = int(DICE.integers(0, 540 - 7 * cell))
        found = find(through_x264(with_tick(number, left, top, cell), quantiser))
        assert found == [number], (left, top)


def test_text_and_a_damaged_tick_hold_no_number() -> None:
    assert find(busy()) == []
    damaged = with_tick(4711, 100, 100, 14)
    damaged[100 + 14 * 2 : 100 + 14 * 3, 100 + 14 : 100 + 28] ^= 0xFF
    assert find(damaged) == []


def test_one_wrong_cell_is_noticed() -> None:
    rows = [list(row) for row in cells(1234)]
    assert number_of(rows) == 1234
    for row in range(4):
        for column in range(8):
            rows[row][column] ^= True
            assert number_of(rows) is None
            rows[row][column] ^= True


def test_a_number_is_fresh_for_its_five_seconds_and_five_more() -> None:
    at_us = 65_535 * EVERY_US + SECOND_US
    number = number_at(at_us)
    assert is_fresh(number, at_us)
    assert is_fresh(number, at_us + EVERY_US)
    assert not is_fresh(number, at_us + 2 * EVERY_US)
    assert not is_fresh(number, at_us - 2 * EVERY_US)
