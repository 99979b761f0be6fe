"""What the window costs: its start, its dearest event, its share of a core while recording."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.bench.figures import table
from tests.bench.progress import Progress

ROOT = Path(__file__).resolve().parents[2]
LASTS_S = {"start": 3.0, "walk": 14.0, "record": 63.0}
RECORD_S = 60.0
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
    done = subprocess.run(
        command, env=surroundings | here, check=True, capture_output=True, text=True, timeout=180
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def seconds(args: argparse.Namespace) -> float:
    """Return about how long it takes."""
    return args.rounds * sum(LASTS_S.values())


def measure(args: argparse.Namespace, folder: Path, progress: Progress) -> dict[str, Any]:
    """Return every run's figures by what was done."""
    found: dict[str, Any] = {way: [] for way in LASTS_S}
    for number in range(1, args.rounds + 1):
        for way, lasts in LASTS_S.items():
            progress.begin(f"{number}/{args.rounds} window: {way}", lasts)
            length = RECORD_S if way == "record" else None
            found[way].append(measured(way, folder / f"{number}-{way}", length))
    return found


def tables(results: dict[str, Any]) -> str:
    """Return the worst of all rounds beside what the issue asks, in Markdown."""
    start = max(one["cpu_s"] for one in results["start"])
    walk = max(one["dearest"][0]["ms"] for one in results["walk"])
    core = max(one["core"] for one in results["record"])
    memory = max(one["rss_mb"] for one in results["record"])
    rows = [
        ["processor time until the first window", f"{start:.2f} s", LIMITS["start"]],
        ["dearest event of the window's thread", f"{walk:.0f} ms", LIMITS["walk"]],
        ["window while recording", f"{core:.1%} of a core, {memory:.0f} MB", LIMITS["record"]],
    ]
    return table(["window", "worst", "at most"], rows)
