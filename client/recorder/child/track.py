"""What the screen track and the film track share: a thread that outlives its failures."""

from __future__ import annotations

import errno
import logging
import threading
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import av

from client.base.clock import SECOND_US, monotonic_us
from client.base.errors import SaiJianError
from client.base.text import Text
from client.evidence.entries import Note, Source, State
from client.evidence.entries import Part as PartLine
from client.recorder.child.chronicle import Chronicle
from client.recorder.child.container import Part
from client.recorder.child.encoder import I420, EncoderFailedError
from client.recorder.child.hints import Area
from client.recorder.child.trackfile import TrackWriter
from client.recorder.protocol import SourceStatus, TrackStatus
from client.recorder.setup import X264

RETRY_S = 1.0
StandIn = Literal["slate", "silence"]

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Health:
    """How one source is doing; the journal's `state` lines are its changes."""

    state: Literal["live", "slate", "silence", "off"] = "off"
    device: str = ""
    cause: Text = Text("", "")


class TrackThread(ABC):
    """One track's thread. `start`, then `stop`; a failure is journalled and tried again."""

    def __init__(self, name: str, chronicle: Chronicle) -> None:
        """Prepare; nothing is opened yet."""
        self._chronicle = chronicle
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._keep_running, name=name, daemon=True)
        self._health: dict[Source, Health] = {}
        self._parts: list[TrackWriter] = []
        self.disk_full = False
        self.encoder = X264
        """What encodes the pictures of the next part; set before `start`, x264 after a failure."""
        self._why_x264: Text | None = None
        self._named_encoder = ""

    def start(self) -> None:
        """Begin to record."""
        self._thread.start()

    def stop(self, timeout_s: float = 10.0) -> bool:
        """End the last fragment; return whether the thread ended in time."""
        self._stopping.set()
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def sources(self) -> list[SourceStatus]:
        """Return how each source is doing."""
        return [
            SourceStatus(
                source=source,
                state=health.state,
                device=health.device,
                cause=health.cause.zh,
                cause_en=health.cause.en,
                level=self._level(source),
            )
            for source, health in list(self._health.items())
        ]

    def tracks(self) -> list[TrackStatus]:
        """Return the files of this track so far."""
        return [
            TrackStatus(
                file=writer.name,
                bytes=writer.size,
                seconds=max(0, writer.taken_us - writer.epoch_us) / SECOND_US,
            )
            for writer in list(self._parts)
        ]

    @abstractmethod
    def _run(self) -> None:
        """Record until `_stopping` is set, or raise."""

    def _level(self, source: Source) -> float:  # noqa: ARG002 - only sound has a level
        return 0.0

    def _keep_running(self) -> None:
        while not self._stopping.is_set():
            try:
                self._run()
            except (OSError, av.FFmpegError, SaiJianError) as error:
                self._failed(error)
                self._stopping.wait(RETRY_S)

    def _failed(self, error: Exception) -> None:
        log.error("track failed", exc_info=error)
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            self.disk_full = True
            self._stopping.set()
        reason = error.title if isinstance(error, SaiJianError) else Text(str(error), str(error))
        for source in self._health:
            self._stands_in(source, "silence" if source == "sound" else "slate", reason)

    def _begin(self, part: Part) -> None:
        line = PartLine(
            file=part.writer.name,
            epoch_us=part.epoch_us,
            width=part.video.width if part.video else 0,
            height=part.video.height if part.video else 0,
            sound=part.sound is not None,
        )
        self._parts.append(part.writer)
        self._chronicle.post(line, part.writer)

    def _put(
        self, part: Part, picture: I420, at_us: int, changed: Sequence[Area] | None = None
    ) -> None:
        """Add a picture as `Part` does, and journal what encodes it where that is new."""
        part.add_picture(picture, at_us, changed)
        if part.encoder != self._named_encoder:
            self._name_encoder(part)

    def _name_encoder(self, part: Part) -> None:
        if part.fell_back is not None:
            self.encoder, self._why_x264 = X264, part.fell_back
        name, why = part.encoder, self._why_x264
        self._named_encoder = name
        said = Text(f"画面由 {name} 编码", f"pictures are encoded by {name}")
        if why is not None:
            said = Text(f"{said.zh}：{why.zh}", f"{said.en}: {why.en}")
        self._chronicle.post(
            Note(
                level="info" if why is None else "warning",
                source="screen" if part.writer.name.startswith("screen") else "camera",
                zh=said.zh[:500],
                en=said.en[:500],
            )
        )

    def _fall_back(self, part: Part, error: EncoderFailedError) -> list[tuple[I420, int]]:
        """Take x264 from now on; return the pictures that the next part has to begin with.

        Raises `error` where it was x264 that failed.
        """
        if part.encoder == X264:
            raise error
        log.warning("%s", error)
        self.encoder, self._why_x264 = X264, error.title
        return part.held_pictures(error)

    def _is_live(self, source: Source, device: str, at_us: int | None = None) -> None:
        self._change(source, Health("live", device), at_us)

    def _stands_in(
        self, source: Source, state: StandIn, cause: Text, at_us: int | None = None
    ) -> None:
        before = self._health.get(source, Health())
        self._change(source, replace(before, state=state, cause=cause), at_us)

    def _change(self, source: Source, health: Health, at_us: int | None) -> None:
        before = self._health.get(source, Health())
        self._health[source] = health
        if health.state == "off" or health.state == before.state:  # noqa: PLR1714 - narrows
            return
        self._chronicle.post(
            State(
                source=source,
                state=health.state,
                at_us=monotonic_us() if at_us is None else at_us,
                cause=health.cause.zh[:500],
                cause_en=health.cause.en[:500],
            )
        )
