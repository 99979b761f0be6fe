"""Larger desktops: does cost grow faster than the number of pixels that change?

The same work, in the same window and in one as large as the desktop. Beside the recorder a counter
of ours, which compares the desktop with what it was 0.1 s before, says how many pixels changed.
"""

from __future__ import annotations

import argparse
import contextlib
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import mss
import numpy as np

from tests.bench.clock import now, wait_until
from tests.bench.contestants import CONTESTANTS, FPS
from tests.bench.cost import AROUND_S
from tests.bench.desk import SETTLES_S, SIZE, Size, desk
from tests.bench.figures import MUST_HEAD, Must, ratio, shown, table
from tests.bench.measure import Plan, run
from tests.bench.progress import Progress

BASE = "1920x1080"
DESKS: dict[str, tuple[Size, Size]] = {
    BASE: (SIZE, SIZE),
    "two 1920x1080, the same window": ((3840, 1080), SIZE),
    "3840x2160, the same window": ((3840, 2160), SIZE),
    "3840x2160, a window as large": ((3840, 2160), (3840, 2160)),
}
"""Desktop and window."""
PLAN = Plan(None, (14.0, 34.0), 0.0)
"""Second 14 to 34 of the script: typing, a change of tab, scrolling, the pointer."""
QUICK = Plan(None, (6.0, 16.0), 0.0)
NOISE = 1.05
"""What two runs of the same may differ by."""


def seconds(args: argparse.Namespace) -> float:
    """Return about how long it takes."""
    return len(_desks(args)) * _one(args)


def measure(args: argparse.Namespace, folder: Path, progress: Progress) -> dict[str, Any]:
    """Return our recorder's figures and millions of changed pixels on each desktop."""
    found = {}
    for number, (name, (size, window)) in enumerate(_desks(args).items()):
        progress.begin(f"scale {name}", _one(args))
        with desk(size, window) as made, counting(made.screen.name) as changes:
            figures = asdict(run(CONTESTANTS["ours"], made, folder / str(number), _plan(args)))
        start, end = _plan(args).active or (0.0, 0.0)
        began = figures.pop("began")
        figures["changed"] = changes.between(began + start, began + end) / 1e6
        progress.say(", ".join(f"{k} {v:.4g}" for k, v in figures.items() if v))
        found[name] = figures
    return found


def tables(results: dict[str, Any]) -> str:
    """Return the figures and what the issue asks, in Markdown."""
    base = results[BASE]
    rows, musts = [], []
    for name, one in results.items():
        cost, pixels = (ratio(one[key], base[key]) for key in ("active", "changed"))
        cells = [shown(one["active"]), shown(cost), shown(one["changed"], 1), shown(pixels)]
        rows.append([name, *cells, shown(one["first_frame"])])
        if name != BASE:
            grown = ratio(cost, pixels)
            musts.append(Must(f"{name}: growth of cost, of that of changed pixels", NOISE, grown))
    head = ("desktop", "CPU s a minute", "growth", "Mpx changed", "growth", "first frame, s")
    return f"{table(head, rows)}\n\n{table(MUST_HEAD, [must.cells() for must in musts])}"


def _desks(args: argparse.Namespace) -> dict[str, tuple[Size, Size]]:
    """Return the first and the last of them when it shall be quick."""
    return dict(list(DESKS.items())[:: len(DESKS) - 1]) if args.quick else DESKS


def _one(args: argparse.Namespace) -> float:
    return _plan(args).seconds + AROUND_S + SETTLES_S + 3


def _plan(args: argparse.Namespace) -> Plan:
    return QUICK if args.quick else PLAN


@dataclass
class Changes:
    """How many pixels changed when."""

    seen: list[tuple[float, int]]

    def between(self, start: float, end: float) -> int:
        """Return how many changed from `start` to `end`."""
        return sum(count for moment, count in self.seen if start < moment <= end)


@contextlib.contextmanager
def counting(display: str) -> Iterator[Changes]:
    """Count changed pixels of `display` in a thread until the block ends."""
    leaving = threading.Event()
    changes = Changes([])

    def count() -> None:
        with mss.MSS(display=display) as grabber:
            before = None
            due = now()
            while wait_until(due, leaving):
                shot = np.frombuffer(grabber.grab(grabber.monitors[0]).raw, np.uint32)
                changed = 0 if before is None else int(np.count_nonzero(shot != before))
                changes.seen.append((now(), changed))
                before = shot
                due = max(due + 1 / FPS, now())

    counter = threading.Thread(target=count, name="counter", daemon=True)
    counter.start()
    try:
        yield changes
    finally:
        leaving.set()
        counter.join()
