"""Numbers drawn into camera pictures, and read from recorded frames."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
from tryout.picture import Frame
from tryout.target import Failed

WIDTH, HEIGHT, FPS = 1280, 720, 10
BITS = 16
CELL = WIDTH // BITS
LEAST_CONTRAST = 60
"""Of 255, between a bit and its opposite below it."""
LEAST_SHARE = 0.9


def draw_number(number: int) -> Frame:
    """Return a camera picture with `number` in it: a row of bits, their opposites below."""
    bits = np.array([number >> bit & 1 for bit in reversed(range(BITS))], np.uint8)
    rows = np.stack([bits, 1 - bits]) * np.uint8(190) + np.uint8(32)
    band = rows.repeat(CELL, axis=0).repeat(CELL, axis=1)
    picture = np.full((HEIGHT, WIDTH), 110, np.uint8)
    picture[: band.shape[0]] = band
    picture[-CELL:, number * 16 % WIDTH :][:, :CELL] = 220  # something that moves, for the eye
    return np.repeat(picture[..., None], 3, axis=2)


def read_number(frame: Frame) -> int | None:
    """Return the number in a frame; None where there is none, or it cannot be told."""
    if frame.shape[:2] != (HEIGHT, WIDTH):
        return None
    quarter = CELL // 4
    cells = frame[: 2 * CELL].mean(axis=2).reshape(2, CELL, BITS, CELL)
    upper, lower = cells[:, quarter:-quarter, :, quarter:-quarter].mean(axis=(1, 3))
    contrast = upper - lower
    if (np.abs(contrast) < LEAST_CONTRAST).any():
        return None
    return int("".join("1" if bit else "0" for bit in contrast > 0), 2)


def judge_counter(frames: Iterable[Frame], sent: Iterable[int]) -> str:
    """Say how many of the numbers `sent` while filming are found, in order; Failed below 90 %."""
    read = [read_number(frame) for frame in frames]
    numbers = [number for number in read if number is not None]
    expected = set(sent)
    found = expected.intersection(numbers)
    share = f"{len(found)} of {len(expected)} camera numbers in {len(read)} frames"
    if not found or len(found) < LEAST_SHARE * len(expected):
        raise Failed(share)
    back = sum(later < before for before, later in pairwise(numbers))
    if back:
        raise Failed(f"{share}, {back} times out of order")
    return f"{share}, in order, {min(found)} to {max(found)}"
