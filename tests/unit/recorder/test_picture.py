"""Only what changed is converted, and what is converted is what cv2 makes of the whole."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from client.capture.screen import Patch
from client.capture.screen.compare import changed_bands
from client.recorder.child.picture import ScreenCanvas, letterboxed, small_jpeg


def desktop(width: int, height: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 4), np.uint8)


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (1366, 768), (130, 66), (2, 2)])
def test_bands_make_the_same_picture_as_the_whole(width: int, height: int):
    canvas = ScreenCanvas(width, height)
    pixels = desktop(width, height)
    assert canvas.update(changed_bands(pixels, None))
    whole = cv2.cvtColor(pixels, cv2.COLOR_BGRA2YUV_I420)
    assert np.array_equal(canvas.picture, whole)


def test_without_patches_nothing_changed():
    canvas = ScreenCanvas(640, 400)
    assert not canvas.update([])


even = st.integers(0, 100).map(lambda number: 2 * number)


@settings(max_examples=60)
@given(even, even, even, even)
def test_a_patch_is_converted_in_its_place(left: int, top: int, width: int, height: int):
    canvas = ScreenCanvas(640, 480)
    pixels = desktop(640, 480)
    canvas.update([Patch(0, 0, pixels)])
    place = (slice(top, top + height + 2), slice(left, left + width + 2))
    pixels[place] = 255 - pixels[place]
    assert canvas.update([Patch(left, top, pixels[place])])
    assert np.array_equal(canvas.picture, cv2.cvtColor(pixels, cv2.COLOR_BGRA2YUV_I420))


def test_another_shape_is_letterboxed_whole_and_centred():
    tall = np.full((400, 200, 3), 200, np.uint8)
    boxed = letterboxed(tall, 1280, 720)
    assert boxed.shape == (720, 1280, 3)
    assert (boxed[:, 460:820] == 200).all()
    assert (boxed[:, :450] == 0).all()
    assert (boxed[:, 830:] == 0).all()


def test_the_preview_is_a_small_jpeg():
    jpeg = small_jpeg(np.zeros((720, 1280, 3), np.uint8))
    assert jpeg[:2] == b"\xff\xd8"
    assert cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR).shape == (180, 320, 3)
