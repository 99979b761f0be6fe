"""Whether what a camera delivers is a living picture: not black, and not always the same one.

Pixels of a real sensor never repeat: its noise alone moves the last bit. A compressed stream of a
still room may repeat for a second or two, until its next key frame. So what repeats exactly for
ten seconds is frozen, and what has been dark everywhere for two is black.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from client.base.clock import SECOND_US
from client.base.text import Text
from client.evidence.entries import SourceState

LOOK_US = SECOND_US // 2
BLACK_US = 2 * SECOND_US
FROZEN_US = 10 * SECOND_US
DARK = 24
"""Of 255. A covered lens and its noise stay below, a room with one lamp does not."""
BRIGHT_PART = 100
"""A picture is black when fewer than one pixel in so many is brighter: hot pixels do not count."""
_ROWS = 4
"""Every fourth row is compared, and every fourth pixel of it measured."""

BLACK = Text(
    "摄像头画面全黑：镜头可能被遮住，或没有光线",
    "the camera's picture is black: its lens may be covered, or there is no light",
)
FROZEN = Text(
    "摄像头画面不动：摄像头或手机程序可能卡住了",
    "the camera's picture does not move: camera or phone app may be stuck",
)


@dataclass(frozen=True)
class Seen:
    """What the pictures of a camera have been showing."""

    state: SourceState
    since_us: int
    cause: Text = Text("", "")


class Sight:
    """Looks at a camera's pictures twice a second."""

    def __init__(self) -> None:
        """Begin with a camera that was just opened."""
        self._looked_us = 0
        self._checksum = -1
        self._same_since_us = 0
        self._dark_since_us: int | None = None

    def look(self, image: NDArray[np.uint8], at_us: int) -> Seen:
        """Return what the pictures up to `image` (height, width, 3), taken at `at_us`, show."""
        if at_us - self._looked_us >= LOOK_US:
            self._looked_us = at_us
            self._compare(image[::_ROWS], at_us)
        dark = self._dark_since_us
        if dark is not None and at_us - dark >= BLACK_US:
            return Seen("black", dark, BLACK)
        if at_us - self._same_since_us >= FROZEN_US:
            return Seen("frozen", self._same_since_us, FROZEN)
        return Seen("live", at_us)

    def _compare(self, rows: NDArray[np.uint8], at_us: int) -> None:
        checksum = zlib.crc32(rows.tobytes())
        if checksum != self._checksum:
            self._checksum, self._same_since_us = checksum, at_us
        green = rows[:, ::_ROWS, 1]
        if np.count_nonzero(green >= DARK) * BRIGHT_PART >= green.size:
            self._dark_since_us = None
        elif self._dark_since_us is None:
            self._dark_since_us = at_us
