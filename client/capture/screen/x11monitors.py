"""The monitors of an X display (RandR 1.3) and their power (DPMS 1.1), by a connection of its own.

Scaling is a matter of each program on X; there is none to tell.
"""

from __future__ import annotations

import contextlib
import ctypes
from ctypes import POINTER, Structure, byref, c_int, c_size_t, c_uint, c_uint8, c_void_p
from functools import cache

from mss.exception import ScreenShotError
from mss.linux import xcb, xcbgen
from mss.linux.xcbhelpers import LIB, Connection, XcbExtension

from client.capture.screen.grabber import GRAB_FAILED, Box
from client.capture.screen.monitors import Monitor, Surroundings

_TURNS = {1: 0, 2: 90, 4: 180, 8: 270}
"""Of RandR's rotations, whose other bits are reflections."""
_INFO = 7
"""DPMSInfo; its answer holds the power level at byte 8 and whether DPMS is on at byte 10."""


class XMonitors:
    """Reads them; everything raises one of GRAB_FAILED where the server is gone."""

    def __init__(self, display: str) -> None:
        """Connect."""
        self.connection, screen = xcb.connect(display.encode())
        self._root = xcbgen.setup_roots(xcb.get_setup(self.connection))[screen].root
        self._known: tuple[Monitor, ...] = ()
        self._stamps: tuple[int, int] | None = None
        self._dpms = extension(self.connection, b"DPMS")

    def read(self) -> Surroundings:
        """Return desktop and monitors as they are, without lock screen."""
        root = xcbgen.get_geometry(self.connection, self._root)
        whole = Box(root.x, root.y, root.width, root.height)
        return Surroundings(whole, self._monitors(), self._lit())

    def _monitors(self) -> tuple[Monitor, ...]:
        """Return what is lit by a CRTC; asked for in detail only where something was set."""
        connection = self.connection
        told = xcbgen.randr_get_screen_resources_current(connection, self._root)
        stamps = (told.timestamp.value, told.config_timestamp.value)
        if stamps != self._stamps:
            found = []
            for crtc in xcbgen.randr_get_screen_resources_current_crtcs(told):
                info = xcbgen.randr_get_crtc_info(connection, crtc, told.config_timestamp)
                if info.mode.value == 0:
                    continue
                box = Box(info.x, info.y, info.width, info.height)
                turn = _TURNS.get(info.rotation & 15, 0)
                for output in xcbgen.randr_get_crtc_info_outputs(info):
                    named = xcbgen.randr_get_output_info(connection, output, told.config_timestamp)
                    name = bytes(xcbgen.randr_get_output_info_name(named))
                    found.append(Monitor(name.decode(errors="replace"), box, turn))
            self._known, self._stamps = tuple(found), stamps
        return self._known

    def _lit(self) -> bool | None:
        if self._dpms is None:
            return None
        info = ask(self.connection, self._dpms, _INFO)
        level, is_on = int.from_bytes(info[8:10], "little"), bool(info[10])
        return level == 0 if is_on else True

    def close(self) -> None:
        """End the connection."""
        with contextlib.suppress(*GRAB_FAILED):
            xcb.disconnect(self.connection)


def extension(connection: Connection, name: bytes) -> XcbExtension | None:
    """Return the extension for `ask`; None where the server has none of this name."""
    extension = XcbExtension()
    extension.name = name
    known = xcb.get_extension_data(connection, extension)
    return extension if known.present else None


class _Piece(Structure):
    """struct iovec."""

    _fields_ = (("base", c_void_p), ("size", c_size_t))


class _Request(Structure):
    """xcb_protocol_request_t."""

    _fields_ = (
        ("count", c_size_t),
        ("extension", POINTER(XcbExtension)),
        ("opcode", c_uint8),
        ("is_void", c_uint8),
    )


@cache
def _library() -> ctypes.CDLL:
    library = LIB.xcb
    library.xcb_send_request.argtypes = [POINTER(Connection), c_int, c_void_p, POINTER(_Request)]
    library.xcb_send_request.restype = c_uint
    library.xcb_wait_for_reply.argtypes = [POINTER(Connection), c_uint, POINTER(c_void_p)]
    library.xcb_wait_for_reply.restype = c_void_p
    return library


def ask(connection: Connection, extension: XcbExtension, opcode: int, words: bytes = b"") -> bytes:
    """Send a request that xcb has no function for, four bytes and `words`; return its answer.

    The first 32 bytes of it. ScreenShotError where the server refuses.
    """
    library = _library()
    head = ctypes.create_string_buffer(bytes(4) + words, 4 + len(words))
    pieces = (_Piece * 4)()  # xcb writes before the two that it is given
    pieces[2] = _Piece(ctypes.addressof(head), len(head))
    request = _Request(1, ctypes.pointer(extension), opcode, 0)
    error = c_void_p()
    place = ctypes.addressof(pieces) + 2 * ctypes.sizeof(_Piece)
    number = library.xcb_send_request(connection, 1, place, byref(request))
    answer = library.xcb_wait_for_reply(connection, number, byref(error))
    if error.value:
        LIB.c.free(error)
    if not answer:
        raise ScreenShotError(f"{extension.name!r} {opcode}")
    try:
        return ctypes.string_at(answer, 32)
    finally:
        LIB.c.free(answer)
