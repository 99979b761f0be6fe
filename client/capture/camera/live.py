"""An OpenCV capture read by a thread of its own: always the newest picture, never a queue."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

import numpy as np

from client.base.clock import SECOND_US, monotonic_us
from client.base.errors import DeviceError
from client.base.text import Text
from client.capture.camera import CameraFrame
from client.capture.camera.hls import BurstPace
from client.capture.camera.own_time import OwnTime
from client.capture.delay import Delay
from client.capture.origin import Origin

if TYPE_CHECKING:
    import cv2

WAIT_SECONDS = 0.5
PATIENCE = 2
"""Reads in a row that may fail before the camera counts as lost; each may take its time-out."""
_FPS_MAX = 120
_SPARE = Text(
    "请检查连接和电源；手机请保持屏幕常亮并打开摄像程序；也可以换用备用摄像头。",
    "Check cable and power; keep a phone's screen on and its camera app open; or use the spare.",
)


class LiveCamera:
    """A camera that OpenCV has opened (see `CameraSource`).

    Only the thread touches the capture, its release included: OpenCV crashes when a capture is
    released under a read. So `close` merely says so, and the thread leaves when its read, which is
    bounded, returns.
    """

    def __init__(
        self,
        capture: cv2.VideoCapture,
        name: str,
        origin: Origin,
        fps: int,
        *,
        in_bursts: bool = False,
    ) -> None:
        """Take over `capture`; DeviceError when its first picture does not come.

        Pictures that come `in_bursts` (HLS) are spread over time by their own stamps.
        """
        self.name = name
        self.origin = origin
        first = _read(capture)
        if first is None:
            capture.release()
            raise camera_refused(name)
        self.height, self.width = first.image.shape[:2]
        self.fps = _rate(capture, fps)
        self._newest: CameraFrame | None = first
        self._lost = False
        self._closed = False
        self._own_time = OwnTime()
        self._burst_pace = BurstPace() if in_bursts else None
        self._changed = threading.Condition()
        self._thread = threading.Thread(
            target=self._run, args=(capture,), name="camera-reader", daemon=True
        )
        self._thread.start()

    def read(self) -> CameraFrame | None:
        """Return the newest picture not read yet, or None after 0.5 s without one."""
        with self._changed:
            self._changed.wait_for(lambda: self._newest or self._lost or self._closed, WAIT_SECONDS)
            frame, self._newest = self._newest, None
            if frame is None and self._lost:
                raise camera_lost(self.name)
            return frame

    def delay(self) -> Delay:
        """Return how old its pictures are, by the driver's time stamps."""
        return self._own_time.delay()

    def close(self) -> None:
        """Let the camera go as soon as the read under way returns; a waiting reader wakes up."""
        with self._changed:
            self._closed = True
            self._newest = None
            self._changed.notify_all()

    def _run(self, capture: cv2.VideoCapture) -> None:
        failures = 0
        while not self._closed and failures < PATIENCE:
            frame = _read(capture)
            failures = failures + 1 if frame is None else 0
            if frame is not None:
                self._own_time.saw(capture, frame.at_us)
                self._put(self._spread(capture, frame))
        capture.release()
        with self._changed:
            self._lost = True
            self._changed.notify_all()

    def _spread(self, capture: cv2.VideoCapture, frame: CameraFrame) -> CameraFrame:
        """Hold a picture of a burst until its turn, which is then its moment."""
        if self._burst_pace is None:
            return frame
        import cv2

        stamp_us = round(capture.get(cv2.CAP_PROP_POS_MSEC) * 1000)
        wait_us = self._burst_pace.wait_us(stamp_us, frame.at_us)
        with self._changed:
            self._changed.wait_for(lambda: self._closed, wait_us / SECOND_US)
        return CameraFrame(frame.image, frame.at_us + wait_us)

    def _put(self, frame: CameraFrame) -> None:
        with self._changed:
            if not self._closed:
                self._newest = frame
                self._changed.notify_all()


def _read(capture: cv2.VideoCapture) -> CameraFrame | None:
    """Wait for the next picture; its moment is that of its arrival, before it is converted."""
    import cv2

    try:
        if not capture.grab():
            return None
        at_us = monotonic_us()
        good, image = capture.retrieve()
    except cv2.error:  # such as of an empty JPEG, which some USB cameras send at times
        return None
    if not good or image.dtype != np.uint8 or image.shape[2:] != (3,):
        return None
    return CameraFrame(image.astype(np.uint8, copy=False), at_us)


def _rate(capture: cv2.VideoCapture, wished: int) -> int:
    """Return the rate the camera says; streams often say 0, 25 or 90000."""
    import cv2

    said = capture.get(cv2.CAP_PROP_FPS)
    return round(said) if 1 <= said <= _FPS_MAX else wished


def quiet_cv2() -> None:
    """Import OpenCV (0.2 s) with one thread and without its noise on standard error."""
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "2")  # seconds; 10 without
    import cv2

    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    cv2.setNumThreads(1)


def camera_refused(name: str) -> DeviceError:
    """Return the error for a camera that cannot be opened or delivers nothing."""
    return DeviceError(Text(f"摄像头打不开：{name}。", f"Camera {name} cannot be opened."), _SPARE)


def camera_held(name: str, by: Text) -> DeviceError:
    """Return the same where another program seems to hold it: `by` says which."""
    return DeviceError(
        Text(f"摄像头打不开：{name}，{by.zh}。", f"Camera {name} cannot be opened: {by.en}."),
        Text(
            "请关闭那个程序，再试一次；也可以换用备用摄像头。",
            "Close that program and try again; or use the spare.",
        ),
    )


def camera_lost(name: str) -> DeviceError:
    """Return the error for a camera that stopped delivering."""
    return DeviceError(Text(f"摄像头信号中断：{name}。", f"Camera {name} was lost."), _SPARE)
