"""One long recording through losses of its camera, and whether the recorder grows meanwhile."""

from __future__ import annotations

import argparse
import shutil
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from tests import devices
from tests.bench.figures import MEBI, MUST_HEAD, Must, table
from tests.bench.proc import memory_of
from tests.bench.progress import Progress
from tests.e2e.program import Running, desk
from tests.simulators.moody_camera import Mood, MoodyCamera

EVERY_S = 5.0
ROUND_S = 120.0
MOODS: tuple[tuple[float, Mood], ...] = (
    (60, "moving"),
    (72, "stalled"),
    (96, "moving"),
    (102, "black"),
    (ROUND_S, "moving"),
)
"""Until which second of a round the camera is in which mood."""
SETTLED_S = 120.0
"""Memory of a recorder grows at first: every device is lost and opened again once by then."""
AN_HOUR = 3600
GROWTH = 10.0
"""MiB an hour, as the 5 in 30 minutes that the recorder is allowed."""


@dataclass(frozen=True)
class Reading:
    """What the recorder holds at one second."""

    second: float
    handles: int
    threads: int
    private: int
    """Bytes."""


def seconds(args: argparse.Namespace) -> float:
    """Return about how long it takes."""
    return float(args.minutes * 60 + 60)


def measure(args: argparse.Namespace, folder: Path, progress: Progress) -> dict[str, Any]:
    """Record for `args.minutes`; return the readings, the slope, and what was wrong."""
    progress.begin(f"leak, {args.minutes:g} minutes", seconds(args))
    with (
        devices.display() as screen,
        devices.sound_server() as sound,
        devices.speech(sound),
        MoodyCamera() as camera,
        desk(screen, sound) as at,
    ):
        out = at.home / "long"
        words = ["--seconds", str(args.minutes * 60), "--camera", camera.address]
        verb = at.start("record", "--out", out, *words, "--microphone", sound.source)
        readings = _watch(verb, camera, args.minutes * 60, progress)
        ended = verb.wait(120)
        report = at.run("verify", out, "--json", seconds=1200).document
        wrong = _wrong(ended.code, report)
        if wrong:
            shutil.copytree(out, folder / "long")
    settled = [reading for reading in readings if reading.second >= SETTLED_S]
    return {
        "minutes": args.minutes,
        "slope": slope([r.second / AN_HOUR for r in settled], [r.private / MEBI for r in settled]),
        "handles": [settled[0].handles, max(r.handles for r in settled[-12:])],
        "threads": [settled[0].threads, max(r.threads for r in settled[-12:])],
        "private": [settled[0].private / MEBI, settled[-1].private / MEBI],
        "wrong": wrong,
        "each": [asdict(reading) for reading in readings],
    }


def tables(results: dict[str, Any]) -> str:
    """Return the musts in Markdown."""
    first, last = results["private"]
    handles, threads = (
        after - before for before, after in (results["handles"], results["threads"])
    )
    musts = [
        Must("slope of private memory (Theil-Sen)", GROWTH, results["slope"], " MiB an hour"),
        Must("more handles at the end", 0, handles),
        Must("more threads at the end", 0, threads),
        Must("complaints", 0, len(results["wrong"])),
    ]
    length = f"{results['minutes']:g} minutes"
    body = [
        f"{length}: {first:.1f} MiB after {SETTLED_S:g} s, {last:.1f} at the end.",
        table(MUST_HEAD, [must.cells() for must in musts]),
        *(f"- {complaint}" for complaint in results["wrong"]),
    ]
    return "\n\n".join(body)


def slope(times: list[float], values: list[float]) -> float:
    """Return the Theil-Sen estimate: the median of the slopes of all pairs."""
    if len(times) < 2:
        raise ValueError("too short to tell")
    x, y = np.array(times), np.array(values)
    first, second = np.triu_indices(len(x), 1)
    return float(np.median((y[second] - y[first]) / (x[second] - x[first])))


def mood_at(second: float) -> Mood:
    """Return what the camera does at a second of the recording."""
    into = second % ROUND_S
    return next(mood for until, mood in MOODS if into < until)


def _watch(verb: Running, camera: MoodyCamera, length: float, progress: Progress) -> list[Reading]:
    """Read every `EVERY_S` while the camera goes through its moods."""
    process, begun = psutil.Process(verb.process.pid), time.monotonic()
    readings: list[Reading] = []
    while (second := time.monotonic() - begun) < length - EVERY_S and verb.process.poll() is None:
        camera.mood = mood_at(second)
        readings.append(
            Reading(
                round(second, 1),
                process.num_fds(),
                process.num_threads(),
                memory_of(process.pid).private,
            )
        )
        if len(readings) % 60 == 0:
            progress.say(f"{second:.0f} s: {readings[-1]}")
        time.sleep(EVERY_S)
    return readings


def _wrong(code: int, report: dict[str, Any]) -> list[str]:
    """Say what a recording through these moods must not have."""
    found = [f"exit code {code}"] if code else []
    found += [f"gap {gap}" for gap in report["gaps"] if gap["source"] != "camera"]
    errors = [track["name"] for track in report["tracks"] if track["decode_errors"]]
    return found + [f"does not decode: {name}" for name in errors]
