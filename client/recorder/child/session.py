"""The recorder's main loop: requests and the plan's clock move a session from phase to phase."""

from __future__ import annotations

import base64
import logging
import queue
import threading
from typing import Literal, Protocol

from client.base.clock import SECOND_US, monotonic_us
from client.base.errors import StorageError
from client.base.files import free_bytes
from client.base.text import Text
from client.evidence.entries import CloseReason, Consent, Note, Preflighted, Step, StepName
from client.evidence.layout import SessionFolder
from client.recorder.child.agenda import Agenda
from client.recorder.child.chronicle import Chronicle
from client.recorder.child.control import Answer
from client.recorder.child.recovery import Past
from client.recorder.child.track import TrackThread
from client.recorder.protocol import (
    Ack,
    AddNote,
    Advance,
    Audience,
    GiveConsent,
    Preview,
    Refused,
    ReportPreflight,
    Request,
    Status,
)

By = Literal["contestant", "plan"]
Phase = Literal["idle", "identity", "contest", "handed_in", "closing", "closed"]

STEPS: dict[tuple[Phase, StepName], Phase] = {
    ("idle", "identity"): "identity",
    ("idle", "ended"): "closing",
    ("identity", "contest"): "contest",
    ("identity", "login_done"): "identity",
    ("identity", "ended"): "closing",
    ("contest", "login_done"): "contest",
    ("contest", "handed_in"): "handed_in",
    ("contest", "ended"): "closing",
    ("handed_in", "login_done"): "handed_in",
    ("handed_in", "ended"): "closing",
}
"""What each step does to the phase; anything else is refused."""
FILMING: tuple[Phase, ...] = ("identity", "contest", "handed_in")
OUT_OF_TURN = Text("现在还不能执行这一步", "this step does not follow from the present one")
NO_CONSENT = Text("选手尚未同意录制", "the contestant has not consented yet")
TICK_S = 0.25
"""Each waking costs a computer at rest more than what is done then."""
STATUS_S = 0.5
FILM_ENDS_S = 15.0

log = logging.getLogger(__name__)


class Film(Protocol):
    """The film track as the session sees it."""

    wants_preview: bool
    preview: bytes | None

    def turn_to_contest(self) -> None:
        """Go on in the contest file."""
        ...


class Tracks(Protocol):
    """Opens the devices when filming begins; built in `build.py`."""

    def open(self, phase: Phase) -> tuple[list[TrackThread], Film | None]:
        """Return the track threads, not started, for a session in `phase`."""
        ...


