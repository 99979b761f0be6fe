"""The recorders that are compared: how each is started, ended, and where its file is."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from client.base.clock import SECOND_US
from client.contest.values import Value
from client.evidence.entries import Part
from client.evidence.journal import BrokenLine, read_journal
from tests.bench.clock import now
from tests.devices import Display

Kind = TypeVar("Kind", bound=Value)
ROOT = Path(__file__).resolve().parents[2]
FPS = 10
CRF = 28
ENDS_S = 30.0


@dataclass(frozen=True)
class Contestant:
    """One recorder. `command` is given the display and a folder of its own."""

    name: str
    title: str
    command: Callable[[Display, Path], list[str]]
    file: str
    """Its recording within that folder."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """What it wants in its environment."""
    last_words: bytes = b""
    """Written to its standard input to end it; a signal does where there are none."""
    version: tuple[str, ...] = ()
    """The command that tells its version."""
    prepare: Callable[[Display, Path], None] = lambda _screen, _folder: None


@dataclass
class Running:
    """A contestant that records."""

    contestant: Contestant
    process: subprocess.Popen[bytes]
    folder: Path
    started: float
    """By the benchmark's clock, just before the process was."""
    asked_to_end: float = 0.0

    @property
    def file(self) -> Path:
        """Return the recording."""
        return self.folder / self.contestant.file

    def end(self) -> None:
        """Ask it to end and wait until the file is whole."""
        self.asked_to_end = now()
        if self.contestant.last_words and self.process.stdin is not None:
            self.process.stdin.write(self.contestant.last_words)
            self.process.stdin.flush()
        else:
            self.process.send_signal(signal.SIGINT)
        self.process.wait(ENDS_S)


@contextlib.contextmanager
def recording(
    contestant: Contestant, screen: Display, folder: Path, environment: Mapping[str, str]
) -> Iterator[Running]:
    """Start it; `end` it in the block, or it is killed with the block."""
    folder.mkdir(parents=True)
    contestant.prepare(screen, folder)
    command = contestant.command(screen, folder)
    with (folder / "said.txt").open("wb") as said:
        started = now()
        process = subprocess.Popen(
            command,
            env={**environment, **contestant.settings, "HOME": str(folder)},
            stdin=subprocess.PIPE,
            stdout=said,
            stderr=said,
            cwd=ROOT,
            start_new_session=True,  # Ctrl-C is for the benchmark, which then ends it
        )
    try:
        yield Running(contestant, process, folder, started)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        if process.stdin is not None:
            process.stdin.close()


def entries_of(session: Path, kind: type[Kind]) -> list[Kind]:
    """Return what the journal of one of our sessions says of this kind, in order."""
    lines = read_journal(session / "journal.jsonl")
    entries = (line.entry for line in lines if not isinstance(line, BrokenLine))
    return [entry for entry in entries if isinstance(entry, kind)]


def epoch_of(session: Path, file: str) -> float:
    """Return the moment of media time 0 of one of our tracks, by its `part` line."""
    (part,) = (part for part in entries_of(session, Part) if part.file == file)
    return part.epoch_us / SECOND_US


def film_of(session: Path) -> Path:
    """Return the one file of camera and sound."""
    (file,) = session.glob("contest-*.mp4")
    return file


# ---- ours ----------------------------------------------------------------------------------------


def _ours(_screen: Display, folder: Path) -> list[str]:
    return [sys.executable, "-m", "client", *our_words(folder), "--no-camera", "--no-audio"]


def our_words(folder: Path) -> list[str]:
    """Return the verb and what every run of ours is given."""
    return ["record", "--out", str(folder / "session"), "--seconds", "7200", "--fps", str(FPS)]


def variant(settings: Mapping[str, str], module: str, *words: str) -> Contestant:
    """Return our recorder with other sources: `module` is run with `words` added."""

    def command(_screen: Display, folder: Path) -> list[str]:
        return [sys.executable, "-m", module, *our_words(folder), *words]

    return replace(CONTESTANTS["ours"], command=command, settings=settings)


# ---- SimpleScreenRecorder ------------------------------------------------------------------------

