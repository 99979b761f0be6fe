"""The desktop on Windows: GDI. Drawing the pointer into it is left to a later issue."""

from __future__ import annotations

import sys

import mss

from client.capture.screen.grabber import GRAB_FAILED, Box, MssScreen, screen_lost

if sys.platform == "win32":
    import ctypes

    # GetSystemMetrics: left, top, width, height of the rectangle around all monitors
    _VIRTUAL_SCREEN = (76, 77, 78, 79)

    class _VirtualScreen:
        """The rectangle around all monitors; the process is made DPI-aware by mss before."""

        def box(self) -> Box:
            metric = ctypes.windll.user32.GetSystemMetrics
            return Box(*(int(metric(index)) for index in _VIRTUAL_SCREEN))

        def close(self) -> None:
            pass

    def open_gdi() -> MssScreen:
        """Open the desktop of this session; DeviceError on a locked or service desktop."""
        try:
            grabber = mss.MSS()
            return MssScreen("Windows", grabber, _VirtualScreen())
        except GRAB_FAILED as error:
            raise screen_lost(error) from error
