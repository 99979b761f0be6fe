"""The X desktop: the ground as it changes, and the pointer laid over it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from client.capture.origin import Origin
from client.capture.screen import Patch, ScreenChanged, even
from client.capture.screen.grabber import GRAB_FAILED, Box, unread
from client.capture.screen.ground import Ground, even_box
from client.capture.screen.x11 import Cursor, XDisplay

RESTING = 2
"""A pointer that rests on a desktop that rests is left alone for so many reads: asking wakes the
server and us. When it moves again it is seen so much later, once."""


class XScreen:
    """The desktop of an X server (see `ScreenSource`)."""

    origin: Origin = "real"

    def __init__(
        self, name: str, display: XDisplay, ground: Callable[[XDisplay, int, int], Ground]
    ) -> None:
        """Take over `display`; it is closed with this source."""
        self.name = name
        self._display = display
        self._box = display.box()
        self.width, self.height = even(self._box.width), even(self._box.height)
        self._ground = ground(display, self.width, self.height)
        self._cursor: Cursor | None = None
        self._pointed: Box | None = None
        """Where the pointer is drawn now."""
        self._left_alone = RESTING

    def read(self) -> Sequence[Patch]:
        """Return what changed of the ground, then of the pointer."""
        try:
            return self._update()
        except GRAB_FAILED as error:
            raise unread(self._display, self._box, error) from error

    def _update(self) -> list[Patch]:
        patches = self._ground.patches()
        if not patches and self._left_alone < RESTING:
            self._left_alone += 1
            return []
        box, cursor = self._display.look(self._cursor)
        if box != self._box:
            raise ScreenChanged
        moves = cursor is not self._cursor
        self._left_alone = RESTING if moves else 0
        if moves:
            if self._pointed is not None:
                patches.append(self._patch(self._pointed))
            self._cursor, self._pointed = cursor, self._place_of(cursor)
        touched = moves or any(_meet(patch, self._pointed) for patch in patches)
        if touched and self._pointed is not None:
            patches.append(self._patch(self._pointed))
            draw(cursor, patches[-1])
        return patches

    def _patch(self, box: Box) -> Patch:
        return Patch(box.left, box.top, self._ground.piece(box))

    def _place_of(self, cursor: Cursor) -> Box | None:
        height, width = cursor.pixels.shape[:2]
        return even_box(Box(cursor.left, cursor.top, width, height), self.width, self.height)

    def close(self) -> None:
        """Give the desktop back."""
        self._display.close()


def draw(cursor: Cursor, patch: Patch) -> None:
    """Draw the pointer into `patch`, which holds all of it that is on the desktop."""
    down, right = cursor.top - patch.top, cursor.left - patch.left
    target = patch.pixels[max(down, 0) :, max(right, 0) :]
    drawn = cursor.pixels[max(-down, 0) :, max(-right, 0) :]
    rows, columns = (min(a, b) for a, b in zip(target.shape[:2], drawn.shape[:2], strict=True))
    target, drawn = target[:rows, :columns], drawn[:rows, :columns]
    clear = 255 - drawn[..., 3:].astype(np.uint16)
    target[...] = drawn + (target * clear + 127) // 255


def _meet(patch: Patch, box: Box | None) -> bool:
    if box is None:
        return False
    height, width = patch.pixels.shape[:2]
    return (
        patch.left < box.left + box.width
        and box.left < patch.left + width
        and patch.top < box.top + box.height
        and box.top < patch.top + height
    )
