"""Linux: locks of logind against sleep and a closed lid, and a desktop's screen that stays on.

A lock is a file descriptor, and a desktop's promise a connection: both end with this process.
Source: systemd's manual, org.freedesktop.login1(5); the Idle Inhibition Service of freedesktop.org.
"""

from __future__ import annotations

import ctypes
import logging
import os
import threading
from collections.abc import Callable

from client.base.text import Text
from client.recorder.child.awake import WHY
from client.recorder.child.bus import Bus, BusError, Peer

LOGIN = Peer("org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager")
SAVER = Peer(
    "org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver", "org.freedesktop.ScreenSaver"
)
WHO = "SaiJian 赛鉴"
BLOCKED = {
    "sleep": Text("不睡眠", "no sleep"),
    "idle": Text("不因空闲而睡眠", "no sleep when idle"),
    "handle-lid-switch": Text("合盖不睡眠", "no sleep when the lid is closed"),
}
"""What is blocked, one lock each: a system that refuses one of them may grant the others."""
TOUCH_S = 30.0
"""Well below the minute after which a display may go dark."""
_RESET = 0  # XCB_SCREEN_SAVER_RESET

log = logging.getLogger(__name__)


def lock(bus: Bus, what: str, mode: str) -> int:
    """Take a lock of logind; it is held until the file descriptor is closed. BusError if not."""
    return bus.call(LOGIN, "Inhibit", "ssss", what, WHO, f"{WHY.zh} / {WHY.en}", mode, answer="h")


def hold_awake(answered: Callable[[list[Text]], None], ended: threading.Event) -> None:
    """Ask all who can keep the computer awake, tell who agreed, and hold on to it until `ended`."""
    locks, held = _blocked()
    desktop = _desktop(held)
    display = _Display()
    if display.is_there:
        held.append(Text("显示器不关", "the display stays on"))
    answered(held)
    while not ended.wait(TOUCH_S if display.is_there else None):
        display.touch()
    for descriptor in locks:
        os.close(descriptor)
    if desktop is not None:
        desktop.close()
    display.close()


def _blocked() -> tuple[list[int], list[Text]]:
    locks: list[int] = []
    held: list[Text] = []
    try:
        bus = Bus()
    except BusError as error:
        log.info("no system bus: %s", error)
        return [], []
    for what, name in BLOCKED.items():
        try:
            locks.append(lock(bus, what, "block"))
            held.append(name)
        except BusError as error:
            log.info("logind refuses to block %s: %s", what, error)
    bus.close()
    return locks, held


def _desktop(held: list[Text]) -> Bus | None:
    """Ask the desktop not to darken or lock the screen, as long as the connection stands."""
    try:
        bus = Bus(of_session=True)
    except BusError as error:
        log.info("no session bus: %s", error)
        return None
    try:
        bus.call(SAVER, "Inhibit", "ss", WHO, f"{WHY.zh} / {WHY.en}", answer="u")
    except BusError as error:
        log.info("the desktop has no screen saver to ask: %s", error)
        bus.close()
        return None
    held.append(Text("不启动屏保", "no screen saver"))
    return bus


class _Display:
    """An X display whose idle clock is set back, as a movement of the mouse does.

    By libxcb, which reports a display that is gone; Xlib would end the process.
    """

    def __init__(self) -> None:
        self._connection: int | None = None
        try:
            self._xcb = ctypes.CDLL("libxcb.so.1")
        except OSError:
            self.is_there = False
            return
        self._xcb.xcb_connect.restype = ctypes.c_void_p
        for function in ("xcb_connection_has_error", "xcb_flush", "xcb_disconnect"):
            getattr(self._xcb, function).argtypes = [ctypes.c_void_p]
        self._xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
        self._xcb.xcb_force_screen_saver.argtypes = [ctypes.c_void_p, ctypes.c_uint8]
        self._xcb.xcb_force_screen_saver.restype = ctypes.c_uint  # xcb_void_cookie_t
        self._connection = self._xcb.xcb_connect(None, None)
        self.is_there = not self._xcb.xcb_connection_has_error(self._connection)
        self.touch()

    def touch(self) -> None:
        """Set the idle clock back."""
        if self.is_there:
            self._xcb.xcb_force_screen_saver(self._connection, _RESET)
            self._xcb.xcb_flush(self._connection)

    def close(self) -> None:
        """Let the display go."""
        self.is_there = False
        if self._connection is not None:
            self._xcb.xcb_disconnect(self._connection)
