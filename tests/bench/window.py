"""What the window costs: its start, its dearest event, its share of a core while recording.

`record` is the window alone on a simulated session; `live` is `saijian window` on an X display, at
a session that is being recorded, looked at from outside.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil

from client.evidence.entries import Step
from tests import devices
from tests.bench.figures import table
from tests.bench.progress import Progress
from tests.e2e import recorded
from tests.e2e.program import desk, eventually
from tests.e2e.venue import Organizer, attend, begun_session

ROOT = Path(__file__).resolve().parents[2]
RECORD_S = 60.0
SETTLES_S, LEAD_S = 15.0, 15.0
LASTS_S = {"start": 3.0, "walk": 14.0, "record": RECORD_S + 3, "live": RECORD_S + 60}
LIMITS = {"start": "1.5 s", "walk": "50 ms", "record": "3%, 250 MB"}


def measured(way: str, folder: Path, seconds: float | None = None) -> dict[str, Any]:
    """Return what `window_child` found, in a process of its own without a screen.

    Raises CalledProcessError where the window failed.
    """
    folder.mkdir(parents=True)
    words = [] if seconds is None else [str(seconds)]
    command = [sys.executable, "-m", "tests.bench.window_child", way, str(folder), *words]
    surroundings = {k: v for k, v in os.environ.items() if not k.startswith("COV")}
    here = {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT), "SAIJIAN_HOME": str(folder)}
    begun = time.time()
    done = subprocess.run(
        command, env=surroundings | here, check=True, capture_output=True, text=True, timeout=180
    )
    found: dict[str, Any] = json.loads(done.stdout)
    if way == "start":
        found["wall_s"] = round(found.pop("painted_at") - begun, 3)
    return found


def measured_live(seconds: float) -> dict[str, Any]:
    """Return what the shipped verb's window costs beside a recorder: share of a core, memory."""
    with (
        devices.display(1366, 768) as screen,
        devices.sound_server() as sound,
        devices.mjpeg_camera() as camera,
        desk(screen, sound) as base,
    ):
        at = base.with_environment(QT_QPA_PLATFORM="xcb", SAIJIAN_LANG="zh")
        organizer = Organizer(at, at.home / "organizer")
        organizer.prepare(int(LEAD_S + 3 * (SETTLES_S + seconds)), LEAD_S)
        organizer.serve()
        sessions = at.home / "data" / "sessions"
        verb = attend(at, organizer.plan, camera.address, sound.source, sessions)
        folder = begun_session(sessions, verb)
        window = psutil.Process(at.start("window", "--session", folder).process.pid)
        begun = {"contest"}.issubset
        eventually(lambda: begun(s.name for s in recorded.entries(folder, Step)), 120, "contest")
        time.sleep(SETTLES_S)
        before, begun_s = window.cpu_times(), time.monotonic()
        time.sleep(seconds)
        after, wall_s = window.cpu_times(), time.monotonic() - begun_s
        core = (after.user + after.system - before.user - before.system) / wall_s
        return {"core": round(core, 4), "rss_mb": round(window.memory_info().rss / 1e6, 1)}


def seconds(args: argparse.Namespace) -> float:
    """Return about how long it takes."""
    return args.rounds * sum(LASTS_S.values())


def measure(args: argparse.Namespace, folder: Path, progress: Progress) -> dict[str, Any]:
    """Return every run's figures by what was done."""
    found: dict[str, Any] = {way: [] for way in LASTS_S}
    for number in range(1, args.rounds + 1):
        for way, lasts in LASTS_S.items():
            progress.begin(f"{number}/{args.rounds} window: {way}", lasts)
            if way == "live":
                found[way].append(measured_live(RECORD_S))
                continue
            length = RECORD_S if way == "record" else None
            found[way].append(measured(way, folder / f"{number}-{way}", length))
    return found


def tables(results: dict[str, Any]) -> str:
    """Return the worst of all rounds beside what the issue asks, in Markdown."""
    start, wall = (max(one[key] for one in results["start"]) for key in ("cpu_s", "wall_s"))
    walk = max(one["dearest"][0]["ms"] for one in results["walk"])
    rows = [
        ["start to first window, processor time", f"{start:.2f} s", LIMITS["start"]],
        ["start to first window, by the clock", f"{wall:.2f} s", LIMITS["start"]],
        ["dearest event of the window's thread", f"{walk:.0f} ms", LIMITS["walk"]],
    ]
    for way, what in (("record", "simulated session"), ("live", "real recording, X display")):
        core, memory = (max(one[key] for one in results[way]) for key in ("core", "rss_mb"))
        words = f"{core:.1%} of a core, {memory:.0f} MB"
        rows.append([f"window while recording: {what}", words, LIMITS["record"]])
    return table(["window", "worst", "at most"], rows)
