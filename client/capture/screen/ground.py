"""What changed on an X desktop, its pointer apart: as the server tells, or found by comparing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from client.base.clock import SECOND_US, monotonic_us
from client.capture.screen import Bgra, Patch
from client.capture.screen.compare import BAND, changed_bands
from client.capture.screen.grabber import Box
from client.capture.screen.x11 import XDisplay

FEW = 8
"""More rectangles than this are fetched as bands: each costs a round trip (0.06 ms)."""
LOOK_US = 10 * SECOND_US
"""So often the whole desktop is fetched, whatever the server says: nothing is missed for longer."""


class Ground(Protocol):
    """The desktop below its pointer. All boxes are even."""

    def patches(self) -> list[Patch]:
        """Return what changed since the last call, valid until the next; all of it at first."""
        ...

    def piece(self, box: Box) -> Bgra:
        """Return a copy of this piece of the desktop."""
        ...


class Told:
    """The server notes what changed (DAMAGE); only that is fetched."""

    def __init__(self, display: XDisplay, width: int, height: int) -> None:
        """Begin to listen; one of GRAB_FAILED where the server does not know how."""
        self._display = display
        self._width, self._height = width, height
        self._damage = display.watch_damage()
        self._look_us = 0

    def patches(self) -> list[Patch]:
        """Fetch what the server names, side by side into the shared memory."""
        patches, at = [], 0
        for box in self._boxes():
            patches.append(Patch(box.left, box.top, self._display.fetch(box, at)))
            at += 4 * box.width * box.height
        return patches

    def piece(self, box: Box) -> Bgra:
        """Fetch it behind everything else."""
        return self._display.fetch(box, 4 * self._width * self._height).copy()

    def _boxes(self) -> list[Box]:
        now_us = monotonic_us()
        boxes = self._damage.take()
        if now_us - self._look_us >= LOOK_US:
            self._look_us = now_us
            return [Box(0, 0, self._width, self._height)]
        inside = [b for b in (even_box(box, self._width, self._height) for box in boxes) if b]
        pixels = sum(box.width * box.height for box in inside)
        is_little = len(inside) <= FEW and pixels <= self._width * self._height
        return inside if is_little else banded(inside)


class Compared:
    """The whole desktop is fetched each time, and compared with the one before where it lies."""

    def __init__(self, display: XDisplay, width: int, height: int) -> None:
        """Fetch nothing yet."""
        self._display = display
        self._box = Box(0, 0, width, height)
        self._size = 4 * width * height
        self._at: int | None = None
        """Where in the shared memory the newest picture lies."""

    def patches(self) -> list[Patch]:
        """Fetch into the half of the shared memory that the last picture does not lie in."""
        before = None if self._at is None else self._display.fetched(self._box, self._at)
        self._at = 0 if self._at else self._size
        return changed_bands(self._display.fetch(self._box, self._at), before)

    def piece(self, box: Box) -> Bgra:
        """Take it from the newest picture."""
        whole = self._display.fetched(self._box, self._at or 0)
        left, top, width, height = box
        return whole[top : top + height, left : left + width].copy()


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
