"""What this computer manages: the recorder's own threads at work for some seconds, and their cost.

Screen, camera and sound run as in a session, each as a track of its own so that their processor
time can be told apart: grabbing, converting, encoding, muxing, hashing, the journal with its
signatures and its waits for the disk. All of it is written where recordings will lie, and removed.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Generic, Literal, NamedTuple, Protocol, TypeVar

import psutil

from client.base.errors import DeviceError
from client.base.files import free_bytes, scratch_folder
from client.base.text import Text
from client.capture.audio import TEST as TEST_TONE
from client.capture.audio import SoundSource, open_microphone
from client.capture.camera import TEST as TEST_PICTURE
from client.capture.camera import CameraSource, open_camera
from client.capture.screen import ScreenSource, open_screen
from client.contest.capability import Capability, Capture, Load, Part, Tried
from client.contest.plan import Recording
from client.evidence.keys import create_session_key
from client.evidence.layout import PICTURES, SessionFolder, Track
from client.recorder.child.chronicle import Chronicle
from client.recorder.child.ear import Ear
from client.recorder.child.eye import Eye
from client.recorder.child.filmtrack import FilmTrack
from client.recorder.child.screentrack import ScreenTrack
from client.recorder.child.track import TrackThread
from client.recorder.child.tryout import choose, choose_capture
from client.recorder.child.workload import MadeUpScreen, WorkedScreen, punctual_percent
from client.recorder.setup import Devices, Encoders

SETTLES_S = 1.5
"""Until devices deliver and caches are warm."""
LOOK_S = 0.5
Tell = Callable[[Text], None]


class _Closable(Protocol):
    name: str

    def close(self) -> None: ...


S = TypeVar("S", bound=_Closable)


@dataclass
class _Found(Generic[S]):
    """A source that is open already, or its stand-in."""

    source: S
    synthetic: bool

    def take(self) -> S:
        """Return it to the thread that reads it from now on."""
        return self.source


@dataclass(frozen=True)
class Order:
    """What is to be measured."""

    recording: Recording
    devices: Devices
    seconds: float
    contest_seconds: float
    folder: Path
    """Where recordings will lie; what is missing of it is not made."""


def measure(order: Order, tell: Tell) -> Capability:
    """Record for `order.seconds` and tell what it cost; nothing is left behind."""
    tell(Text("打开设备。", "Opening the devices."))
    with contextlib.ExitStack() as things:
        scratch = things.enter_context(scratch_folder(order.folder))
        screen, chosen = _tried_out(order.recording, tell)
        things.callback(screen.source.close)
        rig = _Rig(order, screen, chosen.encoders, SessionFolder(scratch / "bench").create())
        things.callback(rig.stop)
        rig.start()
        tell(
            Text(
                f"试录 {order.seconds:g} 秒：屏幕上的操作由程序模拟。",
                f"Recording for {order.seconds:g} s, with work on the screen made up.",
            )
        )
        return rig.watch(order, free_bytes(scratch)).model_copy(
            update={"capture": chosen.capture, "tried": chosen.tried}
        )


class _Chosen(NamedTuple):
    """What the try-outs chose, and what they found."""

    capture: Capture
    encoders: Encoders
    tried: tuple[Tried, ...]


def _tried_out(recording: Recording, tell: Tell) -> tuple[_Found[WorkedScreen], _Chosen]:
    """Return the screen that is to be recorded, and how: both are tried out side by side.

    Each try-out is a process that mostly starts; what they measure is their own processor time.
    """
    with ThreadPoolExecutor(1) as pool:
        choosing = pool.submit(choose_capture, recording.screen.fps, tell)
        screen = _screen(recording, "usual")
        encoders, tried = choose(recording, screen.source.width, screen.source.height, tell)
        capture, found = choosing.result()
    if capture != "usual":
        screen.source.close()
        screen = _screen(recording, capture)
    return screen, _Chosen(capture, encoders, (*found, *tried))


@dataclass(frozen=True)
class _Reading:
    """Counters at one moment."""

    at_s: float
    cpu_s: float
    threads: dict[int, float]
    sizes: dict[Part, int]


class _Rig:
    """The tracks of one measurement."""

    def __init__(
        self, order: Order, screen: _Found[WorkedScreen], encoders: Encoders, folder: SessionFolder
    ) -> None:
        self._chronicle = Chronicle(folder, create_session_key(folder.key))
        self._coverer = threading.Thread(target=self._chronicle.write, name="chronicle")
        self._process = psutil.Process()
        self._owners: dict[int, Part] = {}
        self._running: list[TrackThread] = []
        self._screen = screen
        self._encoders: dict[Part, str] = {
            "screen": encoders.screen,
            "camera": encoders.camera,
            "second": encoders.camera,
        }
        self._devices: dict[Part, tuple[str, bool]] = {
            "screen": (screen.source.name, screen.synthetic)
        }
        track = ScreenTrack(folder.path, 1, order.recording, screen.take, self._chronicle)
        track.encoder = encoders.screen
        self._tracks: dict[Part, TrackThread] = {"screen": track}
        if order.devices.camera:
            self._add_camera("camera", order.devices.camera, order, folder)
        if order.devices.second_camera:
            self._add_camera("second", order.devices.second_camera, order, folder)
        if order.devices.microphone:
            self._add_sound(order, folder)

    def _add_camera(
        self, part: Literal["camera", "second"], name: str, order: Order, folder: SessionFolder
    ) -> None:
        with self._owning(part):
            camera = _camera(name, order.recording)
        self._devices[part] = (camera.source.name, camera.synthetic)
        eye, kind = Eye(camera.take, self._chronicle, part), _KINDS[part]
        film = FilmTrack(folder.path, kind, _parts(1), order.recording, eye, None, self._chronicle)
        film.encoder = self._encoders[part]
        self._tracks[part] = film

    def _add_sound(self, order: Order, folder: SessionFolder) -> None:
        with self._owning("sound"):
            microphone = _microphone(order)
        self._devices["sound"] = (microphone.source.name, microphone.synthetic)
        ear, parts = Ear(microphone.take, self._chronicle), _parts(2)
        self._tracks["sound"] = FilmTrack(
            folder.path, "contest", parts, order.recording, None, ear, self._chronicle
        )

    def start(self) -> None:
        """Begin to record; each thread that appears belongs to the track that was started."""
        self._coverer.start()
        for part, track in self._tracks.items():
            with self._owning(part):
                self._running.append(track)
                track.start()

    @contextlib.contextmanager
    def _owning(self, part: Part) -> Iterator[None]:
        before = _native_threads(self._process)
        yield
        time.sleep(0.2)  # devices make threads of their own when they begin to deliver
        for thread in _native_threads(self._process).keys() - before.keys():
            self._owners[thread] = part

    def stop(self) -> None:
        """End the tracks that were started, and the journal."""
        for track in self._running:
            track.stop()
        for track in self._running:
            track.let_go()
        self._chronicle.end_writing()
        if self._coverer.ident is not None:
            self._coverer.join()
        self._chronicle.cover()
        self._chronicle.close()

    def watch(self, order: Order, disk_free: int) -> Capability:
        """Return what happens from now on, once all has settled."""
        time.sleep(SETTLES_S)
        first = self._read()
        reads = len(self._screen.source.reads_us)
        memory = 0
        while time.monotonic() - first.at_s < order.seconds:
            time.sleep(LOOK_S)
            memory = max(memory, self._process.memory_info().rss)
        last = self._read()
        took = last.at_s - first.at_s
        spent = self._spent(first, last)
        rest = last.cpu_s - first.cpu_s - sum(spent.values())
        late = self._screen.source.reads_us[max(0, reads - 1) :]
        return Capability(
            seconds=round(took, 2),
            cores=os.cpu_count() or 1,
            loads=tuple(self._load(part, spent[part], first, last) for part in self._tracks),
            rest_percent=round(100 * max(0.0, rest) / took, 2),
            fps=order.recording.screen.fps,
            on_time_percent=round(punctual_percent(late, order.recording.screen.fps), 1),
            memory_mb=memory // 1000**2,
            memory_free_mb=psutil.virtual_memory().available // 1000**2,
            tried=(),
            contest_seconds=order.contest_seconds,
            disk_free=disk_free,
        )

    def _spent(self, first: _Reading, last: _Reading) -> dict[Part, float]:
        """Return the processor seconds of each track's threads between two readings."""
        spent = dict.fromkeys(self._tracks, 0.0)
        for thread, cpu_s in last.threads.items():
            if thread in self._owners:
                spent[self._owners[thread]] += cpu_s - first.threads.get(thread, 0.0)
        return spent

    def _load(self, part: Part, spent_s: float, first: _Reading, last: _Reading) -> Load:
        name, synthetic = self._devices[part]
        took = last.at_s - first.at_s
        return Load(
            part=part,
            device=name[:500],
            synthetic=synthetic,
            core_percent=round(100 * max(0.0, spent_s) / took, 2),
            bytes_per_second=round((last.sizes[part] - first.sizes[part]) / took),
            encoder=self._encoders.get(part, ""),
        )

    def _read(self) -> _Reading:
        cpu = self._process.cpu_times()
        return _Reading(
            time.monotonic(),
            cpu.user + cpu.system,
            _native_threads(self._process),
            {part: sum(t.bytes for t in track.tracks()) for part, track in self._tracks.items()},
        )