_SSR = """\
[input]
video_backend=x11
video_area=screen
video_area_screen=0
video_x=0
video_y=0
video_w={width}
video_h={height}
video_frame_rate={fps}
video_scale=false
video_record_cursor=true
audio_enabled=false

[output]
file={file}
separate_files=false
add_timestamp=false
container=mp4
video_codec=h264
video_h264_crf={crf}
video_h264_preset={preset}
video_allow_frame_skipping=true

[record]
hotkey_enable=false
sound_notifications_enable=false
preview_frame_rate=1
show_recording_area=false
"""
_ULTRAFAST, _SUPERFAST = 0, 1
_SSR_CRF = 23
"""Its default, with superfast."""


def _prepare_ssr(screen: Display, folder: Path, preset: int = _ULTRAFAST, crf: int = CRF) -> None:
    text = _SSR.format(
        width=screen.width,
        height=screen.height,
        fps=FPS,
        preset=preset,
        crf=crf,
        file=folder / "screen.mp4",
    )
    (folder / "settings.conf").write_text(text, encoding="ascii")


def _ssr(_screen: Display, folder: Path) -> list[str]:
    settings = f"--settingsfile={folder / 'settings.conf'}"
    return ["simplescreenrecorder", settings, "--start-hidden", "--start-recording", "--no-systray"]


# ---- ffmpeg, GStreamer ---------------------------------------------------------------------------


def _ffmpeg(screen: Display, folder: Path) -> list[str]:
    size = f"{screen.width}x{screen.height}"
    grab = ["-f", "x11grab", "-framerate", str(FPS), "-video_size", size, "-i", screen.name]
    encode = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", str(CRF), "-pix_fmt", "yuv420p"]
    return ["ffmpeg", "-nostdin", "-v", "error", *grab, *encode, str(folder / "screen.mp4")]


def _gstreamer(screen: Display, folder: Path) -> list[str]:
    grab = ["ximagesrc", f"display-name={screen.name}", "!", f"video/x-raw,framerate={FPS}/1", "!"]
    encode = ["videoconvert", "!", "video/x-raw,format=I420", "!", "x264enc"]
    encode += ["speed-preset=ultrafast", "pass=qual", f"quantizer={CRF}", "!", "mp4mux", "!"]
    return ["gst-launch-1.0", "-e", *grab, *encode, "filesink", f"location={folder / 'screen.mp4'}"]


_OUR_FILE = "session/screen-01.mp4"
_OUR_VERSION = (sys.executable, "-m", "client", "--version")
_PACKAGE = ("dpkg-query", "-W", "-f=${Version}")
_SSR_ULTRAFAST = Contestant(
    "ssr",
    "SimpleScreenRecorder (ultrafast, crf 28)",
    _ssr,
    "screen.mp4",
    {"QT_QPA_PLATFORM": "xcb"},
    last_words=b"record-save\nquit\n",
    version=(*_PACKAGE, "simplescreenrecorder"),
    prepare=_prepare_ssr,
)
_ALL = (
    Contestant("ours", "SaiJian (XDamage)", _ours, _OUR_FILE, version=_OUR_VERSION),
    Contestant(
        "ours-compare",
        "SaiJian (SAIJIAN_SCREEN=compare)",
        _ours,
        _OUR_FILE,
        {"SAIJIAN_SCREEN": "compare"},
        version=_OUR_VERSION,
    ),
    _SSR_ULTRAFAST,
    replace(
        _SSR_ULTRAFAST,
        name="ssr-default",
        title="SimpleScreenRecorder (its default: superfast, crf 23)",
        prepare=partial(_prepare_ssr, preset=_SUPERFAST, crf=_SSR_CRF),
    ),
    Contestant(
        "ffmpeg",
        "ffmpeg x11grab (ultrafast, crf 28)",
        _ffmpeg,
        "screen.mp4",
        version=(*_PACKAGE, "ffmpeg"),
    ),
    Contestant(
        "gstreamer",
        "GStreamer ximagesrc (ultrafast, quantizer 28)",
        _gstreamer,
        "screen.mp4",
        version=(*_PACKAGE, "gstreamer1.0-tools"),
    ),
)
CONTESTANTS = {contestant.name: contestant for contestant in _ALL}
USUAL = ("ours", "ours-compare", "ssr", "ffmpeg", "gstreamer")
OURS = USUAL[:2]
