"""When another way of capturing is believed: same picture, pointer where it is."""

from __future__ import annotations

import numpy as np
import pytest

from client.capture.screen.proof import (
    HIDDEN,
    LOOKS,
    NO_PICTURE,
    NO_POINTER,
    Look,
    objection,
    proved,
)

RANDOM = np.random.default_rng(3)
DESK = RANDOM.integers(0, 200, (240, 320, 4), np.uint8)


def with_pointer(picture: np.ndarray, left: int = 100, top: int = 80) -> np.ndarray:
    drawn = picture.copy()
    for row in range(16):
        drawn[top + row, left : left + row + 1, :3] = 255
    return drawn


def look(other: np.ndarray, drawn: np.ndarray | None = None) -> Look:
    return Look(DESK, with_pointer(DESK) if drawn is None else drawn, other)


def test_the_same_picture_with_its_pointer_is_believed():
    assert objection(look(with_pointer(DESK))) is None
    softened = np.clip(with_pointer(DESK).astype(int) - 9, 0, 255).astype(np.uint8)
    assert objection(look(softened)) is None


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (DESK, NO_POINTER),
        (with_pointer(DESK, left=150), NO_POINTER),
        (np.zeros_like(DESK), NO_PICTURE),
        (np.roll(with_pointer(DESK), 3, axis=0), NO_PICTURE),
        (with_pointer(DESK)[:200], NO_PICTURE),
        (with_pointer(DESK)[..., [2, 1, 0, 3]], NO_PICTURE),
    ],
)
def test_what_is_wrong_is_named(other: np.ndarray, reason):
    assert objection(look(other)) == reason


def test_without_a_pointer_nothing_is_proved():
    assert objection(look(DESK, DESK)) == HIDDEN


def test_a_moving_screen_is_looked_at_again():
    looks = [look(np.zeros_like(DESK))] * 5 + [look(with_pointer(DESK))] * 3
    assert proved(iter(looks).__next__) is None


def test_two_lucky_looks_are_not_enough():
    looks = [look(with_pointer(DESK))] * 2 + [look(DESK)] * (LOOKS - 2)
    assert proved(iter(looks).__next__) == NO_POINTER