class RecorderSession:
    """One session in this process. `run` returns when it ends or is interrupted."""

    def __init__(
        self,
        folder: SessionFolder,
        chronicle: Chronicle,
        agenda: Agenda,
        tracks: Tracks,
        past: Past,
    ) -> None:
        """Go on where `past` ended."""
        self._folder = folder
        self._chronicle = chronicle
        self._agenda = agenda
        self._tracks = tracks
        self._requests: queue.Queue[tuple[Request, Answer]] = queue.Queue()
        self._interrupted = threading.Event()
        self._coverer = threading.Thread(target=self._cover, name="chronicle", daemon=True)
        self._threads: list[TrackThread] = []
        self._film: Film | None = None
        self._phase: Phase = "idle"
        self._consented = past.consented
        self._begun_us = past.begun_us
        self._done: set[StepName] = set()
        self._disk_full = False
        for name in past.steps:
            self._phase = STEPS.get((self._phase, name), self._phase)
            self._done.add(name)

    def handle(self, request: Request, answer: Answer) -> None:
        """Take a request from any thread; the answer comes after its line is on the disk."""
        self._requests.put((request, answer))

    def interrupt(self) -> None:
        """Flush and return from `run`; the session stays open and a restart goes on with it."""
        self._interrupted.set()

    def begin_alone(self) -> None:
        """Begin a plain recording: no identity step, no contest, its own consent."""
        self._enter("identity", by="contestant")
        self._enter("contest", by="contestant")

    def run(
        self, audience: Audience, interruption: CloseReason | None = None
    ) -> CloseReason | None:
        """Serve until the session ends; return why, or `interruption` when it was interrupted."""
        if self._phase in FILMING:
            self._open_devices()
        self._coverer.start()
        next_status = 0
        reason = self._due()
        while reason is None and not self._interrupted.is_set():
            self._serve_one()
            if monotonic_us() >= next_status:
                next_status = monotonic_us() + round(STATUS_S * SECOND_US)
                self._show(audience)
            reason = self._due()
        self._show(audience)
        self._end_tracks()
        reason = reason or interruption
        if reason is not None and "ended" not in self._done:
            self._enter("ended", by="plan")
        self._show(audience)
        return reason

    def _serve_one(self) -> None:
        try:
            request, answer = self._requests.get(timeout=self._patience_s())
        except queue.Empty:
            return
        match request:
            case GiveConsent(items=items):
                self._consented = True
                entry: Consent | Preflighted | Note = Consent(items=items)
            case ReportPreflight(results=results):
                entry = Preflighted(results=results)
            case AddNote(text=text):
                entry = Note(level="info", zh=text, en=text)
            case Advance(step=step):
                self._advance(step, request.id, answer)
                return
            case _:
                answer(Refused(id=request.id, zh="不认识的请求", en="unknown request"))
                return
        answer(Ack(id=request.id, seq=self._chronicle.append(entry).seq))

    def _patience_s(self) -> float:
        """Return how long nothing is due by the plan's clock, a tick at most."""
        moments = [self._agenda.stop_due_us(self._begun_us)]
        if self._phase == "identity" and self._begun_us is not None:
            moments.append(self._agenda.contest_due_us(self._begun_us))
        left_us = min((at for at in moments if at is not None), default=2**62) - monotonic_us()
        return min(TICK_S, max(0.0, left_us / SECOND_US))

    def _advance(self, step: StepName, request_id: int, answer: Answer) -> None:
        if step in self._done:
            answer(Ack(id=request_id, seq=None))
        elif (self._phase, step) not in STEPS:
            answer(Refused(id=request_id, zh=OUT_OF_TURN.zh, en=OUT_OF_TURN.en))
        elif step == "identity" and not self._consented:
            answer(Refused(id=request_id, zh=NO_CONSENT.zh, en=NO_CONSENT.en))
        else:
            answer(Ack(id=request_id, seq=self._take(step, by="contestant")))

    def _take(self, step: StepName, by: By) -> int:
        """Journal the step, then do what it means; return the line's number."""
        seq = self._enter(step, by)
        if step == "identity":
            self._open_devices()
        elif step == "contest" and self._film is not None:
            self._film.turn_to_contest()
        return seq

    def _enter(self, step: StepName, by: By) -> int:
        now_us = monotonic_us()
        late = step == "identity" and self._agenda.is_late(now_us)
        line = self._chronicle.append(Step(name=step, by=by, late=late))
        self._done.add(step)
        self._phase = STEPS[self._phase, step]
        if step == "identity":
            self._begun_us = now_us
        return line.seq

    def _due(self) -> CloseReason | None:
        """Take the steps that the plan's clock asks for; return the reason once it is over."""
        now_us = monotonic_us()
        if self._phase == "closing":
            return "ended"
        if self._disk_full or any(thread.disk_full for thread in self._threads):
            return "disk"
        if self._phase == "identity" and self._begun_us is not None:
            due_us = self._agenda.contest_due_us(self._begun_us)
            if due_us is not None and now_us >= due_us:
                self._take("contest", by="plan")
        stop_us = self._agenda.stop_due_us(self._begun_us)
        if stop_us is not None and now_us >= stop_us:
            self._take("ended", by="plan")
            return "plan"
        return None

    def _open_devices(self) -> None:
        self._threads, self._film = self._tracks.open(self._phase)
        for thread in self._threads:
            thread.start()

    def _end_tracks(self) -> None:
        for thread in self._threads:
            if not thread.stop(FILM_ENDS_S):
                log.error("a track did not end in time")
        self._chronicle.end_writing()
        if self._coverer.ident is not None:
            self._coverer.join()
        if not self._disk_full:
            self._chronicle.cover()

    def _cover(self) -> None:
        try:
            self._chronicle.write()
        except OSError:
            log.exception("the journal could not be written")
            self._disk_full = True

    def _show(self, audience: Audience) -> None:
        if self._film is not None:
            self._film.wants_preview = audience.wants_preview
            jpeg, self._film.preview = self._film.preview, None
            if jpeg is not None:
                picture = base64.b64encode(jpeg).decode("ascii")
                audience.publish(Preview(source="camera", jpeg_base64=picture))
        audience.publish(self._status())

    def _free_bytes(self) -> int:
        """Return the bytes left on the session's drive; none on a drive that is gone."""
        try:
            return free_bytes(self._folder.path)
        except StorageError:
            return 0

    def _status(self) -> Status:
        begun_us = self._begun_us
        head = self._chronicle.journal.head
        return Status(
            phase=self._phase,
            seconds=(monotonic_us() - begun_us) / SECOND_US if begun_us else 0.0,
            on_disk_seconds=max(0, self._chronicle.covered_us - begun_us) / SECOND_US
            if begun_us
            else 0.0,
            sources=tuple(s for thread in self._threads for s in thread.sources()),
            tracks=tuple(t for thread in self._threads for t in thread.tracks()),
            gaps=self._chronicle.gaps,
            journal_seq=head.seq if head else 0,
            free_bytes=self._free_bytes(),
        )
