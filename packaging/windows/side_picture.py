"""The picture beside the installer's first and last page: our icon on the window's ground."""

from __future__ import annotations

import struct
from pathlib import Path

import cv2
import numpy as np

WIDTH, HEIGHT = 164, 314
"""Pixels, as NSIS's pages want it."""
SHOWN, TOP = 96, 60
GROUND = (248, 246, 244)
"""Blue, green, red: `ground` of the light colours in assets/style/tokens.json."""


def side_picture(icon: Path, target: Path) -> Path:
    """Write it as BMP to `target`, from the largest PNG in the .ico file `icon`."""
    picture = cv2.imdecode(np.frombuffer(largest(icon.read_bytes()), np.uint8), -1)
    if picture is None:
        raise ValueError(f"no picture in {icon}")
    small = cv2.resize(picture, (SHOWN, SHOWN), interpolation=cv2.INTER_AREA)
    ground = np.full((HEIGHT, WIDTH, 3), GROUND, np.uint8)
    left = (WIDTH - SHOWN) // 2
    place = ground[TOP : TOP + SHOWN, left : left + SHOWN]
    cover = small[..., 3:] / 255
    place[:] = (small[..., :3] * cover + place * (1 - cover)).round()
    target.write_bytes(cv2.imencode(".bmp", ground)[1].tobytes())
    return target


def largest(icon: bytes) -> bytes:
    """Return the biggest picture of an .ico file (ICONDIR of the Windows SDK)."""
    count = struct.unpack_from("<3H", icon)[2]
    rows = [struct.unpack_from("<4B2H2I", icon, 6 + 16 * at) for at in range(count)]
    size, offset = max((row[6], row[7]) for row in rows)
    return icon[offset : offset + size]
