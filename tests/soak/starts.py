"""Many recordings in one process, with real devices, and whether it holds more after them."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Any

from tests import devices
from tests.bench.figures import MEBI, MUST_HEAD, Must, table
from tests.bench.progress import Progress
from tests.e2e.program import ROOT, desk
from tests.soak.cycles import After

EACH_S, STARTS_S = 1.6, 20.0
SETTLED, SOME = 4, 6
"""So many recordings until all is loaded; so many are looked at together at begin and end."""
GROWN = 4 << 20
"""Bytes that its memory may swing by between the first and the last recordings; all of a camera's
pictures in the way to a file are more."""


def seconds(args: argparse.Namespace) -> float:
    """Return about how long it takes."""
    return float(args.cycles * EACH_S + STARTS_S)


def measure(args: argparse.Namespace, folder: Path, progress: Progress) -> dict[str, Any]:
    """Record `args.cycles` times; return what the process held after each, and what was wrong."""
    progress.begin(f"leak, {args.cycles} starts and stops", seconds(args))
    found = record_again_and_again(args.cycles)
    more = held_more(found)
    limits = {"handles": 0, "threads": 0, "private": GROWN}
    wrong = [f"{more[name]} more {name}" for name in limits if more[name] > limits[name]]
    each = [asdict(after) for after in found]
    if wrong:
        (folder / "cycles.json").write_text(json.dumps(each), "utf-8")
    return {"cycles": args.cycles, **more, "wrong": wrong, "each": each}


def tables(results: dict[str, Any]) -> str:
    """Return the musts in Markdown."""
    musts = [
        Must("more handles at the end", 0, results["handles"]),
        Must("more threads at the end", 0, results["threads"]),
        Must("more private memory", GROWN / MEBI, results["private"] / MEBI, " MiB"),
    ]
    head = f"{results['cycles']} recordings in one process."
    return f"{head}\n\n{table(MUST_HEAD, [must.cells() for must in musts])}"


def record_again_and_again(cycles: int) -> list[After]:
    """Return what a process held after each of so many recordings of screen, camera and sound."""
    with (
        devices.display(640, 360) as screen,
        devices.sound_server() as sound,
        devices.mjpeg_camera(640, 360) as camera,
        desk(screen, sound) as at,
    ):
        words = ["--camera", camera.address, "--microphone", sound.source]
        done = subprocess.run(
            [sys.executable, "-m", "tests.soak.cycles", str(cycles), str(at.home / "c"), *words],
            cwd=ROOT,
            env=at.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=240 + 10 * cycles,
        )
        assert done.returncode == 0, done.stderr
        return [After(**each) for each in json.loads(done.stdout)]


def held_more(found: list[After]) -> dict[str, int]:
    """Return how much more the process held at the end than once it had settled.

    Handles and threads by the least of some readings: one may be taken while others are closing.
    """
    first, last = found[SETTLED : SETTLED + SOME], found[-SOME:]
    return {
        "handles": min(a.handles for a in last) - min(a.handles for a in first),
        "threads": min(a.threads for a in last) - min(a.threads for a in first),
        "private": round(median(a.private for a in last) - median(a.private for a in first)),
    }
