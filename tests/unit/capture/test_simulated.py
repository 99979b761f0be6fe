"""The test picture and the test tone: labelled, and together on whole seconds of our clock."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from client.base.clock import SECOND_US
from client.capture.audio.simulated import tone
from client.capture.camera.simulated import FLASH_US, SimulatedCamera
from client.capture.camera.slates import slate, stamp

RATE = 48_000


@pytest.fixture
def camera():
    source = SimulatedCamera(640, 360, 15)
    yield source
    source.close()


def is_flash(image) -> bool:
    return bool((image[-3:] == 255).all())


@pytest.mark.parametrize(
    ("at_us", "flashes"),
    [
        (7 * SECOND_US, True),
        (7 * SECOND_US + FLASH_US - 1, True),
        (7 * SECOND_US + FLASH_US, False),
        (8 * SECOND_US - 1, False),
    ],
)
def test_it_flashes_for_100_ms_from_each_whole_second(camera, at_us: int, *, flashes: bool) -> None:
    assert is_flash(camera._draw(at_us)) is flashes


def test_the_label_is_in_every_picture(camera) -> None:
    label = slate("simulated", 640, 360)[95:210]
    assert len(np.unique(label.reshape(-1, 3), axis=0)) > 10  # letters, not an empty strip
    for at_us in (SECOND_US, 1_500_000):
        assert (camera._draw(at_us)[95:210] == label).all()


def test_the_picture_moves(camera) -> None:
    assert (camera._draw(1_200_000) != camera._draw(1_300_000)).any()


def test_the_beep_is_the_first_100_ms_of_each_second() -> None:
    second = tone(41 * RATE, RATE, RATE).astype(int)
    loud = np.flatnonzero(abs(second) > 5000)
    assert loud[0] < 10
    assert RATE // 10 - 60 < loud[-1] < RATE // 10
    assert 400 < abs(second[RATE // 2 :]).max() < 1000


def test_blocks_of_the_tone_join_without_a_seam_after_weeks() -> None:
    start = 60 * 86_400 * RATE + 12_345
    whole = tone(start, 1920, RATE)
    parts = np.concatenate([tone(start, 960, RATE), tone(start + 960, 960, RATE)])
    assert (whole == parts).all()


@pytest.mark.parametrize("name", ["opening", "lost", "simulated"])
@pytest.mark.parametrize("size", [(1280, 720), (640, 480), (1920, 1080), (320, 180)])
def test_slates_fill_any_size(name, size: tuple[int, int]) -> None:
    image = slate(name, *size)
    assert image.shape == (size[1], size[0], 3)
    assert image.any()
    with pytest.raises(ValueError, match="read-only"):
        image[0, 0] = 1


def test_a_slate_keeps_its_shape_between_black_bars() -> None:
    image = slate("lost", 640, 480)
    assert not image[:55].any()
    assert image[65].all()


def test_the_stamp_is_drawn_into_the_free_part() -> None:
    image = slate("opening", 1280, 720).copy()
    stamp(image, "09:30:00")
    changed = np.argwhere((image != slate("opening", 1280, 720)).any(axis=2))
    assert len(changed) > 500
    assert changed[:, 0].min() > 0.62 * 720


def test_pictures_can_be_encoded(camera) -> None:
    good, _ = cv2.imencode(".jpg", camera._draw(SECOND_US))
    assert good
