"""The X desktop where the server tells what changed: only that is fetched, the pointer is asked."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from client.base.clock import SECOND_US, monotonic_us
from client.capture.origin import Origin
from client.capture.screen import Patch, ScreenChanged, even
from client.capture.screen.compare import BAND
from client.capture.screen.grabber import GRAB_FAILED, Box, unread
from client.capture.screen.x11 import Cursor, XDisplay

FEW = 8
"""More rectangles than this are fetched as bands: each costs a round trip (0.06 ms)."""
LOOK_US = 10 * SECOND_US
"""So often the whole desktop is fetched, whatever the server says: nothing is missed for longer."""


class ListeningScreen:
    """The desktop of an X server with DAMAGE (see `ScreenSource`)."""

    origin: Origin = "real"

    def __init__(self, name: str, display: XDisplay) -> None:
        """Take over `display`; it is closed with this source."""
        self.name = name
        self._display = display
        self._box = display.box()
        self.width, self.height = even(self._box.width), even(self._box.height)
        self._damage = display.watch_damage()
        self._canvas = np.zeros((self.height, self.width, 4), np.uint8)
        self._under: Patch | None = None
        self._cursor: Cursor | None = None
        self._look_us = 0

    def read(self) -> Sequence[Patch]:
        """Return the pieces that changed; the whole every ten seconds."""
        try:
            if self._display.box() != self._box:
                raise ScreenChanged
            return self._update()
        except GRAB_FAILED as error:
            raise unread(self._display, self._box, error) from error

    def _update(self) -> list[Patch]:
        boxes = self._dirty()
        cursor = self._display.cursor(self._cursor)
        if not boxes and cursor is self._cursor:
            return []
        before = self._lift_pointer()
        for left, top, width, height in boxes:
            piece = self._canvas[top : top + height, left : left + width]
            piece[...] = self._display.fetch(Box(left, top, width, height))
        self._put_pointer(cursor)
        moved = [] if cursor is self._cursor else [box for box in (before, self._below()) if box]
        self._cursor = cursor
        return [self._patch(box) for box in (*boxes, *moved)]

    def _dirty(self) -> list[Box]:
        now_us = monotonic_us()
        boxes = self._damage.take()
        if now_us - self._look_us >= LOOK_US:
            self._look_us = now_us
            return [Box(0, 0, self.width, self.height)]
        inside = [box for box in (even_box(box, self.width, self.height) for box in boxes) if box]
        return inside if len(inside) <= FEW else banded(inside)

    def _patch(self, box: Box) -> Patch:
        left, top, width, height = box
        return Patch(left, top, self._canvas[top : top + height, left : left + width])

    # ---- the pointer: drawn into the canvas, what it covers kept aside --------------------------

    def _lift_pointer(self) -> Box | None:
        under, self._under = self._under, None
        if under is None:
            return None
        height, width = under.pixels.shape[:2]
        self._canvas[under.top : under.top + height, under.left : under.left + width] = under.pixels
        return Box(under.left, under.top, width, height)

    def _put_pointer(self, cursor: Cursor) -> None:
        height, width = cursor.pixels.shape[:2]
        box = even_box(Box(cursor.left, cursor.top, width, height), self.width, self.height)
        if box is None:
            return
        place = self._patch(box)
        self._under = place._replace(pixels=place.pixels.copy())
        left, top = max(cursor.left, 0), max(cursor.top, 0)
        target = self._canvas[top : cursor.top + height, left : cursor.left + width]
        rows, columns = target.shape[:2]
        drawn = cursor.pixels[top - cursor.top :, left - cursor.left :][:rows, :columns]
        clear = 255 - drawn[..., 3:].astype(np.uint16)
        target[...] = drawn + (target * clear + 127) // 255

    def _below(self) -> Box | None:
        if self._under is None:
            return None
        height, width = self._under.pixels.shape[:2]
        return Box(self._under.left, self._under.top, width, height)

    def close(self) -> None:
        """Give the desktop back."""
        self._display.close()


def even_box(box: Box, width: int, height: int) -> Box | None:
    """Return `box` grown to even numbers and cut to a picture of even size; None if outside."""
    left, top = max(box.left, 0) & ~1, max(box.top, 0) & ~1
    right = min(box.left + box.width + 1 & ~1, width)
    bottom = min(box.top + box.height + 1 & ~1, height)
    return Box(left, top, right - left, bottom - top) if right > left and bottom > top else None


def banded(boxes: Sequence[Box]) -> list[Box]:
    """Return boxes that cover `boxes`: at most one in each band of 64 rows."""
    bands: dict[int, tuple[int, int, int, int]] = {}
    for left, top, width, height in boxes:
        for band in range(top // BAND, (top + height - 1) // BAND + 1):
            first, last = max(top, band * BAND), min(top + height, (band + 1) * BAND)
            old = bands.get(band, (left, first, left + width, last))
            bands[band] = (
                min(old[0], left),
                min(old[1], first),
                max(old[2], left + width),
                max(old[3], last),
            )
    return [Box(a, b, c - a, d - b) for a, b, c, d in bands.values()]
