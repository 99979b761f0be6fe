"""What a driver hands over instead of a picture costs that picture, and not the camera."""

from __future__ import annotations

import time

import cv2
import numpy as np
import pytest

from client.base.errors import DeviceError
from client.capture.camera.live import PATIENCE, LiveCamera

GOOD = np.full((48, 64, 3), 90, np.uint8)
RGBA = np.full((48, 64, 4), 90, np.uint8)
GREY = np.full((48, 64), 90, np.uint8)
DEEP = np.full((48, 64, 3), 90, np.uint16)
RAISES = None
"""As OpenCV does for an empty JPEG of a USB camera."""


class Capture:
    """OpenCV's capture of what it is given, then of good pictures."""

    def __init__(self, *handed) -> None:
        self.handed = [GOOD, *handed]
        self.good = 0
        self.is_released = False

    def __getattr__(self, name: str):
        return {"getBackendName": lambda: "none"}[name]

    def grab(self) -> bool:
        time.sleep(0.01)
        return True

    def retrieve(self):
        image = self.handed.pop(0) if self.handed else GOOD
        self.good += image is GOOD
        return (True, image) if image is not RAISES else cv2.imdecode(np.zeros(0, np.uint8), 1)

    def get(self, _: int) -> float:
        return 15.0

    def release(self) -> None:
        self.is_released = True


@pytest.mark.parametrize("handed", [RAISES, RGBA, GREY, DEEP])
def test_one_that_is_no_picture_is_passed_over(handed) -> None:
    capture = Capture(handed)
    camera = LiveCamera(capture, "camera", "real", 15)
    try:
        for _ in range(5):
            frame = camera.read()
            assert frame is not None
            assert frame.image.shape == GOOD.shape
    finally:
        camera.close()
    assert capture.good > 1


def test_a_camera_that_hands_over_nothing_else_is_lost_at_once() -> None:
    capture = Capture(*[RAISES] * PATIENCE)
    camera = LiveCamera(capture, "camera", "real", 15)
    assert camera.read() is not None
    with pytest.raises(DeviceError, match="was lost"):
        camera.read()
    assert capture.is_released
