"""Builds the concrete parts of one recorder process. The only such place beside `wiring`."""

from __future__ import annotations

import contextlib
import platform
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import FrameType

from client.base.build import build_label
from client.base.clock import utc_us
from client.base.errors import DeviceError, EvidenceError, RecorderError
from client.base.files import remove_file, remove_unfinished
from client.base.text import Text
from client.capture.audio import open_microphone
from client.capture.screen import Capture, ScreenSource, open_screen, open_screen_again
from client.contest.plan import PublishedPlan, read_plan
from client.contest.receipt import JournalHead
from client.contest.signed import public_key
from client.evidence.entries import Close, CloseReason, Consent, Note, Opening, Source
from client.evidence.keys import destroy_key, load_session_key
from client.evidence.layout import SessionFolder, Track
from client.evidence.seal import Seal, write_seal
from client.evidence.spare import place_of, point_to
from client.recorder.child.agenda import agenda
from client.recorder.child.around import Around, open_looks
from client.recorder.child.awake import stay_awake
from client.recorder.child.cameras import Cameras
from client.recorder.child.chronicle import Chronicle
from client.recorder.child.control import ControlServer
from client.recorder.child.ear import Ear
from client.recorder.child.eye import Eye
from client.recorder.child.filmtrack import FilmTrack
from client.recorder.child.logoff import told_of_log_off
from client.recorder.child.pauses import PauseWatch, flush_before_sleep
from client.recorder.child.proof import Prover
from client.recorder.child.recovery import (
    Past,
    find_tails,
    next_parts,
    read_past,
    started_clock,
)
from client.recorder.child.screentrack import ScreenTrack
from client.recorder.child.session import Film, Phase, RecorderSession
from client.recorder.child.track import TrackThread
from client.recorder.child.turns import SPARE_MICROPHONE, Turns
from client.recorder.protocol import Audience, ControlAddress
from client.recorder.setup import Choices, RecorderSetup, load_setup

# Opening the devices needs these, and at that moment each import would wait for busy threads.
if sys.platform == "linux":
    import client.capture.screen.linux
elif sys.platform == "win32":
    import client.capture.screen.windows  # noqa: F401 (loaded, not named)


def _nothing() -> None:
    """Do nothing."""


RECORDING_ITEMS = ("recording",)
"""What somebody who starts a plain recording on their own computer agrees to by doing so."""


class ScreenOpener:
    """Opens the desktop as it was chosen; the usual way from the first time on that this fails."""

    def __init__(self, capture: Capture, fps: int) -> None:
        """Remember."""
        self._capture, self._fps = capture, fps

    def __call__(self) -> ScreenSource:
        """Open it; DeviceError where there is none."""
        capture, self._capture = self._capture, "usual"
        if capture != "usual":
            with contextlib.suppress(DeviceError):
                return open_screen(capture, self._fps)
        return open_screen()


class DeviceTracks:
    """Opens the real devices that the setup names."""

    def __init__(
        self,
        folder: SessionFolder,
        setup: RecorderSetup,
        chronicle: Chronicle,
        past: Past,
    ) -> None:
        """Remember; nothing is opened yet. `past` says what an earlier process had opened."""
        self._past = past
        self._folder = folder
        self._setup = setup
        self._chronicle = chronicle
        self.sources: tuple[Source, ...] = ()
        """What is being recorded, once the devices are opened."""
        self._let_sleep: Callable[[], None] = _nothing

    def open(self, phase: Phase) -> tuple[list[TrackThread], Film | None]:
        """Return the threads of a session in `phase`; the film goes on in the file it was in."""
        self._let_sleep = stay_awake(self._chronicle.post)
        devices, settings = self._setup.devices, self._setup.recording
        choices = self._choices()
        parts = next_parts(self._folder, self._past.parts)
        threads: list[TrackThread] = []
        if devices.screen:
            around = Around(open_looks, self._chronicle.post)
            screen = ScreenTrack(
                self._folder.path,
                parts["screen"],
                settings,
                ScreenOpener(choices.capture, settings.screen.fps),
                self._chronicle,
                around.why_none,
            )
            screen.encoder = choices.encoders.screen
            screen.delivered = self._past.devices
            proof = Prover(screen, open_screen_again, self._chronicle.post)
            screen.beside.extend((around, proof))
            threads.append(screen)
        cameras, ear = Cameras(self._setup, self._chronicle), self._ear()
        eye = cameras.first()
        second = cameras.second(eye)
        opened: dict[Source, object] = {
            "screen": devices.screen,
            "camera": eye,
            "second": second,
            "sound": ear,
        }
        self.sources = tuple(source for source, device in opened.items() if device)
        films: list[FilmTrack] = []
        film = None
        if eye is not None or ear is not None:
            track: Track = "identity" if phase == "identity" else "contest"
            film = self._film(track, parts, eye, ear)
            films.append(film)
        if second is not None:
            films.append(self._film("second", parts, second, None))
        for made in films:
            made.encoder = choices.encoders.camera
            made.delivered = self._past.devices
        return [*threads, *films], film

    def close(self) -> None:
        """Let the computer sleep again."""
        self._let_sleep()

    def _film(
        self, track: Track, parts: dict[Track, int], eye: Eye | None, ear: Ear | None
    ) -> FilmTrack:
        settings = self._setup.recording
        return FilmTrack(self._folder.path, track, parts, settings, eye, ear, self._chronicle)

    def _choices(self) -> Choices:
        """Return what preflight chose, which it did after this process had begun.

        One that comes back takes what works everywhere: a driver may have ended its predecessor.
        """
        if not self._folder.tracks():
            with contextlib.suppress(RecorderError):
                return load_setup(self._folder.setup).choices
        return Choices()

    def _note(self, source: Source, text: Text) -> None:
        self._chronicle.post(Note.of(text, "warning", source))

    def _ear(self) -> Ear | None:
        devices, rate = self._setup.devices, self._setup.recording.sound.rate
        if not devices.microphone:
            return None
        names = [name for name in (devices.microphone, devices.spare_microphone) if name]
        openers = [partial(open_microphone, name, rate) for name in names]
        turns = Turns(openers, SPARE_MICROPHONE, partial(self._note, "sound"), names=names)
        ear = Ear(turns, self._chronicle)
        ear.next_name = lambda: turns.next_name
        return ear