_KINDS: dict[Literal["camera", "second"], Track] = {"camera": "contest", "second": "second"}


def _parts(number: int) -> dict[Track, int]:
    return dict.fromkeys(PICTURES, number)


def _native_threads(process: psutil.Process) -> dict[int, float]:
    """Return the processor seconds of each thread, those of libraries included."""
    return {thread.id: thread.user_time + thread.system_time for thread in process.threads()}


def _screen(recording: Recording, capture: Capture) -> _Found[WorkedScreen]:
    source: ScreenSource
    try:
        source, synthetic = open_screen(capture, recording.screen.fps), False
    except DeviceError:
        source, synthetic = MadeUpScreen(), True
    return _Found(WorkedScreen(source, recording.screen.fps), synthetic)


def _camera(name: str, recording: Recording) -> _Found[CameraSource]:
    shape = recording.camera
    opener = partial(open_camera, width=shape.width, height=shape.height, fps=shape.fps)
    with contextlib.suppress(DeviceError):
        return _Found(opener(name), synthetic=name == TEST_PICTURE)
    return _Found(opener(TEST_PICTURE), synthetic=True)


def _microphone(order: Order) -> _Found[SoundSource]:
    rate, name = order.recording.sound.rate, order.devices.microphone
    with contextlib.suppress(DeviceError):
        return _Found(open_microphone(name, rate), synthetic=name == TEST_TONE)
    return _Found(open_microphone(TEST_TONE, rate), synthetic=True)
