"""Where the document is in a picture, and the document laid flat: four corners, by OpenCV."""

from __future__ import annotations

import math
from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Corners = NDArray[np.float32]
"""Four points in pixels (x, y), clockwise from the upper left of upright text."""

_LOOK = 640
"""Width at which edges are looked for."""
_LEAST, _MOST = 0.006, 0.92
"""Parts of the picture that a document covers."""
_SHAPES = (1.2, 2.0)
"""Width by height as the camera sees it; identity card 1.59, passport page 1.42."""
_EVEN = 0.7
FLAT_WIDTH = 900
_MARGIN = 0.03
_RIM = 2
_INK = 28.0
_STROKES = (0.05, 0.36)
"""Part of a document that is fine strokes: 0.21 to 0.27 of a card; a box of one colour has none,
stripes and foliage have more."""


def find_document(picture: Pixels) -> Corners | None:
    """Return the corners of what looks most like a document with text, or None.

    `picture` is height x width x 3, BGR. Text that stands upside down is not turned here.
    """
    scale = min(1.0, _LOOK / picture.shape[1])
    small = resized(picture, scale)
    grey = grey_of(small)
    best, most = None, 0.0
    for corners in _candidates(small):
        written = _written(grey, corners)
        if written > most:
            best, most = corners, written
    return None if best is None else (best / scale).astype(np.float32)


def resized(picture: Pixels, scale: float) -> Pixels:
    """Return the picture at another size, what is too fine averaged."""
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return small.astype(np.uint8, copy=False)


def flattened(picture: Pixels, corners: Corners) -> tuple[Pixels, NDArray[np.float64]]:
    """Return the document laid flat with a little of its surroundings, and the way back.

    The second value is the 3 x 3 matrix from the flat picture's pixels to the picture's.
    """
    wide, high = _sides(corners)
    across = min(FLAT_WIDTH, max(480, round(wide * 1.3)))
    down = round(across * high / wide)
    edge = round(across * _MARGIN)
    inner = [(edge, edge), (across - edge, edge), (across - edge, down - edge), (edge, down - edge)]
    there = cv2.getPerspectiveTransform(corners, np.array(inner, np.float32))
    flat = cv2.warpPerspective(picture, there, (across, down), flags=cv2.INTER_CUBIC)
    back = np.linalg.inv(np.asarray(there, np.float64)).astype(np.float64)
    return flat.astype(np.uint8), back


def grey_of(picture: Pixels) -> Pixels:
    """Return how bright each pixel is."""
    return cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.uint8, copy=False)


def width_of(corners: Corners) -> float:
    """Return the shorter of the document's long sides, in pixels."""
    return _sides(corners)[0]


def is_cut_off(corners: Corners, picture: Pixels) -> bool:
    """Tell whether the document reaches beyond the picture."""
    high, wide = picture.shape[:2]
    left, top = corners.min(axis=0)
    right, bottom = corners.max(axis=0)
    return bool(min(left, top) <= _RIM or right >= wide - 1 - _RIM or bottom >= high - 1 - _RIM)


def _sides(corners: Corners) -> tuple[float, float]:
    lengths = [float(np.linalg.norm(corners[n] - corners[(n + 1) % 4])) for n in range(4)]
    return max(1.0, min(lengths[0], lengths[2])), max(1.0, lengths[1], lengths[3])


def _candidates(small: Pixels) -> Iterator[Corners]:
    """Yield quadrilaterals of a document's shape, by edges and by brightness."""
    whole = small.shape[0] * small.shape[1]
    for outline in _outlines(small):
        found, _ = cv2.findContours(outline, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
        for contour in found:
            hull = cv2.convexHull(contour).astype(np.int32)
            if not _LEAST * whole < cv2.contourArea(hull) < _MOST * whole:
                continue
            corners = _four(hull)
            if corners is None:
                continue
            wide, high = _sides(corners)
            if _SHAPES[0] < wide / high < _SHAPES[1] and _is_even(corners):
                yield corners


def _is_even(corners: Corners) -> bool:
    """Tell whether opposite sides are about equally long, as of a thing seen from the front."""
    lengths = [float(np.linalg.norm(corners[n] - corners[(n + 1) % 4])) for n in range(4)]
    pairs = (sorted(lengths[::2]), sorted(lengths[1::2]))
    return all(short > _EVEN * long for short, long in pairs)


def _outlines(small: Pixels) -> Iterator[Pixels]:
    kernel = np.ones((3, 3), np.uint8)
    smooth = cv2.GaussianBlur(small, (0, 0), 1.2)
    channels = cv2.split(cv2.cvtColor(smooth, cv2.COLOR_BGR2LAB))
    for low, high in ((20, 60), (60, 140)):
        edges = cv2.Canny(channels[0].astype(np.uint8), low, high)
        yield cv2.dilate(edges, kernel).astype(np.uint8)
    for channel in channels:
        _, split = cv2.threshold(channel, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
        yield split.astype(np.uint8)
        yield (255 - split).astype(np.uint8)


def _four(hull: NDArray[np.int32]) -> Corners | None:
    """Return the hull as four corners; None where four do not describe it."""
    around = cv2.arcLength(hull, closed=True)
    for part in (0.02, 0.04, 0.06):
        points = (
            cv2.approxPolyDP(hull, part * around, closed=True).reshape(-1, 2).astype(np.float32)
        )
        if len(points) == 4:  # noqa: PLR2004 - a quadrilateral
            is_whole = cv2.contourArea(points) > 0.9 * cv2.contourArea(hull)
            return ordered(points) if is_whole else None
    box = cv2.boxPoints(cv2.minAreaRect(hull)).astype(np.float32)
    is_box = cv2.contourArea(hull) > 0.93 * cv2.contourArea(box)  # a thumb over a corner
    return ordered(box) if is_box else None


def ordered(points: Corners) -> Corners:
    """Return them clockwise from the upper left, the long side on top."""
    middle = points.mean(axis=0)
    angles = np.arctan2(points[:, 1] - middle[1], points[:, 0] - middle[0])
    turning = points[np.argsort(angles)]
    first = int(np.argmin(turning.sum(axis=1)))
    ordered = np.roll(turning, -first, axis=0)
    wide, high = _sides(ordered)
    if wide < high:
        ordered = np.roll(ordered, -1, axis=0)
    return ordered.astype(np.float32)


def _written(grey: Pixels, corners: Corners) -> float:
    """Return how much of the quadrilateral is fine strokes, weighted by its size."""
    flat = np.array([(0, 0), (159, 0), (159, 99), (0, 99)], np.float32)
    inside = cv2.warpPerspective(grey, cv2.getPerspectiveTransform(corners, flat), (160, 100))
    inner = inside[8:-8, 8:-8].astype(np.float32)
    fine = np.abs(inner - cv2.GaussianBlur(inner, (0, 0), 3.0))
    dark, bright = np.percentile(inner, (5, 95))
    contrast = float(bright - dark) + _INK
    share = float(np.mean(fine > contrast * 0.12))
    if not _STROKES[0] < share < _STROKES[1]:
        return 0.0
    return share * math.sqrt(float(cv2.contourArea(corners)))
