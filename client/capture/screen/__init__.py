"""The whole desktop: all monitors, pointer included, as pictures of what changed."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from client.base.errors import DeviceError
from client.base.text import Text
from client.capture.origin import Origin

Bgra = NDArray[np.uint8]
"""Picture of shape (height, width, 4): blue, green, red, unused."""


class Patch(NamedTuple):
    """A rectangle of the desktop as it is now; all four numbers are even."""

    left: int
    top: int
    pixels: Bgra
    """Its rows are contiguous, the whole need not be; valid until the next read."""


class ScreenSource(Protocol):
    """An opened desktop of fixed size.

    `width` and `height` are even, as the encoder needs: where the desktop is odd, its last column
    or row is cropped (reading a smaller rectangle costs nothing, padding would copy 8 MB a frame).
    """

    name: str
    origin: Origin
    width: int
    height: int

    def read(self) -> Sequence[Patch]:
        """Return what changed since the last read; everything at first, nothing where all is still.

        Put in place one after the other the patches make the desktop with its pointer.
        Raises ScreenChanged when the desktop has another size than at opening, DeviceError when
        it is gone.
        """
        ...

    def close(self) -> None:
        """Give the desktop back; more than once does no harm."""
        ...


class ScreenChanged(Exception):  # noqa: N818 - not a fault: the owner opens the screen again
    """The desktop has another size now; close this source and open a new one."""


Capture = Literal["usual", "duplication"]
"""How the desktop is fetched; `duplication`: Windows' Desktop Duplication, where it was proved."""


def open_screen(capture: Capture = "usual", fps: int = 10) -> ScreenSource:
    """Open the desktop of this session; DeviceError says why where there is none to record.

    `fps` is how often it will be read at most.
    """
    if sys.platform == "linux":
        from client.capture.screen.linux import open_x11

        return open_x11()
    if sys.platform == "win32":
        from client.capture.screen.windows import open_duplicated, open_gdi

        return open_duplicated(fps) if capture == "duplication" else open_gdi()
    raise _unknown_system()


def open_screen_again() -> ScreenSource:
    """Open the desktop once more, independently of an opening that may be stuck.

    Every read fetches all of it, whatever the system says has changed.
    """
    if sys.platform == "linux":
        from client.capture.screen.linux import open_x11

        return open_x11(listen=False)
    if sys.platform == "win32":
        from client.capture.screen.windows import open_gdi

        return open_gdi()
    raise _unknown_system()


def _unknown_system() -> DeviceError:
    return DeviceError(
        Text(
            "这个操作系统不能录制屏幕。", "The screen of this operating system cannot be recorded."
        ),
        Text("请改用 Windows 10 或 Linux 电脑。", "Use a computer with Windows 10 or Linux."),
    )


def even(size: int) -> int:
    """Return the largest even number not above `size`."""
    return size & ~1
