"""A screen at work: the real desktop, or a made-up one, with a script of contest work laid over it.

An idle desktop costs nothing to record and tells nothing. The script lays a page of text over the
middle of the picture; every ten seconds it turns the page, scrolls for half a second, types for
six, and leaves it alone for the rest. The real desktop is fetched all the same, and what truly
changed on it is recorded too.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from client.base.clock import SECOND_US, monotonic_us
from client.capture.origin import Origin
from client.capture.screen import Bgra, Patch, ScreenSource, even

CYCLE_S = 10.0
_SCROLL_S, _TYPE_S = 0.5, 6.5
_STEP, _PAGE = 48, 530
"""Rows that one turn of a wheel moves a page; those to another page."""
_GLYPH_W, _GLYPH_H = 12, 24
_INK = (32, 32, 32, 255)


class WorkedScreen:
    """See `ScreenSource`: `source` with the script over it; remembers when it was read."""

    def __init__(self, source: ScreenSource, fps: int) -> None:
        """Take `source` over; it is closed with this one."""
        self._source = source
        self.name, self.origin = source.name, source.origin
        self.width, self.height = source.width, source.height
        self.reads_us: list[int] = []
        self.fps = fps
        self._shown = np.zeros((self.height, self.width, 4), np.uint8)
        self._left, self._top = even(self.width // 4), even(self.height // 8)
        self._book = _page(even(self.width // 2), 3 * even(self.height * 3 // 4))
        self._row = 0
        self._typed = 0

    def read(self) -> Sequence[Patch]:
        """Return what changed in truth, and what the script changed."""
        tick = len(self.reads_us)
        self.reads_us.append(monotonic_us())
        boxes = []
        for left, top, pixels in self._source.read():
            height, width = pixels.shape[:2]
            self._shown[top : top + height, left : left + width] = pixels
            boxes.append((left, top, width, height))
        boxes += self._play(tick)
        return [
            Patch(left, top, self._shown[top : top + height, left : left + width])
            for left, top, width, height in boxes
        ]

    def close(self) -> None:
        """Give the desktop back."""
        self._source.close()

    def _play(self, tick: int) -> list[tuple[int, int, int, int]]:
        now_s = tick / self.fps % CYCLE_S
        if now_s < 1 / self.fps:
            return [self._turn(_PAGE)] if tick else []
        if now_s <= _SCROLL_S:
            return [self._turn(_STEP)]
        if _SCROLL_S < now_s <= _TYPE_S and tick % 2:
            return [self._type()]
        return []

    def _turn(self, rows: int) -> tuple[int, int, int, int]:
        """Show the book's page that lies `rows` further."""
        height, width = self._book.shape[0] // 3, self._book.shape[1]
        self._row = (self._row + rows) % (2 * height)
        page = self._shown[self._top : self._top + height, self._left : self._left + width]
        page[...] = self._book[self._row : self._row + height]
        return (self._left, self._top, width, height)

    def _type(self) -> tuple[int, int, int, int]:
        columns = max(1, self.width // 2 // _GLYPH_W)
        rows = max(1, (self.height // 2 - _GLYPH_H) // _GLYPH_H)
        row, column = divmod(self._typed, columns)
        left = even(self.width // 4) + column * _GLYPH_W
        top = even(self.height // 4) + row % rows * _GLYPH_H
        self._typed += 1
        glyph = self._shown[top : top + _GLYPH_H, left : left + _GLYPH_W]
        glyph[...] = 255
        strokes = self._typed * 2654435761  # Knuth's multiplier: another sign each time
        for stroke in range(4):
            at = strokes >> (5 * stroke)
            glyph[4 + at % 16, 1:11] = _INK
            glyph[3:21, 1 + at % 10] = _INK
        return (left, top, _GLYPH_W, _GLYPH_H)


class MadeUpScreen:
    """A still desktop full of text, where there is no real one (see `ScreenSource`)."""

    name = "模拟屏幕 made-up screen"
    origin: Origin = "simulated"

    def __init__(self, width: int = 1920, height: int = 1080) -> None:
        """Draw it; nothing can fail to open."""
        self.width, self.height = width, height
        self._picture: Bgra | None = _page(width, height)

    def read(self) -> Sequence[Patch]:
        """Return everything at first, then nothing."""
        picture, self._picture = self._picture, None
        return [] if picture is None else [Patch(0, 0, picture)]

    def close(self) -> None:
        """Nothing is held."""


def _page(width: int, height: int) -> Bgra:
    page = np.full((height, width, 4), 250, np.uint8)
    page[: height // 20] = (96, 64, 40, 255)
    words = "SaiJian 0123456789 the quick brown fox jumps over the lazy dog; "
    for number, top in enumerate(range(height // 20 + 28, height - 8, 22)):
        line = (words * (width // 400 + 2))[number % 20 :][: width // 11]
        cv2.putText(page, line, (16, top), cv2.FONT_HERSHEY_SIMPLEX, 0.5, _INK, 1, cv2.LINE_AA)
    return page


def punctual_percent(reads_us: Sequence[int], fps: int) -> float:
    """Return how many of the intervals were at most one and a half nominal ones."""
    longest = 1.5 * SECOND_US / fps
    intervals = np.diff(np.asarray(reads_us, np.int64))
    return 100.0 * float(np.mean(intervals <= longest)) if intervals.size else 0.0
