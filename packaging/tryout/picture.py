"""Finds the known picture in frames of a recording."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from tryout.pattern import AT, CELL, COLUMNS, HEIGHT, ROWS, WIDTH, colours
from tryout.target import Failed

Frame = NDArray[np.uint8]
"""Blue, green, red; (height, width, 3)."""
AROUND = 12
"""Pixels to each side in which it is looked for."""
LEAST_LIKENESS = 0.9
MOST_PIXELS_AWAY = 1
MOST_COLOUR_OFF = 24
"""Of 255, the middle of a block against its own colour: what H.264 and its colour space lose."""
LEAST_SHARE = 0.95


@dataclass(frozen=True)
class Found:
    """The known picture in one frame."""

    pixels_away: int
    colour_off: int
    """The worst block's worst channel, of 255."""

    @property
    def is_right(self) -> bool:
        """Tell whether it is where it should be, in its colours."""
        return self.pixels_away <= MOST_PIXELS_AWAY and self.colour_off <= MOST_COLOUR_OFF


def known_picture() -> Frame:
    """Return the picture as the window shows it."""
    blocks = np.array(colours(), np.uint8)[..., ::-1]
    return blocks.repeat(CELL, axis=0).repeat(CELL, axis=1)


def find_picture(frame: Frame) -> Found | None:
    """Look for the known picture around its place; None where nothing like it is."""
    left, top = AT
    region = frame[top - AROUND : top + HEIGHT + AROUND, left - AROUND : left + WIDTH + AROUND]
    if region.shape[0] < HEIGHT or region.shape[1] < WIDTH:
        return None
    likeness = cv2.matchTemplate(region, known_picture(), cv2.TM_CCOEFF_NORMED)
    _, best, _, (x, y) = cv2.minMaxLoc(likeness)
    if not best >= LEAST_LIKENESS:
        return None
    seen = region[y : y + HEIGHT, x : x + WIDTH].reshape(ROWS, CELL, COLUMNS, CELL, 3)
    quarter = CELL // 4
    middles = seen[:, quarter:-quarter, :, quarter:-quarter].mean(axis=(1, 3))
    off = np.abs(middles - np.array(colours(), np.float64)[..., ::-1]).max()
    return Found(max(abs(x - AROUND), abs(y - AROUND)), round(float(off)))


def judge_picture(frames: Iterable[Frame]) -> str:
    """Say in how many frames the known picture is; Failed below 95 %."""
    found = [find_picture(frame) for frame in frames]
    seen = [one for one in found if one is not None]
    right = [one for one in seen if one.is_right]
    share = f"known picture in {len(right)} of {len(found)} frames"
    if not right or len(right) < LEAST_SHARE * len(found):
        raise Failed(f"{share} ({len(seen)} look like it: {seen[:1]})")
    away, off = max(one.pixels_away for one in right), max(one.colour_off for one in right)
    return f"{share}, at most {away} px away, colours at most {off} of 255 off"
