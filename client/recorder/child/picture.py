"""From captured pixels to I420 pictures, touching only what changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from client.capture.screen import Patch
from client.recorder.child.hints import Area

Pixels = NDArray[np.uint8]
_BAND = 64
"""Rows converted at a time: they stay in the cache until they are in their place."""


def planes(i420: Pixels) -> tuple[Pixels, Pixels, Pixels]:
    """Return Y, U and V of a picture of shape (height * 3 / 2, width), as views."""
    height, width = i420.shape[0] * 2 // 3, i420.shape[1]
    flat = i420.reshape(-1)
    luma, chroma = width * height, width * height // 4
    half = (height // 2, width // 2)
    return (
        i420[:height],
        flat[luma : luma + chroma].reshape(half),
        flat[luma + chroma :].reshape(half),
    )


class I420:
    """A picture of shape (height * 3 / 2, width): the Y plane, then U, then V at half size."""

    def __init__(self, width: int, height: int) -> None:
        """Make a black picture; both sizes must be even."""
        self.width, self.height = width, height
        self.buffer: Pixels = np.empty((height * 3 // 2, width), np.uint8)
        self.buffer[:height] = 16
        self.buffer[height:] = 128
        _, self._u, self._v = planes(self.buffer)

    def put(self, converted: Pixels, left: int, top: int) -> None:
        """Place a smaller I420 picture with its first pixel at (`left`, `top`), both even."""
        y, u, v = planes(converted)
        rows, columns = y.shape
        self.buffer[top : top + rows, left : left + columns] = y
        half = (slice(top // 2, (top + rows) // 2), slice(left // 2, (left + columns) // 2))
        self._u[half], self._v[half] = u, v


class ScreenCanvas:
    """The desktop as I420; only what changed is converted."""

    def __init__(self, width: int, height: int) -> None:
        """Begin black."""
        self._i420 = I420(width, height)

    @property
    def picture(self) -> Pixels:
        """Return the current picture, I420."""
        return self._i420.buffer

    def update(self, patches: Sequence[Patch]) -> list[Area]:
        """Put the patches in their places; return where they lie."""
        for left, top, pixels in patches:
            for row in range(0, pixels.shape[0], _BAND):
                band = cv2.cvtColor(pixels[row : row + _BAND], cv2.COLOR_BGRA2YUV_I420)
                self._i420.put(cast("Pixels", band), left, top + row)
        return [Area(p.left, p.top, p.pixels.shape[1], p.pixels.shape[0]) for p in patches]


def letterboxed(bgr: Pixels, width: int, height: int) -> Pixels:
    """Return `bgr` scaled into (height, width, 3), black where its shape leaves room."""
    rows, columns = bgr.shape[:2]
    if (columns, rows) == (width, height):
        return bgr
    scale = min(width / columns, height / rows)
    inner = (max(2, round(columns * scale)), max(2, round(rows * scale)))
    scaled = cv2.resize(bgr, inner, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    boxed = np.zeros((height, width, 3), np.uint8)
    left, top = (width - inner[0]) // 2, (height - inner[1]) // 2
    boxed[top : top + inner[1], left : left + inner[0]] = scaled
    return boxed


def to_i420(bgr: Pixels) -> Pixels:
    """Return the I420 picture of `bgr`; its sizes must be even."""
    return cast("Pixels", cv2.cvtColor(bgr, cv2.COLOR_BGR2YUV_I420))


def small_jpeg(bgr: Pixels, width: int = 320) -> bytes:
    """Return a small JPEG for the window's preview."""
    height = bgr.shape[0] * width // bgr.shape[1]
    small = cv2.resize(bgr, (width, height), interpolation=cv2.INTER_AREA)
    return jpeg_of(small.astype(np.uint8, copy=False), 70)


def jpeg_of(bgr: Pixels, quality: int) -> bytes:
    """Return the picture as a JPEG of this quality, 0 to 100."""
    return cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()
