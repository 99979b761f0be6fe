"""The screen track: one thread that grabs, compares and encodes the whole desktop."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from client.base.clock import SECOND_US, monotonic_us
from client.base.errors import SaiJianError
from client.base.text import Text
from client.capture.screen import ScreenChanged, ScreenSource
from client.contest.plan import Recording
from client.evidence.entries import Device
from client.evidence.layout import TrackFile, track_file
from client.recorder.child.chronicle import Chronicle
from client.recorder.child.container import Part
from client.recorder.child.encoder import I420, EncoderFailedError, VideoShape
from client.recorder.child.picture import ScreenCanvas
from client.recorder.child.track import TrackThread

STILL_US = SECOND_US // 2
"""An unchanged screen is encoded again this often, so that a kill loses little."""
REOPEN_S = 1.0

log = logging.getLogger(__name__)


class ScreenTrack(TrackThread):
    """Records the desktop until `stop`; a lost or resized one is opened again as a new part."""

    def __init__(
        self,
        folder: Path,
        first_part: int,
        settings: Recording,
        open_screen: Callable[[], ScreenSource],
        chronicle: Chronicle,
    ) -> None:
        """Prepare; `start` begins."""
        super().__init__("screen", chronicle)
        self._folder = folder
        self._next_part = first_part
        self._settings = settings
        self._open_screen = open_screen

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                source = self._open_screen()
            except (SaiJianError, OSError) as error:
                self._lost(error)
                self._stopping.wait(REOPEN_S)
                continue
            try:
                self._record(source)
            except ScreenChanged:
                log.info("the desktop changed its size")
            except EncoderFailedError:
                raise  # x264 itself: tried again as after any failure of a track, not at once
            except SaiJianError as error:
                self._lost(error)
            finally:
                source.close()

    def _record(self, source: ScreenSource) -> None:
        canvas = ScreenCanvas(source.width, source.height)
        held: list[tuple[I420, int]] = []
        while True:
            part = self._new_part(source, held[0][1] if held else monotonic_us())
            try:
                self._announce(source, part)
                for picture, at_us in held:
                    self._put(part, picture, at_us)
                self._grab(source, canvas, part)
            except EncoderFailedError as error:
                held = self._fall_back(part, error)
                continue
            finally:
                part.close()
            return

    def _new_part(self, source: ScreenSource, first_us: int) -> Part:
        shape = self._settings.screen
        video = VideoShape(
            source.width,
            source.height,
            shape.fps,
            shape.qp,
            self._settings.key_frame_seconds,
            encoder=self.encoder,
        )
        return Part(self._folder / self._name_part(), first_us, video, None)

    def _grab(self, source: ScreenSource, canvas: ScreenCanvas, part: Part) -> None:
        period = SECOND_US // self._settings.screen.fps
        due = monotonic_us()
        encoded_us = 0
        while not self._stopping.is_set():
            at_us = monotonic_us()
            changed = canvas.update(source.read())
            if changed or at_us - encoded_us >= STILL_US:
                self._put(part, canvas.picture, at_us, changed)
                encoded_us = at_us
            due = max(due + period, monotonic_us() - period)
            self._stopping.wait(max(0, due - monotonic_us()) / SECOND_US)

    def _name_part(self) -> TrackFile:
        name = track_file("screen", self._next_part)
        self._next_part += 1
        return name

    def _announce(self, source: ScreenSource, part: Part) -> None:
        self._chronicle.post(
            Device(
                source="screen",
                name=source.name[:500],
                origin=source.origin,
                width=source.width,
                height=source.height,
                rate=self._settings.screen.fps,
            )
        )
        self._is_live("screen", source.name)
        self._begin(part)

    def _lost(self, error: SaiJianError | OSError) -> None:
        text = error.title if isinstance(error, SaiJianError) else Text(str(error), str(error))
        self._stands_in("screen", "slate", text)
