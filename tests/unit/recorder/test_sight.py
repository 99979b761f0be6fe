"""Black and frozen pictures of a camera, and those that only look so."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from client.base.clock import SECOND_US
from client.recorder.child.sight import BLACK_US, FROZEN_US, LOOK_US, Sight

FPS = 15
BEGIN = 5_000_000_000
DICE = np.random.default_rng(1)
ROOM = DICE.integers(40, 200, (360, 640, 3), np.uint8)

Picture = Callable[[int], NDArray[np.uint8]]


def states(picture: Picture, seconds: float) -> list[tuple[str, int]]:
    """Return each state with its moment since the beginning, where it changed."""
    sight, found = Sight(), []
    for number in range(round(seconds * FPS)):
        at_us = BEGIN + number * SECOND_US // FPS
        seen = sight.look(picture(number), at_us)
        if not found or found[-1][0] != seen.state:
            found.append((seen.state, seen.since_us - BEGIN))
    return found


def noisy(picture: NDArray[np.uint8], spread: int) -> Picture:
    """Return a still room through a sensor whose last bits move."""
    return lambda _: np.clip(
        picture.astype(np.int16) + DICE.integers(-spread, spread + 1, picture.shape), 0, 255
    ).astype(np.uint8)


@pytest.mark.parametrize("spread", [1, 2, 8])
def test_a_still_room_through_a_real_sensor_is_alive(spread: int) -> None:
    assert states(noisy(ROOM, spread), 30) == [("live", 0)]


def test_a_compressed_still_room_is_alive_while_key_frames_change_it() -> None:
    key_frame_every = 8 * FPS
    assert states(lambda n: ROOM + np.uint8(n // key_frame_every), 30) == [("live", 0)]


def test_one_picture_for_ten_seconds_is_frozen_from_its_first_moment_on() -> None:
    assert states(lambda n: ROOM if n >= 30 else ROOM + np.uint8(n), 20) == [
        ("live", 0),
        ("frozen", pytest.approx(2 * SECOND_US, abs=LOOK_US)),
    ]


def test_one_changed_pixel_in_a_sample_ends_it() -> None:
    def moves_again(n: int) -> NDArray[np.uint8]:
        picture = ROOM.copy()
        picture[160, 160] = n % 7 if n > 12 * FPS else 50
        return picture

    assert [state for state, _ in states(moves_again, 16)] == ["live", "frozen", "live"]


@pytest.mark.parametrize("spread", [0, 4, 12])
def test_darkness_is_black_after_two_seconds_with_noise_or_without(spread: int) -> None:
    dark = noisy(np.full((360, 640, 3), 6, np.uint8), spread)
    light = noisy(ROOM, 2)
    found = states(lambda n: light(n) if n < 30 or n >= 75 else dark(n), 8)
    assert [state for state, _ in found] == ["live", "black", "live"]
    assert found[1][1] == pytest.approx(2 * SECOND_US, abs=LOOK_US)


def test_a_dark_room_with_one_lamp_is_not_black() -> None:
    lamp = np.full((360, 640, 3), 6, np.uint8)
    lamp[100:164, 200:264] = 220  # about 2% of it
    assert states(noisy(lamp, 2), 10) == [("live", 0)]


def test_a_short_blackness_is_none() -> None:
    black = np.zeros((360, 640, 3), np.uint8)
    moving = noisy(ROOM, 2)
    short = BLACK_US - LOOK_US
    assert states(lambda n: black if 30 <= n < 30 + short * FPS // SECOND_US else moving(n), 8) == [
        ("live", 0)
    ]


def test_the_limits_are_what_the_page_says() -> None:
    assert (BLACK_US, FROZEN_US) == (2 * SECOND_US, 10 * SECOND_US)
