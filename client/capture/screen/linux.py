"""The desktop on Linux: X11 by shared memory. Wayland lets no program read the whole screen."""

from __future__ import annotations

import contextlib
import os

import mss
from mss.exception import ScreenShotError
from mss.linux import xcb, xcbgen, xcbhelpers

from client.base.errors import DeviceError
from client.base.text import Text
from client.capture.screen import ScreenSource
from client.capture.screen.grabber import GRAB_FAILED, Box, MssScreen, screen_lost
from client.capture.screen.ground import Compared, Told
from client.capture.screen.x11 import XDisplay
from client.capture.screen.xscreen import XScreen

COMPARE = "compare"
"""Value of SAIJIAN_SCREEN with which pictures are compared though the server tells: to measure."""
_LOG_IN_WITH_X11 = Text(
    "请注销，在登录界面的齿轮菜单中选择“Xorg”或“X11”会话后重新登录。",
    "Log out, choose the “Xorg” or “X11” session in the login screen's gear menu, log in again.",
)


def open_x11(*, listen: bool = True) -> ScreenSource:
    """Open the X display that DISPLAY names; DeviceError on Wayland or without a display.

    Where the server tells what changed that is listened to; elsewhere, and with `listen=False`,
    pictures are compared, as on Windows. XWayland shows X programs only, the rest would be black.
    """
    if os.environ.get("WAYLAND_DISPLAY"):
        raise _wayland()
    display = os.environ.get("DISPLAY")
    if not display:
        raise DeviceError(
            Text(
                "没有可录制的屏幕（未设置 DISPLAY）。", "There is no screen (DISPLAY is not set)."
            ),
            Text(
                "请在图形桌面中运行本程序，而不是在文字终端或远程命令行中。",
                "Run this program inside a graphical desktop, not in a text console or over ssh.",
            ),
        )
    with contextlib.suppress(*GRAB_FAILED):
        return _shared(display, listen=listen and os.environ.get("SAIJIAN_SCREEN") != COMPARE)
    return _grabbed(display)


def _shared(display: str, *, listen: bool) -> ScreenSource:
    """Open a display that shares memory with us; one of GRAB_FAILED where it does not."""
    with contextlib.ExitStack() as opened:
        connection = XDisplay(display)
        opened.callback(connection.close)
        if any(name.startswith("XWAYLAND") for name in connection.outputs()):
            raise _wayland()
        try:
            screen = XScreen(f"X11 {display}", connection, Told if listen else Compared)
        except GRAB_FAILED:
            screen = XScreen(f"X11 {display}", connection, Compared)
        opened.pop_all()
    return screen


def _grabbed(display: str) -> ScreenSource:
    """Open a display that shares nothing (a remote one) by mss."""
    with contextlib.ExitStack() as opened:
        try:
            desktop = _RootWindow(display)
            opened.callback(desktop.close)
            grabber = mss.MSS(with_cursor=True, display=display)
            opened.callback(grabber.close)
            screen = MssScreen(f"X11 {display}", grabber, desktop)
        except GRAB_FAILED as error:
            raise screen_lost(error) from error
        opened.pop_all()
    return screen


def _wayland() -> DeviceError:
    return DeviceError(
        Text(
            "当前桌面使用 Wayland，不允许录制整个屏幕。",
            "This desktop uses Wayland, which does not let the whole screen be recorded.",
        ),
        _LOG_IN_WITH_X11,
    )


class _RootWindow:
    """The X root window, asked over a connection of its own (mss keeps the size it saw first)."""

    def __init__(self, display: str) -> None:
        self._connection: xcbhelpers.Connection | None
        self._connection, screen = xcb.connect(display)
        self._root = xcbgen.setup_roots(xcb.get_setup(self._connection))[screen].root

    def box(self) -> Box:
        if self._connection is None:
            raise ScreenShotError("closed")
        root = xcbgen.get_geometry(self._connection, self._root)
        return Box(root.x, root.y, root.width, root.height)

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(*GRAB_FAILED):
                xcb.disconnect(connection)
