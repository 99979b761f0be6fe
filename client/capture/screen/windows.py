"""The desktop on Windows: GDI with the pointer drawn in, Desktop Duplication where proved."""

from __future__ import annotations

import sys

import mss

from client.base.errors import DeviceError
from client.base.text import Text
from client.capture.screen import Bgra, ScreenSource
from client.capture.screen.grabber import GRAB_FAILED, Box, MssScreen, screen_lost

if sys.platform == "win32":
    import ctypes
    from ctypes.wintypes import BOOL, HANDLE

    from client.capture.screen.pointer import Pointer

    # GetSystemMetrics: left, top, width, height of the rectangle around all monitors
    _VIRTUAL_SCREEN = (76, 77, 78, 79)
    _MONITORS = 80  # GetSystemMetrics: how many there are
    _PER_MONITOR_V2 = HANDLE(-4)

    class VirtualScreen:
        """The rectangle around all monitors, in real pixels: see `be_dpi_aware`."""

        def box(self) -> Box:
            """Return it as it is now."""
            metric = ctypes.windll.user32.GetSystemMetrics
            return Box(*(int(metric(index)) for index in _VIRTUAL_SCREEN))

        def close(self) -> None:
            """Let go of nothing."""

    class GdiScreen(MssScreen):
        """The desktop as GDI gives it, and the pointer."""

        def __init__(self) -> None:
            super().__init__("Windows", mss.MSS(), VirtualScreen())
            self._pointer = Pointer()

        def _picture(self) -> Bgra:
            picture = super()._picture()
            self._pointer.draw(picture, self._box.left, self._box.top)
            return picture

        def both(self) -> tuple[Bgra, Bgra]:
            """Return the desktop without and with the pointer, at the same moment."""
            bare = super()._picture()
            drawn = bare.copy()
            self._pointer.draw(drawn, self._box.left, self._box.top)
            return bare, drawn

        def close(self) -> None:
            """Give desktop and pointer back."""
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

    def open_gdi() -> GdiScreen:
        """Open the desktop of this session; DeviceError on a locked or service desktop."""
        be_dpi_aware()
        try:
            return GdiScreen()
        except GRAB_FAILED as error:
            raise screen_lost(error) from error

    def open_duplicated(fps: int) -> ScreenSource:
        """Open the desktop by Desktop Duplication; DeviceError where that does not work here."""
        from client.capture.screen.duplication import GRAPH, DuplicatedScreen

        be_dpi_aware()
        monitors = int(ctypes.windll.user32.GetSystemMetrics(_MONITORS))
        if monitors != 1:
            raise DeviceError(
                Text(f"有 {monitors} 个显示器", f"there are {monitors} monitors"),
                Text("改用 GDI 录制。", "GDI is used."),
            )
        return DuplicatedScreen(GRAPH.format(fps=fps), VirtualScreen())
