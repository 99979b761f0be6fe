"""`saijian photo SOURCE FILE`: one picture of a camera as JPEG. Not for people.

It is a process of its own: a driver that crashes or hangs takes it along, and nothing else.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path

import cv2

from client.base.errors import SaiJianError
from client.capture.camera import open_camera
from client.capture.camera.local import local_cameras

FIRST = "first"
"""The first camera of this computer."""
SETTLES_S = 1.5
"""So long a camera may take to find its exposure."""
WIDTH, HEIGHT, FPS, QUALITY = 1280, 720, 15, 90


def main(arguments: Sequence[str]) -> int:
    """Write the picture; 1 where there is none."""
    source, file = arguments
    try:
        data = take(source)
    except SaiJianError as error:
        sys.stderr.write(f"{error.sentence()}\n")
        return 1
    if not data:
        return 1
    Path(file).write_bytes(data)
    return 0


def take(source: str) -> bytes:
    """Return the last picture of 1.5 s as JPEG, empty where none came; DeviceError as it is."""
    if source == FIRST:
        cameras = local_cameras()
        source = str(cameras[0].index) if cameras else "0"
    camera = open_camera(source, WIDTH, HEIGHT, FPS)
    try:
        frame, ends = None, time.monotonic() + SETTLES_S
        while time.monotonic() < ends:
            frame = camera.read() or frame
    finally:
        camera.close()
    if frame is None:
        return b""
    made, data = cv2.imencode(".jpg", frame.image, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return bytes(data) if made else b""
