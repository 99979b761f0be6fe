"""Larger desktops: the same window, the same work, so the same pixels change. What does it cost?"""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.bench.contestants import CONTESTANTS
from tests.bench.cost import AROUND_S
from tests.bench.desk import SETTLES_S, desk
from tests.bench.figures import MUST_HEAD, Must, middle, ratio, shown, table
from tests.bench.measure import Plan, run
from tests.bench.progress import Progress

SIZES = {
    "one 1920x1080": (1920, 1080),
    "two 1920x1080": (3840, 1080),
    "one 3840x2160": (3840, 2160),
}
PLAN = Plan((3.0, 8.0), (8.0, 45.0), 8.0)
"""The minute's first 37 s: form, products; start-up is over after 3 s."""
QUICK = Plan((3.0, 6.0), (6.0, 16.0), 6.0)
NOISE = 1.05
"""What two runs of the same may differ by."""


def seconds(args: argparse.Namespace) -> float:
    """Return about how long it takes."""
    return len(SIZES) * (_plan(args).seconds + AROUND_S + SETTLES_S)


def measure(args: argparse.Namespace, folder: Path, progress: Progress) -> dict[str, Any]:
    """Return our recorder's figures on each desktop."""
    runs = {}
    for name, size in SIZES.items():
        progress.begin(f"scale {name}", _plan(args).seconds + AROUND_S + SETTLES_S)
        with desk(*size) as made:
            place = folder / f"{size[0]}x{size[1]}"
            runs[name] = [asdict(run(CONTESTANTS["ours"], made, place, _plan(args)))]
        progress.say(", ".join(f"{k} {v:.4g}" for k, v in runs[name][0].items() if v))
    return {"runs": runs}


def tables(results: dict[str, Any]) -> str:
    """Return the figures and what the issue asks, in Markdown."""
    runs = results["runs"]
    base = middle(runs["one 1920x1080"], "active")
    rows, musts = [], []
    for name, rounds in runs.items():
        active = middle(rounds, "active")
        grown = ratio(active, base)
        idle = middle(rounds, "idle")
        rows.append([name, f"{shown(active)} s", shown(grown), f"{shown(idle)} s"])
        if name != "one 1920x1080":
            musts.append(Must(f"{name}: cost of the same changed pixels, of 1080p", NOISE, grown))
    head = ("desktop", "active min", "of one 1080p", "idle min")
    return f"{table(head, rows)}\n\n{table(MUST_HEAD, [must.cells() for must in musts])}"


def _plan(args: argparse.Namespace) -> Plan:
    return QUICK if args.quick else PLAN