def run_recorder(folder: SessionFolder, audience: Audience | None = None) -> CloseReason | None:
    """Record one session to its end in this process; `audience` replaces the control server.

    The caller holds the session's recorder lock.
    """
    _sweep(folder)
    setup = load_setup(folder.setup)
    published = _plan(folder.plan)
    past = read_past(folder)
    if past.closed or folder.seal.exists():
        _seal(folder, setup)
        return "ended"
    chronicle = Chronicle(folder, load_session_key(folder.key), _spare_place(folder, setup))
    _open_journal(folder, chronicle, setup, published, past)
    if past.opening is None:
        past = read_past(folder)
    clock = agenda(setup, published, started_clock(past))
    tracks = DeviceTracks(folder, setup, chronicle, past)
    session = RecorderSession(folder, chronicle, clock, tracks, past)
    server = ControlServer(folder.control, session.handle) if audience is None else None
    _interrupt_on_signals(session)
    if setup.purpose == "recording" and not past.steps:
        session.begin_alone()
    watching = audience or server
    if watching is None:
        raise AssertionError("unreachable: one of the two exists")
    flush = partial(flush_before_sleep, chronicle, session.end_fragments)
    with told_of_log_off(session.interrupt, flush):
        with PauseWatch(chronicle, lambda: tracks.sources):
            reason = session.run(watching, "stopped" if setup.purpose == "recording" else None)
        tracks.close()
        if reason is not None:
            chronicle.drives.let_go()
            chronicle.append(Close(reason=reason, files=chronicle.files))
        chronicle.close()
        if reason is not None:
            _seal(folder, setup)
    session.let_go()
    if server is not None:
        server.close()
        remove_file(folder.control)
    return reason


def _spare_place(folder: SessionFolder, setup: RecorderSetup) -> Path | None:
    """Return the session's place on the spare drive, noted while there is room for that."""
    if folder.spare is not None or not setup.spare_folder:
        return folder.spare
    place = place_of(Path(setup.spare_folder), folder.path.name, setup.session)
    point_to(folder.pointer, place, setup.session)
    return place


def _plan(path: Path) -> PublishedPlan | None:
    return read_plan(path) if path.exists() else None


def _sweep(folder: SessionFolder) -> None:
    """Remove what a killed predecessor left: a half seal, and its socket's temporary folder."""
    for ours in (folder.seal, folder.control, folder.pointer):
        remove_unfinished(ours)
    stale = ControlAddress.load(folder.control)
    if stale is None:
        return
    socket = Path(stale.address).parent
    if socket.parent == Path(tempfile.gettempdir()) and socket.name.startswith("saijian-"):
        shutil.rmtree(socket, ignore_errors=True)


def _open_journal(
    folder: SessionFolder,
    chronicle: Chronicle,
    setup: RecorderSetup,
    published: PublishedPlan | None,
    past: Past,
) -> None:
    if past.opening is not None:
        chronicle.go_on_after(past, find_tails(folder, past))
        return
    chronicle.append(
        Opening(
            session=setup.session,
            session_key=public_key(load_session_key(folder.key)),
            purpose=setup.purpose,
            software=f"SaiJian {build_label()}",
            platform=f"{platform.system()} {platform.release()} {platform.machine()}",
            plan_sha256=published.sha256 if published else None,
            paper=setup.paper,
            role=setup.role,  # type: ignore[arg-type]  # the setup's pattern allows just these
            enrolment=setup.enrolment,
        )
    )
    if setup.purpose == "recording":
        chronicle.append(Consent(items=RECORDING_ITEMS))


def _seal(folder: SessionFolder, setup: RecorderSetup) -> None:
    """Write the seal where it is missing, then destroy the key."""
    past = read_past(folder)
    if past.last is None or not past.closed or not isinstance(past.last.entry, Close):
        raise EvidenceError(
            Text("日志没有正常结束，不能封存。", "The journal has no end and cannot be sealed."),
            Text("请联系组委会，不要改动文件夹。", "Ask the organizer; leave the folder alone."),
        )
    if folder.key.exists():
        key = load_session_key(folder.key)
        seal = Seal(
            session=setup.session,
            session_key=public_key(key),
            head=JournalHead(seq=past.last.seq, sha256=past.last.head.sha256),
            journal_bytes=past.last.end,
            files=past.last.entry.files,
            utc_us=utc_us(),
            signature="AAAA",
        )
        write_seal(folder.seal, seal, key)
        destroy_key(folder.key)


def _interrupt_on_signals(session: RecorderSession) -> None:
    def interrupt(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - signal's shape
        session.interrupt()

    for name in ("SIGTERM", "SIGINT", "SIGBREAK", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), interrupt)
