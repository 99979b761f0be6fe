"""The camera driver's own time stamps: how old a picture is when we date it.

Video4Linux stamps each picture with CLOCK_MONOTONIC when its transfer begins or ends
(`V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC`), and OpenCV hands that on as CAP_PROP_POS_MSEC. A stamp of any
other clock is not near ours and is not believed. DirectShow and network streams tell nothing
that could be compared with a clock here.
"""

from __future__ import annotations

import statistics
import time
from collections import deque
from typing import TYPE_CHECKING

from client.base.clock import SECOND_US, monotonic_us
from client.capture.delay import UNKNOWN, Delay

if TYPE_CHECKING:
    import cv2

BACKEND = "V4L2"
KEPT = 60
BELIEVED = 15


class OwnTime:
    """Compares the driver's stamps with our dates. Fed by the reading thread alone."""

    def __init__(self) -> None:
        """Nothing is known yet."""
        self._ages_us: deque[int] = deque(maxlen=KEPT)

    def saw(self, capture: cv2.VideoCapture, dated_us: int) -> None:
        """Look at the stamp of the picture that was just read and dated `dated_us`."""
        if capture.getBackendName() != BACKEND:
            return
        import cv2

        stamp_us = round(capture.get(cv2.CAP_PROP_POS_MSEC) * 1000)
        age_us = time.monotonic_ns() // 1000 - stamp_us - (monotonic_us() - dated_us)
        if 0 <= age_us < SECOND_US:
            self._ages_us.append(age_us)

    def delay(self) -> Delay:
        """Return the median age of the last pictures; unknown while too few were stamped."""
        ages = sorted(self._ages_us.copy())
        if len(ages) < BELIEVED:
            return UNKNOWN
        middle = round(statistics.median(ages))
        return Delay(middle, "device", middle - ages[0])
