"""The power goes at many moments of a traced recording; see `tests/e2e/test_power_loss.py`."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

from client.evidence.findings import Verdict
from tests import devices
from tests.bench.figures import MUST_HEAD, Must, table
from tests.bench.progress import Progress
from tests.e2e import cuts
from tests.e2e.program import desk

SECONDS = 24
A_CUT_S = 0.7


def seconds(args: argparse.Namespace) -> float:
    """Return about how long it takes."""
    return float(SECONDS + 20 + 2 * args.cuts * A_CUT_S)


def measure(args: argparse.Namespace, folder: Path, progress: Progress) -> dict[str, Any]:
    """Cut at `args.cuts` moments, each clean and torn; return what was lost and what is wrong."""
    progress.begin(f"power, {args.cuts} moments, seed {args.seed}", seconds(args))
    with devices.display(640, 360) as screen, desk(screen) as at:
        traced = cuts.trace(at, SECONDS, *cuts.SIMULATED)
        found = cuts.judged(cuts.cuts(traced, args.cuts, Random(args.seed)))
    living = [one for one in found if one.begun and not one.closed]
    wrong = [f"{one}: broken" for one in found if one.broken]
    wrong += [f"{one}: verdict" for one in found if one.begun and one.verdict > Verdict.INCOMPLETE]
    return {
        "seed": args.seed,
        "disks": len(found),
        "verdicts": dict(Counter(one.verdict.name for one in found)),
        "pictures": sum(one.pictures for one in found),
        "lost": max((one.lost for one in living), default=None),
        "wrong": wrong,
    }


def tables(results: dict[str, Any]) -> str:
    """Return what the disks were like and the musts, in Markdown."""
    verdicts = ", ".join(f"{count} {name}" for name, count in results["verdicts"].items())
    seed, pictures = results["seed"], results["pictures"]
    about = f"{results['disks']} disks ({verdicts}), seed {seed}; {pictures} pictures decoded."
    musts = [
        Must("lost before the cut, worst", cuts.LOST_S, results["lost"], " s"),
        Must("complaints", 0, len(results["wrong"])),
    ]
    complaints = (f"- {complaint}" for complaint in results["wrong"])
    return "\n\n".join([about, table(MUST_HEAD, [must.cells() for must in musts]), *complaints])
