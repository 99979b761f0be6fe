"""The camera's own thread: opens it, reads it, opens it again; its track takes pictures."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from client.base.clock import SECOND_US, monotonic_us
from client.base.errors import SaiJianError
from client.base.text import Text
from client.base.trouble import reason_of
from client.capture.camera import CameraFrame, CameraSource
from client.capture.delay import UNKNOWN, Delay
from client.evidence.entries import Device, Source
from client.recorder.child.chronicle import Chronicle
from client.recorder.child.precedence import PICTURE, take_precedence

REOPEN_S = 2.0
STALLED_US = 5 * SECOND_US
"""Without a picture for so long a camera is opened again: its driver may hang."""
OPENING = Text("摄像头正在打开", "the camera is being opened")
SILENT = Text("摄像头没有新画面", "the camera delivers no new picture")

log = logging.getLogger(__name__)


class Eye:
    """Holds the newest picture; a slow reader misses pictures and never lags."""

    def __init__(
        self,
        open_camera: Callable[[], CameraSource],
        chronicle: Chronicle,
        source: Source = "camera",
    ) -> None:
        """Prepare; `start` begins. `source` says which of the two cameras it is."""
        self.source: Source = source
        self._open = open_camera
        self._chronicle = chronicle
        self._ready = threading.Condition()
        self._frame: CameraFrame | None = None
        self._stopping = threading.Event()
        self._source: CameraSource | None = None
        self._thread = threading.Thread(target=self._watch, name=f"eye {source}", daemon=True)
        self.device = ""
        self.next_name: Callable[[], str] = lambda: ""
        """Names what is opened in its place when it fails; empty where there is nothing."""
        self.opened = 0
        """How many times a device was opened so far."""
        self.cause = OPENING
        """Why there is no new picture, when there is none."""

    def start(self) -> None:
        """Begin to open the camera."""
        self._thread.start()

    def leave(self) -> None:
        """Begin to let the camera go."""
        self._stopping.set()
        source = self._source
        if source is not None:
            source.close()

    def stop(self, timeout_s: float = 3.0) -> None:
        """Let the camera go; a driver that hangs is left to the end of the process."""
        self.leave()
        self._thread.join(timeout_s)

    def take(self, timeout_s: float) -> CameraFrame | None:
        """Return the newest picture not taken yet, waiting at most `timeout_s` for one."""
        with self._ready:
            self._ready.wait_for(lambda: self._frame is not None, timeout_s)
            frame, self._frame = self._frame, None
            return frame

    def _watch(self) -> None:
        take_precedence(PICTURE)
        while not self._stopping.is_set():
            try:
                self._source = self._open()
                if self._stopping.is_set():
                    return
                self._announce(self._source)
                self._read(self._source)
            except Exception as error:
                self.cause = reason_of(error)
                unforeseen = not isinstance(error, SaiJianError)
                log.warning("%s: %s", self.source, error, exc_info=unforeseen)
            finally:
                if self._source is not None:
                    self._source.close()
                    self._source = None
            self._stopping.wait(REOPEN_S)

    def _read(self, source: CameraSource) -> None:
        self.cause = SILENT
        seen_us = monotonic_us()
        while not self._stopping.is_set():
            frame = source.read()
            if frame is None and monotonic_us() - seen_us > STALLED_US:
                return
            if frame is not None:
                seen_us = monotonic_us()
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
                source=self.source,
                name=source.name[:500],
                origin=source.origin,
                width=source.width,
                height=source.height,
                rate=max(0, round(source.fps)),
            )
        )
