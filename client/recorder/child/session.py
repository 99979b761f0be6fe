"""The recorder's main loop: requests and the plan's clock move a session from phase to phase."""

from __future__ import annotations

import base64
import logging
import queue
import threading
from typing import Literal, Protocol

from client.base.clock import SECOND_US, monotonic_us
from client.base.process import give_memory_back
from client.base.text import Text
from client.evidence.entries import (
    CloseReason,
    Coached,
    Consent,
    Note,
    Preflighted,
    Step,
    StepName,
)
from client.evidence.layout import SessionFolder
from client.recorder.child.agenda import Agenda, correction_sentence
from client.recorder.child.chronicle import Chronicle
from client.recorder.child.clockwatch import offset_us
from client.recorder.child.control import Answer
from client.recorder.child.diskwatch import DiskWatch
from client.recorder.child.recovery import Past
from client.recorder.child.stallwatch import StallWatch
from client.recorder.child.track import TrackThread
from client.recorder.protocol import (
    Ack,
    AddNote,
    Advance,
    Audience,
    GiveConsent,
    Preview,
    Refused,
    ReportCoached,
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
TRIM_S = 60.0
FILM_ENDS_S = 15.0

log = logging.getLogger(__name__)


class Film(Protocol):
    """The film track as the session sees it."""

    wants_preview: bool
    preview: bytes | None
    wants_whole: bool
    whole: bytes | None

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
        self._failure: Exception | None = None
        """Why the journal takes no more."""
        self._disk = DiskWatch()
        self._stall = StallWatch()
        self._drives = chronicle.drives
        for name in past.steps:
            self._phase = STEPS.get((self._phase, name), self._phase)
            self._done.add(name)

    def handle(self, request: Request, answer: Answer) -> None:
        """Take a request from any thread; the answer comes after its line is on the disk."""
        self._requests.put((request, answer))

    def interrupt(self) -> None:
        """Flush and return from `run`; the session stays open and a restart goes on with it."""
        self._interrupted.set()

    def end_fragments(self) -> None:
        """Ask the tracks for whole fragments of what they have: it is to be on the disk soon."""
        for thread in self._threads:
            thread.end_fragment()

    def let_go(self) -> None:
        """Wait for devices that are slow to close; everything is sealed by now."""
        for thread in self._threads:
            thread.let_go()

    def begin_alone(self) -> None:
        """Begin a plain recording: no identity step, no contest, its own consent."""
        self._enter("identity", by="contestant")
        self._enter("contest", by="contestant")

    def run(
        self, audience: Audience, interruption: CloseReason | None = None
    ) -> CloseReason | None:
        """Serve until the session ends; return why, or `interruption` when it was interrupted.

        Raises what made the journal fail; a restart goes on with the session, which is not closed.
        """
        if self._phase in FILMING:
            self._open_devices()
        self._coverer.start()
        self._drives.start()
        next_status = next_trim = 0
        reason = self._due()
        while reason is None and not self._interrupted.is_set():
            self._serve_one()
            if monotonic_us() >= next_status:
                next_status = monotonic_us() + round(STATUS_S * SECOND_US)
                self._show(audience)
            if monotonic_us() >= next_trim:
                next_trim = monotonic_us() + round(TRIM_S * SECOND_US)
                give_memory_back()
            reason = self._due()
        self._show(audience)
        self._drives.stop()
        self._end_tracks()
        if self._failure is not None:
            raise self._failure
        reason = reason or interruption
        if reason is not None and "ended" not in self._done:
            self._enter("ended", by="plan")
        while reason is not None and not self._requests.empty():
            self._serve_one()  # asked while the tracks ended, and whoever asked waits
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
                entry: Consent | Preflighted | Coached | Note = Consent(items=items)
            case ReportPreflight(results=results):
                entry = Preflighted(results=results)
            case ReportCoached():
                told = request.model_dump(exclude={"id", "type"})
                entry = Coached.model_validate(told)
            case AddNote(text=text, text_en=english):
                entry = Note(level="info", zh=text, en=english or text)
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
        self._hear_the_time()
        now_us = monotonic_us()
        if self._phase == "closing":
            return "ended"
        if self._is_disk_full():
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

    def _hear_the_time(self) -> None:
        """Go by the organizer's clock as soon as receipts tell it."""
        organizers_us = self._chronicle.hearing.organizers_us
        if organizers_us is None or self._agenda.schedule is None:
            return
        before, self._agenda = self._agenda, self._agenda.by(organizers_us)
        said = correction_sentence(self._agenda.clock - before.clock)
        if said is not None:
            self._chronicle.post(Note.of(said))

    def _is_disk_full(self) -> bool:
        """Tell whether to end while there is still room to do so in order."""
        return self._drives.is_ending or any(thread.disk_full for thread in self._threads)

    def _open_devices(self) -> None:
        self._drives.hold()
        self._threads, self._film = self._tracks.open(self._phase)
        self._follow_drives()
        for thread in self._threads:
            thread.start()

    def _end_tracks(self) -> None:
        for thread in self._threads:
            thread.end_soon()
        for thread in self._threads:
            if not thread.stop(FILM_ENDS_S):
                log.error("a track did not end in time")
                thread.cut_off()
        self._chronicle.end_writing()
        if self._coverer.ident is not None:
            self._coverer.join()
        if self._failure is None:
            self._chronicle.cover()

    def _cover(self) -> None:
        try:
            self._chronicle.write()
        except Exception as error:
            log.exception("the journal could not be written")
            self._failure = error
            self._interrupted.set()

    def _show(self, audience: Audience) -> None:
        if self._film is not None:
            self._film.wants_preview = audience.wants_preview
            self._film.wants_whole = audience.wants_whole
            jpeg, self._film.preview = self._film.preview, None
            whole, self._film.whole = self._film.whole, None
            for picture, is_whole in ((jpeg, False), (whole, True)):
                if picture is not None:
                    shown = base64.b64encode(picture).decode("ascii")
                    audience.publish(Preview(source="camera", jpeg_base64=shown, whole=is_whole))
        if self._phase in FILMING:
            self._follow_drives()
            self._watch_disk()
            self._watch_stall()
        audience.publish(self._status())

    def _follow_drives(self) -> None:
        for thread in self._threads:
            thread.folder = self._drives.folder

    def _watch_disk(self) -> None:
        now_us, stop_us = monotonic_us(), self._agenda.stop_due_us(self._begun_us)
        written = sum(track.bytes for thread in self._threads for track in thread.tracks())
        needed_us = None if stop_us is None else stop_us - now_us
        for text in self._disk.look(now_us, self._drives.free, written, needed_us):
            self._chronicle.post(Note.of(text, "warning"))
        level = self._disk.level
        for thread in self._threads:
            is_screen = thread.shows == "screen"
            thread.rate.slow_down("disk", level.screen if is_screen else level.camera)

    def _watch_stall(self) -> None:
        since_us, times_full = self._chronicle.disk_busy_since_us, self._chronicle.times_full
        said = self._stall.look(monotonic_us(), since_us, times_full)
        if said is not None:
            self._chronicle.post(Note.of(said, "warning"))

    def _status(self) -> Status:
        begun_us = self._begun_us
        head = self._chronicle.journal.head
        disks = (self._stall.present, self._disk.present, self._drives.present)
        disk = next((said for said in disks if said is not None), Text("", ""))
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
            free_bytes=self._drives.free,
            disk=disk.zh,
            disk_en=disk.en,
            organizer_ahead_us=self._agenda.clock - offset_us(),
        )
