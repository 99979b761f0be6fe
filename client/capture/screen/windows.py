"""The desktop on Windows: GDI, with the pointer drawn in."""

from __future__ import annotations

import sys

import mss

from client.capture.screen import Bgra
from client.capture.screen.grabber import GRAB_FAILED, Box, MssScreen, screen_lost

if sys.platform == "win32":
    import ctypes
    from ctypes.wintypes import BOOL, HANDLE

    from client.capture.screen.pointer import Pointer

    # GetSystemMetrics: left, top, width, height of the rectangle around all monitors
    _VIRTUAL_SCREEN = (76, 77, 78, 79)
    _PER_MONITOR_V2 = HANDLE(-4)

    class _VirtualScreen:
        """The rectangle around all monitors, in real pixels: see `be_dpi_aware`."""

        def box(self) -> Box:
            metric = ctypes.windll.user32.GetSystemMetrics
            return Box(*(int(metric(index)) for index in _VIRTUAL_SCREEN))

        def close(self) -> None:
            pass

    class _GdiScreen(MssScreen):
        """The desktop as GDI gives it, and the pointer."""

        def __init__(self) -> None:
            super().__init__("Windows", mss.MSS(), _VirtualScreen())
            self._pointer = Pointer()

        def _picture(self) -> Bgra:
            picture = super()._picture()
            self._pointer.draw(picture, self._box.left, self._box.top)
            return picture

        def close(self) -> None:
            self._pointer.close()
            super().close()

    def be_dpi_aware() -> None:
        """Let this process see every monitor in its real pixels, whatever their scales.

        Once a process; the shipped program says the same in its manifest, and Windows then refuses
        to hear it again, which does no harm.
        """
        aware = ctypes.windll.user32.SetProcessDpiAwarenessContext
        aware.argtypes, aware.restype = [HANDLE], BOOL
        aware(_PER_MONITOR_V2)

    def open_gdi() -> MssScreen:
        """Open the desktop of this session; DeviceError on a locked or service desktop."""
        be_dpi_aware()
        try:
            return _GdiScreen()
        except GRAB_FAILED as error:
            raise screen_lost(error) from error
