"""How old pictures are by their driver's stamps, and when those are not believed."""

from __future__ import annotations

import time

import cv2
import pytest

from client.base.clock import monotonic_us
from client.capture.camera.own_time import BELIEVED, OwnTime
from client.capture.delay import UNKNOWN


class Driver:
    """An OpenCV capture whose pictures are stamped `age_us` before they are dated."""

    def __init__(self, backend: str, age_us: float) -> None:
        self.backend, self.age_us = backend, age_us
        self.stamp_us = 0.0

    def picture(self) -> int:
        """Take a picture and return when we date it."""
        self.stamp_us = time.monotonic_ns() // 1000 - self.age_us
        return monotonic_us()

    def getBackendName(self) -> str:  # noqa: N802 - OpenCV's name
        return self.backend

    def get(self, what: int) -> float:
        assert what == cv2.CAP_PROP_POS_MSEC
        return self.stamp_us / 1000


def seen(driver: Driver, times: int = BELIEVED):
    own = OwnTime()
    for _ in range(times):
        own.saw(driver, driver.picture())
    return own.delay()


def test_the_age_by_the_driver_s_stamps_is_told() -> None:
    delay = seen(Driver("V4L2", 33_000))
    assert delay.told_by == "device"
    assert delay.us == pytest.approx(33_000, abs=5_000)


@pytest.mark.parametrize("age_us", [-50_000, 1_700_000_000_000_000])
def test_stamps_of_another_clock_are_not_believed(age_us: float) -> None:
    assert seen(Driver("V4L2", age_us)) == UNKNOWN


def test_a_backend_that_tells_nothing_is_not_asked() -> None:
    assert seen(Driver("FFMPEG", 33_000)) == UNKNOWN


def test_a_few_pictures_are_not_enough() -> None:
    assert seen(Driver("V4L2", 33_000), BELIEVED - 1) == UNKNOWN
