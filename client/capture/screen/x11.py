"""One connection to an X server: the root window's size, pieces of its picture, the pointer.

Built on the bindings of mss (XCB by ctypes); pictures come through shared memory (MIT-SHM 1.2).
"""

from __future__ import annotations

import contextlib
import mmap
import os
import sys
from typing import NamedTuple

import numpy as np
from mss.exception import ScreenShotError
from mss.linux import xcb, xcbgen
from mss.linux.xcbhelpers import LIB, Connection
from numpy.typing import NDArray

from client.capture.screen import Bgra
from client.capture.screen.damage import Damage
from client.capture.screen.grabber import GRAB_FAILED, Box

ALL_PLANES = 0xFFFF_FFFF
DEPTHS = (24, 32)
_SHM = (1, 2)
"""The first version that takes a file descriptor."""
_XFIXES = (5, 0)
"""Pointers and regions; a client that says no version gets nothing."""


class Cursor(NamedTuple):
    """The pointer on the desktop."""

    left: int
    top: int
    serial: int
    """Another number for another shape."""
    pixels: NDArray[np.uint8]
    """BGRA of shape (height, width, 4), colour multiplied by alpha."""


class XMonitor(NamedTuple):
    """One display that shows a part of the desktop."""

    name: str
    width: int
    height: int
    outputs: tuple[str, ...]
    """More than one where several show the same part."""


class XDisplay:
    """The connection; everything raises one of GRAB_FAILED when the server is gone."""

    def __init__(self, display: str) -> None:
        """Connect, check the picture's format and share memory with the server."""
        self._connection: Connection | None
        self._connection, screen = xcb.connect(display.encode())
        self._buffer: mmap.mmap | None = None
        self._pixels: NDArray[np.uint8] = np.empty(0, np.uint8)
        self._segment = xcbgen.ShmSeg(0)
        with contextlib.ExitStack() as opened:
            opened.callback(self.close)
            setup = xcb.get_setup(self._connection)
            root = xcbgen.setup_roots(setup)[screen]
            if (
                setup.image_byte_order != xcbgen.ImageOrder.LSBFirst
                or root.root_depth not in DEPTHS
            ):
                raise ScreenShotError("only desktops of 24 bits a pixel")
            self._root = root.root
            xcbgen.xfixes_query_version(self._connection, *_XFIXES)
            self._share_memory()
            opened.pop_all()

    def _share_memory(self) -> None:
        connection = self._open()
        version = xcbgen.shm_query_version(connection)
        old = (version.major_version, version.minor_version) < _SHM
        if sys.platform != "linux" or old:
            raise ScreenShotError("MIT-SHM is too old")
        box = self.box()
        size = 2 * box.width * box.height * 4  # what is not used takes no memory
        descriptor = os.memfd_create("saijian-screen", os.MFD_CLOEXEC)
        os.ftruncate(descriptor, size)
        self._buffer = mmap.mmap(descriptor, size, prot=mmap.PROT_READ)
        self._pixels = np.frombuffer(self._buffer, np.uint8)
        self._segment = xcbgen.ShmSeg(xcb.generate_id(connection).value)
        xcbgen.shm_attach_fd(connection, self._segment, descriptor, read_only=False)  # takes the fd

    def box(self) -> Box:
        """Return the root window's rectangle now."""
        return _box_of(xcbgen.get_geometry(self._open(), self._root))

    def fetch(self, box: Box, at: int = 0) -> Bgra:
        """Return this piece of the desktop, without pointer.

        It lies at byte `at` of the shared memory, which holds the desktop twice, and is valid until
        something else is fetched there.
        """
        left, top, width, height = box
        root, segment = self._root, self._segment
        xcbgen.shm_get_image(
            self._open(),
            root,
            left,
            top,
            width,
            height,
            ALL_PLANES,
            xcbgen.ImageFormat.ZPixmap,
            segment,
            at,
        )
        return self.fetched(box, at)

    def fetched(self, box: Box, at: int) -> Bgra:
        """Return once more what was fetched to byte `at`."""
        size = box.width * box.height * 4
        return self._pixels[at : at + size].reshape(box.height, box.width, 4)

    def look(self, known: Cursor | None = None) -> tuple[Box, Cursor]:
        """Return the root window's rectangle and the pointer, in one round trip.

        The pointer is the same object where it is still the `known` one.
        """
        connection = self._open()
        geometry = LIB.xcb.xcb_get_geometry(connection, self._root)
        image = LIB.xfixes.xcb_xfixes_get_cursor_image(connection)
        root = geometry.reply(connection)
        return _box_of(root), _cursor_of(image.reply(connection), known)

    def outputs(self) -> list[str]:
        """Return the names of the display's outputs (RandR), such as `HDMI-1`."""
        connection = self._open()
        known = xcbgen.randr_get_screen_resources_current(connection, self._root)
        outputs = xcbgen.randr_get_screen_resources_current_outputs(known)
        return [self._name_of(output, known.config_timestamp) for output in outputs]

    def monitors(self) -> list[XMonitor]:
        """Return what shows the desktop now (RandR 1.5)."""
        connection = self._open()
        now = xcbgen.randr_get_screen_resources_current(connection, self._root).config_timestamp
        reply = xcbgen.randr_get_monitors(connection, self._root, 1)
        found = []
        for info in xcbgen.randr_get_monitors_monitors(reply):
            outputs = xcbgen.randr_monitor_info_outputs(info)
            names = tuple(self._name_of(output, now) for output in outputs)
            found.append(XMonitor(" + ".join(names) or "monitor", info.width, info.height, names))
        return found

    def _name_of(self, output: xcbgen.RandrOutput, now: xcbgen.Timestamp) -> str:
        told = xcbgen.randr_get_output_info(self._open(), output, now)
        return bytes(xcbgen.randr_get_output_info_name(told)).decode(errors="replace")

    def watch_damage(self) -> Damage:
        """Begin to listen for what changes on the desktop."""
        return Damage(self._open(), self._root)

    def close(self) -> None:
        """End the connection; more than once does no harm."""
        self._pixels, self._buffer = np.empty(0, np.uint8), None
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(*GRAB_FAILED):
                xcb.disconnect(connection)

    def _open(self) -> Connection:
        if self._connection is None:
            raise ScreenShotError("closed")
        return self._connection


def _box_of(root: xcbgen.GetGeometryReply) -> Box:
    return Box(root.x, root.y, root.width, root.height)


def _cursor_of(reply: xcbgen.XfixesGetCursorImageReply, known: Cursor | None) -> Cursor:
    left, top = reply.x - reply.xhot, reply.y - reply.yhot
    if known is not None and known[:3] == (left, top, reply.cursor_serial):
        return known
    if known is not None and known.serial == reply.cursor_serial:
        return known._replace(left=left, top=top)
    pixels = np.array(xcbgen.xfixes_get_cursor_image_cursor_image(reply), np.uint32)
    shape = (reply.height, reply.width, 4)
    return Cursor(left, top, reply.cursor_serial, pixels.view(np.uint8).reshape(shape))
