"""Reading a desktop through mss; what differs between platforms is how its size is asked."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import NamedTuple, Protocol

import mss
import numpy as np
from mss.exception import ScreenShotError

from client.base.errors import DeviceError
from client.base.text import Text
from client.capture.origin import Origin
from client.capture.screen import Bgra, Patch, ScreenChanged, even
from client.capture.screen.compare import changed_bands

GRAB_FAILED = (ScreenShotError, AssertionError)
"""What mss raises; the second when the X server is gone and an answer of its library is empty."""


class Box(NamedTuple):
    """Rectangle around all monitors, in pixels of the desktop."""

    left: int
    top: int
    width: int
    height: int


class Desktop(Protocol):
    """Tells the desktop's present size cheaply; raises one of GRAB_FAILED when it is gone."""

    def box(self) -> Box:
        """Return the rectangle around all monitors now."""
        ...

    def close(self) -> None:
        """Let go of what was opened to ask."""
        ...


class MssScreen:
    """The desktop as mss grabs it whole, compared with the one before (see `ScreenSource`)."""

    origin: Origin = "real"

    def __init__(self, name: str, grabber: mss.MSS, desktop: Desktop) -> None:
        """Take the desktop as it is now; both helpers are closed with this source."""
        self.name = name
        self._grabber = grabber
        self._desktop = desktop
        self._box = desktop.box()
        self.width = even(self._box.width)
        self.height = even(self._box.height)
        self._area = {
            "left": self._box.left,
            "top": self._box.top,
            "width": self.width,
            "height": self.height,
        }
        self._before: Bgra | None = None

    def read(self) -> Sequence[Patch]:
        """Return the bands that changed."""
        now, before = self._picture(), self._before
        self._before = now
        return changed_bands(now, before)

    def _picture(self) -> Bgra:
        """Return the desktop now; asking its size again costs one round trip (about 0.05 ms)."""
        try:
            if self._desktop.box() != self._box:
                raise ScreenChanged
            shot = self._grabber.grab(self._area)
        except GRAB_FAILED as error:
            raise unread(self._desktop, self._box, error) from error
        return np.frombuffer(shot.raw, np.uint8).reshape(self.height, self.width, 4)

    def close(self) -> None:
        """Give the desktop back; one that is gone already needs no goodbye."""
        for part in (self._grabber, self._desktop):
            with contextlib.suppress(*GRAB_FAILED):
                part.close()


def unread(desktop: Desktop, box: Box, error: Exception) -> Exception:
    """Tell a size that changed between asking (`box`) and reading from a desktop that is gone."""
    try:
        changed = desktop.box() != box
    except GRAB_FAILED:
        changed = False
    return ScreenChanged() if changed else screen_lost(error)


def screen_lost(cause: Exception) -> DeviceError:
    """Return the error for a desktop that cannot be read (any more)."""
    reason = str(cause) or type(cause).__name__
    return DeviceError(
        Text(f"屏幕画面读取失败：{reason}。", f"The screen cannot be read: {reason}."),
        Text(
            "请确认仍在登录状态且屏幕没有被锁定，然后重新开始录制。",
            "Make sure you are logged in and the screen is not locked, then start again.",
        ),
    )
