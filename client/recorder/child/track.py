"""What the screen track and the film track share: a thread that outlives its failures."""

from __future__ import annotations

import logging
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import av

from client.base.clock import SECOND_US, monotonic_us
from client.base.text import Text
from client.base.trouble import is_full, reason_of
from client.evidence.entries import Note, Source, SourceState, State
from client.evidence.entries import Part as PartLine
from client.recorder.child.chronicle import Chronicle
from client.recorder.child.container import Part
from client.recorder.child.encoder import I420, EncoderFailedError
from client.recorder.child.hints import Area
from client.recorder.child.load import LoadWatch
from client.recorder.child.pace import Rate
from client.recorder.child.precedence import PICTURE, take_precedence
from client.recorder.child.trackfile import TrackWriter
from client.recorder.protocol import SourceStatus, TrackStatus
from client.recorder.setup import X264

RETRY_S = 1.0


log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Health:
    """How one source is doing; the journal's `state` lines are its changes."""

    state: SourceState | Literal["off"] = "off"
    device: str = ""
    cause: Text = Text("", "")
    is_urgent: bool = False

    @property
    def alarms(self) -> bool:
        """Tell whether somebody must act at once: a device that delivered is lost, or muted."""
        is_lost = self.state in ("slate", "silence") and self.device != ""
        return self.is_urgent or is_lost or self.state == "muted"


class TrackThread(ABC):
    """One track's thread. `start`, then `stop`; a failure is journalled and tried again."""

    _not_yet: frozenset[Text] = frozenset()
    """Causes that only say that the cause is not known; the real one is a line of its own."""
    _opening: frozenset[Text] = frozenset()
    """Those of them that are no loss: the device may be there in a second."""

    def __init__(self, shows: Source, chronicle: Chronicle, rate: Rate, folder: Path) -> None:
        """Prepare; nothing is opened yet. `folder` is the session's."""
        self._chronicle = chronicle
        self._home = folder
        self.folder = folder
        """Where parts lie; set another one from any thread, and the next picture begins a part."""
        self.shows: Source = shows
        """Whose pictures it records; the camera's track has the sound, too."""
        self.rate = rate
        """Of the pictures; ask it for less from any thread."""
        self._load = LoadWatch(rate, shows, 2 if shows == "screen" else 1, chronicle.post)
        self._stopping = threading.Event()
        self._fragment_ends = threading.Event()
        self._thread = threading.Thread(target=self._keep_running, name=shows, daemon=True)
        self._health: dict[Source, Health] = {}
        self.delivered: dict[Source, str] = {}
        """What an earlier process of this session had opened: that it is gone is an alarm."""
        self._named: dict[Source, Text] = {}
        self._parts: list[TrackWriter] = []
        self.disk_full = False
        self.encoder = X264
        """What encodes the pictures of the next part; set before `start`, x264 after a failure."""
        self._why_x264: Text | None = None
        self._named_encoder = ""

    def start(self) -> None:
        """Begin to record."""
        self._thread.start()

    def end_soon(self) -> None:
        """Begin to end: `stop`, which waits for it, follows."""
        self._stopping.set()

    def end_fragment(self) -> None:
        """Let the next picture be a key picture: what came before it is a whole fragment then."""
        self._fragment_ends.set()

    def stop(self, timeout_s: float = 10.0) -> bool:
        """End the last fragment; return whether it is written and the thread ended in time."""
        deadline = time.monotonic() + timeout_s
        self._stopping.set()
        self._thread.join(timeout_s)
        written = [writer.wait(max(0.0, deadline - time.monotonic())) for writer in self._parts]
        return not self._thread.is_alive() and all(written)

    def cut_off(self) -> None:
        """Let files take no more of a thread that hangs; return once the disk has what they took.

        The close record names their bytes: not one may come after it. A spare drive that hangs is
        left behind, as one that was pulled.
        """
        for writer in self._parts:
            if writer.path.parent == self._home:
                writer.give_up(TimeoutError("the recording is over"))
                writer.wait()

    @abstractmethod
    def let_go(self) -> None:
        """Wait, after `stop`, for devices that take longer to close than the file does to end."""

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
                lost_ms=self._lost_ms(source),
                spare=self._spare(source),
                alarm=health.alarms,
                proofs=self._proofs(source),
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

    def _lost_ms(self, source: Source) -> int:  # noqa: ARG002 - only sound loses pieces
        return 0

    def _spare(self, source: Source) -> str:  # noqa: ARG002 - the screen has none
        return ""

    def _proofs(self, source: Source) -> int:  # noqa: ARG002 - only the screen is proved
        return 0

    def _keep_running(self) -> None:
        take_precedence(PICTURE)
        while not self._stopping.is_set():
            try:
                self._run()
            except Exception as error:  # noqa: BLE001 - whatever it is, the track is tried again
                self._failed(error)
                self._stopping.wait(RETRY_S)

    def _failed(self, error: Exception) -> None:
        log.error("track failed", exc_info=error)
        if isinstance(error, OSError) and is_full(error):
            self.disk_full = True
            self._stopping.set()
        for source in self._health:
            self._stands_in(source, "silence" if source == "sound" else "slate", reason_of(error))

    def _begin(self, part: Part) -> None:
        line = PartLine(
            file=part.writer.name,
            epoch_us=part.epoch_us,
            width=part.video.width if part.video else 0,
            height=part.video.height if part.video else 0,
            sound=part.sound is not None,
            spare=part.writer.path.parent != self._home,
        )
        self._parts.append(part.writer)
        self._chronicle.post(line, part.writer)

    def _has_moved(self, part: Part) -> bool:
        """Tell whether the track goes on on another drive than that of `part`."""
        return part.writer.path.parent != self.folder

    def _leave(self, part: Part) -> None:
        """End a part, whose drive may be gone if the track goes on elsewhere."""
        try:
            part.close()
        except (OSError, av.FFmpegError) as error:
            if not self._has_moved(part):
                raise
            log.warning("left behind: %s", part.writer.name, exc_info=error)

    def _put(
        self, part: Part, picture: I420, at_us: int, changed: Sequence[Area] | None = None
    ) -> None:
        """Add a picture as `Part` does, and journal what encodes it where that is new."""
        if self._fragment_ends.is_set():
            self._fragment_ends.clear()
            part.next_key_us = 0
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
        self._chronicle.post(Note.of(said, "info" if why is None else "warning", self.shows))

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
        self, source: Source, state: SourceState, cause: Text, at_us: int | None = None
    ) -> None:
        device = self._health.get(source, Health()).device
        if not device and cause not in self._opening:
            device = self.delivered.get(source, "")
        self._change(source, Health(state, device, cause), at_us)

    def _change(self, source: Source, health: Health, at_us: int | None) -> None:
        before = self._health.get(source, Health())
        self._health[source] = health
        is_news = health.state != before.state or (
            self._named.get(source) in self._not_yet and health.cause not in self._not_yet
        )
        if health.state == "off" or not is_news:
            return
        self._named[source] = health.cause
        self._chronicle.post(
            State(
                source=source,
                state=health.state,
                at_us=monotonic_us() if at_us is None else at_us,
                cause=health.cause.zh[:500],
                cause_en=health.cause.en[:500],
            )
        )
