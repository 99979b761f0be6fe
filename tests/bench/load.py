"""Frames on time while both cores burn: a window that always changes, and sound, in one run."""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from client.base.clock import SECOND_US
from client.evidence.entries import State
from tests.bench.clock import now, wait_until
from tests.bench.contestants import FPS, entries_of, epoch_of, film_of, recording, variant
from tests.bench.figures import MUST_HEAD, Must, shown, table
from tests.bench.measure import packets_of
from tests.bench.proc import tree_of
from tests.bench.progress import Progress
from tests.devices import SINK, Display, SoundServer, display, running, sound_server

SECONDS, QUICK_SECONDS = 50.0, 15.0
START_S = 3.0
"""Start-up, before the burners begin and intervals are judged."""
LATE = 1.5
"""An interval longer than so many nominal ones is late."""
RATE = 48000
TONE_HZ = 443.7
"""No whole number of periods fits into 10, 20, ... 100 ms, so a lost block breaks the phase."""
WINDOW = RATE // 100
BREAK_RADIANS = 0.3
"""Slaving to the clock bends the phase by 0.14 in a window at most."""
PRIORITY = -10
"""Of what is recorded, where we may set it: it shall be there though the cores burn."""


def seconds(args: argparse.Namespace) -> float:
    """Return about how long it takes."""
    return _length(args) + 15


def measure(args: argparse.Namespace, folder: Path, progress: Progress) -> dict[str, Any]:
    """Return what was late and what was lost."""
    progress.begin("load", seconds(args))
    folder.mkdir(parents=True)
    with (
        display(1920, 1080, moving=False) as screen,
        sound_server() as sound,
        _window(screen),
        _tone(sound, folder, _length(args) + 20),
    ):
        _let_servers_go_first()
        session = _record(screen, sound, folder / "ours", _length(args))
    film = film_of(session)
    found = {
        "intervals": _intervals(session / "screen-01.mp4"),
        **_heard(film),
        "silence_lines": _silence_lines(session, film.name),
    }
    progress.say(", ".join(f"{key} {value}" for key, value in found.items()))
    return found


def tables(results: dict[str, Any]) -> str:
    """Return the figures and what the issue asks, in Markdown."""
    intervals = results["intervals"]
    lost = results["silent_ms"] + results["breaks"] + results["silence_lines"]
    head = (
        "intervals",
        "longest",
        "sound judged",
        "silence in it",
        "broken phase",
        "`silence` lines",
    )
    row = [
        str(intervals["count"]),
        f"{shown(intervals['longest'])} s",
        f"{shown(results['sound_s'], 0)} s",
        f"{results['silent_ms']} ms",
        str(results["breaks"]),
        str(results["silence_lines"]),
    ]
    musts = [
        Must("intervals within 1.5 of nominal", 99.5, 100 * intervals["on_time"], " %", "at least"),
        Must("sound lost: silent ms + breaks + `silence` lines", 0, lost),
    ]
    return f"{table(head, [row])}\n\n{table(MUST_HEAD, [must.cells() for must in musts])}"


def _length(args: argparse.Namespace) -> float:
    return QUICK_SECONDS if args.quick else SECONDS


def _record(screen: Display, sound: SoundServer, place: Path, length: float) -> Path:
    ours = variant(sound.environment, "client", "--no-camera", "--microphone", "default")
    environment = {**os.environ, **screen.environment}
    with recording(ours, screen, place, environment) as recorder:
        wait_until(recorder.started + START_S)
        with contextlib.ExitStack() as burners:
            for _ in range(os.cpu_count() or 2):
                burners.enter_context(running(sys.executable, "-c", "while True: pass"))
            wait_until(now() + length)
        recorder.end()
    return place / "session"


# ---- what is recorded ----------------------------------------------------------------------------


def _first() -> list[str]:
    """Return words that let a process go before the burners where we may."""
    return ["nice", "-n", str(PRIORITY)] if os.geteuid() == 0 else []


def _let_servers_go_first() -> None:
    """Do the same for the X server and PulseAudio, which are there already."""
    for stat in tree_of(os.getpid()):
        if stat.name in ("Xvfb", "pulseaudio") and os.geteuid() == 0:
            os.setpriority(os.PRIO_PROCESS, stat.pid, PRIORITY)


@contextlib.contextmanager
def _window(screen: Display) -> Iterator[None]:
    """Show a window of which every picture differs, 25 a second."""
    here = {**screen.environment, "SDL_VIDEODRIVER": "x11", "SDL_RENDER_DRIVER": "software"}
    command = [*_first(), "ffmpeg", "-nostdin", "-v", "fatal", "-re", "-f", "lavfi"]
    command += ["-i", "testsrc2=s=640x480:r=25", "-pix_fmt", "yuv420p", "-f", "sdl2", "moving"]
    with running(*command, environment={**here, "SDL_AUDIODRIVER": "dummy"}):
        yield


@contextlib.contextmanager
def _tone(sound: SoundServer, folder: Path, length: float) -> Iterator[None]:
    """Play a tone into the microphone from a file, two seconds ahead."""
    file = folder / "tone.wav"
    source = f"sine=f={TONE_HZ}:r={RATE}:d={length}"
    command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", source, "-af", "volume=4", str(file)]
    subprocess.run(command, check=True)
    play = [*_first(), "paplay", f"--device={SINK}", "--latency-msec=2000", str(file)]
    with running(*play, environment=sound.environment):
        yield


# ---- what came of it -----------------------------------------------------------------------------


def _intervals(file: Path) -> dict[str, float]:
    packets = packets_of(file)
    return judged([moment - packets[0] for moment in packets])


def judged(times: list[float]) -> dict[str, float]:
    """Judge the intervals between pictures at `times`, which begin at 0, once start-up is over."""
    kept = np.array([moment for moment in times if moment > START_S])
    intervals = np.diff(kept)
    return {
        "count": len(intervals),
        "on_time": float(np.mean(intervals <= LATE / FPS)),
        "longest": float(intervals.max()),
    }


def _heard(file: Path) -> dict[str, float]:
    command = ["ffmpeg", "-v", "error", "-i", str(file), "-vn", "-ac", "1", "-ar", str(RATE)]
    raw = subprocess.run([*command, "-f", "f32le", "-"], check=True, capture_output=True).stdout
    samples = np.frombuffer(raw, np.float32)
    return heard(samples[round(START_S * RATE) : -RATE // 2])


def heard(samples: NDArray[np.float32]) -> dict[str, float]:
    """Judge a recorded tone: silence in it, and where its phase breaks."""
    windows = samples[: samples.size // WINDOW * WINDOW].reshape(-1, WINDOW).astype(np.float64)
    time = np.arange(windows.size).reshape(windows.shape) / RATE
    turned = (windows * np.exp(-2j * np.pi * TONE_HZ * time)).mean(axis=1)
    loud = np.abs(turned) > 0.2 * np.median(np.abs(turned))
    steps = np.angle(turned[1:] * np.conj(turned[:-1]))
    both = loud[1:] & loud[:-1]
    return {
        "sound_s": samples.size / RATE,
        "silent_ms": int((~loud).sum()) * 10,
        "breaks": int((np.abs(steps[both]) > BREAK_RADIANS).sum()),
    }


def _silence_lines(session: Path, film: str) -> int:
    """Return how often the journal says, after start-up, that silence stands in."""
    after = (epoch_of(session, film) + START_S) * SECOND_US
    return sum(
        state.source == "sound" and state.state == "silence" and state.at_us > after
        for state in entries_of(session, State)
    )
