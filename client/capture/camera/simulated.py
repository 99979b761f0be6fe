"""The test picture: labelled 模拟, moving, with a flash of 100 ms at each whole second.

The simulated microphone beeps at the same moments of the same clock, so picture and sound of a
recording can be compared.
"""

from __future__ import annotations

import threading

from client.base.clock import SECOND_US, monotonic_us
from client.capture.camera import Bgr, CameraFrame
from client.capture.camera.slates import slate, stamp
from client.capture.delay import Delay
from client.capture.origin import Origin

FLASH_US = 100_000
_BALL = 0.08
"""Side of the moving square, as a part of the height."""


class SimulatedCamera:
    """See `CameraSource`. Pictures fall on whole multiples of the frame time, in real time."""

    name = "模拟摄像头 simulated camera"
    origin: Origin = "simulated"

    def __init__(self, width: int, height: int, fps: int) -> None:
        """Prepare the label in the asked size; nothing can fail to open."""
        self.width = width
        self.height = height
        self.fps = fps
        self._background = slate("simulated", width, height)
        self._closed = threading.Event()
        self._number = monotonic_us() * fps // SECOND_US
        self._first = self._number + 1

    def read(self) -> CameraFrame | None:
        """Wait for the next picture's moment; pictures that nobody fetched are skipped."""
        now_us = monotonic_us()
        self._number = max(self._number + 1, now_us * self.fps // SECOND_US)
        at_us = -(-self._number * SECOND_US // self.fps)
        if self._closed.wait(max(0, at_us - now_us) / SECOND_US):
            return None
        return CameraFrame(self._draw(at_us), at_us)

    def delay(self) -> Delay:
        """Return none: a picture is of the moment that it is dated."""
        return Delay(0, "simulation")

    def close(self) -> None:
        """Wake a waiting reader; it gets None."""
        self._closed.set()

    def _draw(self, at_us: int) -> Bgr:
        image = self._background.copy()
        if at_us % SECOND_US < FLASH_US:
            image[: self.height // 4] = 255  # all but the label, which stays readable
            image[self.height * 3 // 5 :] = 255
        self._draw_ball(image, at_us)
        hours, rest = divmod(at_us // 1000, 3_600_000)
        minutes, rest = divmod(rest, 60_000)
        stamp(image, f"{hours:02d}:{minutes:02d}:{rest / 1000:06.3f}")
        stamp(image, f"frame {self._number - self._first:06d}", line=1)
        return image

    def _draw_ball(self, image: Bgr, at_us: int) -> None:
        """Move a yellow square along the top once in four seconds."""
        side = round(self.height * _BALL)
        left = (at_us % (4 * SECOND_US)) * (self.width - side) // (4 * SECOND_US)
        image[side // 2 : side // 2 + side, left : left + side] = (60, 210, 255)
