"""How large and how sharp the characters of a number are, measured where they stand."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from client.identity.document import Pixels, grey_of

_PITCH = 24
"""Pixels a character in the strip that sharpness is measured in."""


@dataclass(frozen=True)
class Print:
    """`pitch`: pixels from one character to the next, about a digit's height on an identity card.

    `edge`: how steep the strokes' edges are, as part of their contrast a 24th of a character; 0.35
    is as sharp as it gets, 0.20 a blur of a tenth of a digit's height, and noise counts little.
    """

    pitch: float
    edge: float


def measure(picture: Pixels, strip: NDArray[np.float32], characters: int) -> Print:
    """Measure the `characters` in the quadrilateral `strip` of `picture` (pixels, BGR)."""
    upper = float(np.linalg.norm(strip[1] - strip[0]))
    lower = float(np.linalg.norm(strip[2] - strip[3]))
    pitch = (upper + lower) / 2 / max(1, characters)
    laid = _laid(picture, strip, pitch, characters)
    return Print(pitch * _period(laid) / _PITCH, _edge(laid))


def _laid(
    picture: Pixels, strip: NDArray[np.float32], pitch: float, characters: int
) -> NDArray[np.float32]:
    """Return the strip upright, grey, 24 pixels a character."""
    wide, high = _PITCH * characters, round(_PITCH * 1.5)
    middle = np.array([(strip[0] + strip[3]) / 2, (strip[1] + strip[2]) / 2])
    along = middle[1] - middle[0]
    across = np.array([-along[1], along[0]]) / max(1.0, float(np.linalg.norm(along)))
    half = across * pitch * 0.75
    box = [middle[0] - half, middle[1] - half, middle[1] + half, middle[0] + half]
    flat = np.array([(0, 0), (wide, 0), (wide, high), (0, high)], np.float32)
    move = cv2.getPerspectiveTransform(np.array(box, np.float32), flat)
    grey = grey_of(picture)
    laid = cv2.warpPerspective(grey, move, (wide, high), flags=cv2.INTER_CUBIC)
    smooth = cv2.GaussianBlur(laid.astype(np.float32), (0, 0), 1.0)
    return smooth.astype(np.float32, copy=False)


def _period(laid: NDArray[np.float32]) -> float:
    """Return how many columns one character really takes: all are equally far apart."""
    ink = laid.max(axis=0) - laid.mean(axis=0)
    ink = ink - cv2.GaussianBlur(ink[None], (0, 0), _PITCH)[0]
    lags = np.arange(round(_PITCH * 0.75), round(_PITCH * 1.25) + 1)
    alike = [float(np.dot(ink[lag:], ink[:-lag])) / (ink.size - lag) for lag in lags]
    best = int(np.clip(np.argmax(alike), 1, len(lags) - 2))
    before, peak, after = alike[best - 1 : best + 2]
    bend = before - 2 * peak + after
    return float(lags[best] + (0.5 * (before - after) / bend if bend < 0 else 0.0))


def _edge(laid: NDArray[np.float32]) -> float:
    dark, bright = np.percentile(laid, (3, 90))
    slope = np.hypot(cv2.Sobel(laid, cv2.CV_32F, 1, 0), cv2.Sobel(laid, cv2.CV_32F, 0, 1)) / 8
    return float(np.percentile(slope, 97) / max(8.0, bright - dark))
