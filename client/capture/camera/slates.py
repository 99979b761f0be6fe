"""Pictures that stand in for camera or screen, and the clock that is drawn on them."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import numpy as np

from client.base.assets import asset
from client.capture.camera import Bgr
from client.capture.camera.live import quiet_cv2

SlateName = Literal[
    "opening",
    "lost",
    "simulated",
    "absent",
    "address",
    "app",
    "asleep",
    "hangs",
    "held",
    "password",
    "refused",
    "screen",
    "silent",
    "unreachable",
]
STRIP_TOP = 0.62
"""Where digits may be drawn: from this part of the height on a slate is empty."""


@lru_cache(maxsize=4)
def slate(name: SlateName, width: int, height: int) -> Bgr:
    """Return the slate as a read-only picture `(height, width, 3)`, letterboxed in black."""
    quiet_cv2()
    import cv2

    data = np.fromfile(asset("slates", f"{name}.png"), np.uint8)  # imread fails at Chinese paths
    picture = cv2.imdecode(data, cv2.IMREAD_COLOR)
    if picture is None:
        raise ValueError(name)
    scale = min(width / picture.shape[1], height / picture.shape[0])
    size = (round(picture.shape[1] * scale), round(picture.shape[0] * scale))
    scaled = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    canvas = np.zeros((height, width, 3), np.uint8)
    left, top = (width - size[0]) // 2, (height - size[1]) // 2
    canvas[top : top + size[1], left : left + size[0]] = scaled
    canvas.setflags(write=False)
    return canvas


def stamp(image: Bgr, text: str, line: int = 0) -> None:
    """Draw ASCII `text` (a time, a counter) into the lower part of `image`, in place.

    `line` counts downwards from 0. OpenCV has no Chinese letters; those are in the slates.
    """
    import cv2

    height = image.shape[0]
    size = height / 480
    origin = (round(height * 0.06), round(height * (STRIP_TOP + 0.14 + 0.1 * line)))
    for colour, thickness in (((0, 0, 0), 6), ((255, 255, 255), 2)):  # white with a black rim
        cv2.putText(
            image,
            text,
            origin,
            cv2.FONT_HERSHEY_SIMPLEX,
            size,
            colour,
            max(1, round(thickness * size)),
            cv2.LINE_AA,
        )
