"""The camera's own thread: opens it, reads it, opens it again; the film track takes pictures."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from client.base.errors import SaiJianError
from client.base.text import Text
from client.capture.camera import CameraFrame, CameraSource
from client.capture.delay import UNKNOWN, Delay
from client.evidence.entries import Device
from client.recorder.child.chronicle import Chronicle

REOPEN_S = 2.0
OPENING = Text("摄像头正在打开", "the camera is being opened")
SILENT = Text("摄像头没有新画面", "the camera delivers no new picture")

log = logging.getLogger(__name__)


class Eye:
    """Holds the newest picture; a slow reader misses pictures and never lags."""

    def __init__(self, open_camera: Callable[[], CameraSource], chronicle: Chronicle) -> None:
        """Prepare; `start` begins."""
        self._open = open_camera
        self._chronicle = chronicle
        self._ready = threading.Condition()
        self._frame: CameraFrame | None = None
        self._stopping = threading.Event()
        self._source: CameraSource | None = None
        self._thread = threading.Thread(target=self._watch, name="eye", daemon=True)
        self.device = ""
        self.opened = 0
        """How many times a device was opened so far."""
        self.cause = OPENING
        """Why there is no new picture, when there is none."""

    def start(self) -> None:
        """Begin to open the camera."""
        self._thread.start()

    def stop(self) -> None:
        """Let the camera go."""
        self._stopping.set()
        if self._source is not None:
            self._source.close()
        self._thread.join(3.0)

    def take(self, timeout_s: float) -> CameraFrame | None:
        """Return the newest picture not taken yet, waiting at most `timeout_s` for one."""
        with self._ready:
            self._ready.wait_for(lambda: self._frame is not None, timeout_s)
            frame, self._frame = self._frame, None
            return frame

    def _watch(self) -> None:
        while not self._stopping.is_set():
            try:
                self._source = self._open()
                self._announce(self._source)
                self._read(self._source)
            except SaiJianError as error:
                self.cause = error.title
                log.warning("camera: %s", error)
            finally:
                if self._source is not None:
                    self._source.close()
                    self._source = None
            self._stopping.wait(REOPEN_S)

    def _read(self, source: CameraSource) -> None:
        self.cause = SILENT
        while not self._stopping.is_set():
            frame = source.read()
            if frame is not None:
                with self._ready:
                    self._frame = frame
                    self._ready.notify()

    def delay(self) -> Delay:
        """Return how old what the device delivers is; unknown while none is open."""
        source = self._source
        return UNKNOWN if source is None else source.delay()

    def _announce(self, source: CameraSource) -> None:
        self.device = source.name
        self.opened += 1
        self._chronicle.post(
            Device(
                source="camera",
                name=source.name[:500],
                origin=source.origin,
                width=source.width,
                height=source.height,
                rate=max(0, round(source.fps)),
            )
        )
