"""The pointer on Windows, drawn into pictures of the desktop: GDI leaves it out of them.

Windows itself draws it (`DrawIconEx`), onto a copy of the pixels below it, so coloured, monochrome
and inverting pointers come out as they do on the screen.
"""

from __future__ import annotations

import sys
from typing import NamedTuple

from client.capture.screen import Bgra

if sys.platform == "win32":
    import ctypes
    from ctypes import POINTER, Structure, byref, c_void_p, sizeof
    from ctypes.wintypes import BOOL, DWORD, HANDLE, INT, LONG, POINT, UINT, WORD

    import numpy as np

    class Shape(NamedTuple):
        """Size of a pointer and its hot spot, in pixels."""

        width: int
        height: int
        hot_x: int
        hot_y: int

    class _CursorInfo(Structure):
        _fields_ = (("size", DWORD), ("flags", DWORD), ("cursor", HANDLE), ("place", POINT))

    class _IconInfo(Structure):
        _fields_ = (
            ("is_icon", BOOL),
            ("hot_x", DWORD),
            ("hot_y", DWORD),
            ("mask", HANDLE),
            ("colour", HANDLE),
        )

    class _Bitmap(Structure):
        _fields_ = (
            ("type", LONG),
            ("width", LONG),
            ("height", LONG),
            ("row_bytes", LONG),
            ("planes", WORD),
            ("bits_a_pixel", WORD),
            ("bits", c_void_p),
        )

    class _BitmapHeader(Structure):
        _fields_ = (
            ("size", DWORD),
            ("width", LONG),
            ("height", LONG),
            ("planes", WORD),
            ("bits_a_pixel", WORD),
            ("rest", DWORD * 6),
        )

    _SHOWING, _DRAW_NORMAL, _ARROW = 0x1, 0x3, 32512
    _user = ctypes.WinDLL("user32", use_last_error=True)
    _gdi = ctypes.WinDLL("gdi32", use_last_error=True)
    _user.GetCursorInfo.argtypes = [POINTER(_CursorInfo)]
    _user.LoadCursorW.argtypes = [HANDLE, c_void_p]
    _user.LoadCursorW.restype = HANDLE
    _user.GetIconInfo.argtypes = [HANDLE, POINTER(_IconInfo)]
    _user.DrawIconEx.argtypes = [HANDLE, INT, INT, HANDLE, INT, INT, UINT, HANDLE, UINT]
    _gdi.GetObjectW.argtypes = [HANDLE, INT, c_void_p]
    _gdi.CreateCompatibleDC.argtypes = [HANDLE]
    _gdi.CreateCompatibleDC.restype = HANDLE
    _gdi.CreateDIBSection.argtypes = [HANDLE, c_void_p, UINT, POINTER(c_void_p), HANDLE, DWORD]
    _gdi.CreateDIBSection.restype = HANDLE
    _gdi.SelectObject.argtypes = [HANDLE, HANDLE]
    _gdi.SelectObject.restype = HANDLE
    _gdi.DeleteObject.argtypes = [HANDLE]
    _gdi.DeleteDC.argtypes = [HANDLE]

    class Pointer:
        """Draws the pointer; holds a small canvas until it is closed."""

        def __init__(self) -> None:
            """Make nothing yet."""
            self._canvas: _Canvas | None = None

        def draw(self, picture: Bgra, left: int, top: int) -> None:
            """Draw the pointer, where it shows, into the picture of the desktop at `left, top`.

            Hidden pointers and those of another desktop (the lock screen) leave it as it is. One
            whose shape cannot be read (its program has just destroyed it) becomes an arrow: where
            it is matters, not how it looks.
            """
            info = _CursorInfo(size=sizeof(_CursorInfo))
            if not _user.GetCursorInfo(byref(info)) or not info.flags & _SHOWING:
                return
            x, y = info.place.x - left, info.place.y - top
            if not self.draw_icon(picture, info.cursor, x, y):
                self.draw_icon(picture, _user.LoadCursorW(None, _ARROW), x, y)

        def draw_icon(self, picture: Bgra, icon: int, x: int, y: int) -> bool:
            """Draw `icon` with its hot spot at column `x`, row `y`; what lies outside is cut.

            False where there is no such icon any more, and nothing was drawn.
            """
            shape = shape_of(icon)
            if shape is None:
                return False
            column, row = x - shape.hot_x, y - shape.hot_y
            top, left = max(0, row), max(0, column)
            below = picture[top : max(0, row + shape.height), left : max(0, column + shape.width)]
            if not below.size:
                return True
            canvas = self._canvas_of(shape)
            part = canvas.pixels[top - row :, left - column :][: below.shape[0], : below.shape[1]]
            part[:] = below
            canvas.draw(icon)
            below[:] = part
            return True

        def close(self) -> None:
            """Give the canvas back."""
            canvas, self._canvas = self._canvas, None
            if canvas is not None:
                canvas.close()

        def _canvas_of(self, shape: Shape) -> _Canvas:
            if self._canvas is None or self._canvas.size != (shape.width, shape.height):
                self.close()
                self._canvas = _Canvas(shape.width, shape.height)
            return self._canvas

    def shape_of(icon: int) -> Shape | None:
        """Return size and hot spot; None for a pointer that its program has destroyed by now."""
        info = _IconInfo()
        if not _user.GetIconInfo(icon, byref(info)):
            return None
        try:
            bitmap = _Bitmap()
            if not _gdi.GetObjectW(info.colour or info.mask, sizeof(bitmap), byref(bitmap)):
                return None
            # a monochrome pointer has its two masks in one bitmap, one above the other
            height = bitmap.height if info.colour else bitmap.height // 2
            return Shape(bitmap.width, height, info.hot_x, info.hot_y)
        finally:
            for handle in (info.mask, info.colour):
                if handle:
                    _gdi.DeleteObject(handle)

    class _Canvas:
        """A bitmap that both GDI and numpy write to."""

        def __init__(self, width: int, height: int) -> None:
            self.size = (width, height)
            header = _BitmapHeader(
                size=sizeof(_BitmapHeader), width=width, height=-height, planes=1, bits_a_pixel=32
            )
            bits = c_void_p()
            self._context = _gdi.CreateCompatibleDC(None)
            self._bitmap = _gdi.CreateDIBSection(
                self._context, byref(header), 0, byref(bits), None, 0
            )
            if not bits.value:
                self.close()
                raise ctypes.WinError(ctypes.get_last_error())
            self._before = _gdi.SelectObject(self._context, self._bitmap)
            memory = (ctypes.c_ubyte * (width * height * 4)).from_address(bits.value)
            self.pixels: Bgra = np.frombuffer(memoryview(memory), np.uint8).reshape(
                height, width, 4
            )

        def draw(self, icon: int) -> None:
            _user.DrawIconEx(self._context, 0, 0, icon, 0, 0, 0, None, _DRAW_NORMAL)
            _gdi.GdiFlush()

        def close(self) -> None:
            if self._bitmap:
                _gdi.SelectObject(self._context, getattr(self, "_before", None))
                _gdi.DeleteObject(self._bitmap)
                self._bitmap = None
            if self._context:
                _gdi.DeleteDC(self._context)
                self._context = None
