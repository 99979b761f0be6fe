"""The X Damage extension: the server notes what changed (damageproto 1.1, by ctypes)."""

from __future__ import annotations

import ctypes
from ctypes import POINTER, Structure, c_int, c_int16, c_uint8, c_uint16, c_uint32, c_void_p
from functools import cache

from mss.exception import ScreenShotError
from mss.linux import xcb, xcbgen, xcbhelpers
from mss.linux.xcbhelpers import LIB, XID, Connection, VoidCookie, XcbExtension

from client.capture.screen.grabber import Box

LIBRARY = "libxcb-damage.so.0"
_NON_EMPTY = 3
"""The server speaks once when something changed, and again only after `take`."""


class _Rectangle(Structure):
    _fields_ = (("x", c_int16), ("y", c_int16), ("width", c_uint16), ("height", c_uint16))


class _Region(Structure):
    """xcb_xfixes_fetch_region_reply_t."""

    _fields_ = (
        ("response_type", c_uint8),
        ("pad0", c_uint8),
        ("sequence", c_uint16),
        ("length", c_uint32),
        ("extents", _Rectangle),
        ("pad1", c_uint8 * 16),
    )


class _Version(Structure):
    """xcb_damage_query_version_reply_t."""

    _fields_ = (
        ("response_type", c_uint8),
        ("pad0", c_uint8),
        ("sequence", c_uint16),
        ("length", c_uint32),
        ("major", c_uint32),
        ("minor", c_uint32),
        ("pad1", c_uint8 * 16),
    )


@cache
def _library() -> ctypes.CDLL:
    """Load what mss does not: libxcb-damage, XFixes regions, events."""
    try:
        damage = ctypes.cdll.LoadLibrary(LIBRARY)
    except OSError as error:
        raise ScreenShotError(f"{LIBRARY} is missing") from error
    connection, typed = POINTER(Connection), xcbhelpers.initialize_xcb_typed_func
    typed(damage, "xcb_damage_query_version", [connection, c_uint32, c_uint32], _Version)
    damage.xcb_damage_create_checked.argtypes = [connection, XID, XID, c_uint8]
    damage.xcb_damage_create_checked.restype = VoidCookie
    damage.xcb_damage_subtract.argtypes = [connection, XID, XID, XID]
    damage.xcb_damage_subtract.restype = VoidCookie
    fixes = LIB.xfixes
    typed(fixes, "xcb_xfixes_fetch_region", [connection, XID], _Region)
    fixes.xcb_xfixes_create_region.argtypes = [connection, XID, c_uint32, POINTER(_Rectangle)]
    fixes.xcb_xfixes_create_region.restype = VoidCookie
    fixes.xcb_xfixes_fetch_region_rectangles.argtypes = [POINTER(_Region)]
    fixes.xcb_xfixes_fetch_region_rectangles.restype = POINTER(_Rectangle)
    fixes.xcb_xfixes_fetch_region_rectangles_length.argtypes = [POINTER(_Region)]
    fixes.xcb_xfixes_fetch_region_rectangles_length.restype = c_int
    LIB.xcb.xcb_poll_for_event.argtypes = [connection]
    LIB.xcb.xcb_poll_for_event.restype = c_void_p
    return damage


class Damage:
    """What changed on a drawable, as the server notes it (X Damage extension 1.1)."""

    def __init__(self, connection: Connection, drawable: xcbgen.Window) -> None:
        """Begin; ScreenShotError where server or library do not know how."""
        self._connection = connection
        library = self._library = _library()
        known = xcb.get_extension_data(connection, XcbExtension.in_dll(library, "xcb_damage_id"))
        if not known.present:
            raise ScreenShotError("no DAMAGE extension")
        library.xcb_damage_query_version(connection, 1, 1).reply(connection)
        self._id, self._region = xcb.generate_id(connection), xcb.generate_id(connection)
        LIB.xfixes.xcb_xfixes_create_region(connection, self._region, 0, None)
        created = library.xcb_damage_create_checked(connection, self._id, drawable, _NON_EMPTY)
        created.check(connection)

    def take(self) -> list[Box]:
        """Return the rectangles that changed since the last call, without a round trip if none."""
        if not self._told():
            return []
        self._library.xcb_damage_subtract(self._connection, self._id, XID(0), self._region)
        reply = LIB.xfixes.xcb_xfixes_fetch_region(self._connection, self._region).reply(
            self._connection
        )
        rectangles = xcbhelpers.array_from_xcb(
            LIB.xfixes.xcb_xfixes_fetch_region_rectangles,
            LIB.xfixes.xcb_xfixes_fetch_region_rectangles_length,
            reply,
        )
        return [Box(r.x, r.y, r.width, r.height) for r in rectangles]

    def _told(self) -> bool:
        told = False
        while event := LIB.xcb.xcb_poll_for_event(self._connection):
            told = True
            LIB.c.free(event)
        return told
