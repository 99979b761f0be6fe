"""What recording the screen costs: every recorder in turn, round after round."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.bench import measure as measuring
from tests.bench.contestants import CONTESTANTS
from tests.bench.desk import SETTLES_S, desk
from tests.bench.figures import COST_HEAD, MUST_HEAD, NOTHING, cost_musts, cost_rows, table
from tests.bench.measure import Plan, run
from tests.bench.progress import Progress

AROUND_S = 6.0
"""A run's time beside that of the recorder: the desk is put to rest, the file is read."""
NO_START_UP = Plan((2.0, 20.0), (20.0, 80.0), 20.0)


def plan_of(args: argparse.Namespace) -> Plan:
    """Return when is measured what."""
    if args.idle:
        return measuring.QUICK_IDLE if args.quick else measuring.ONLY_IDLE
    if args.active:
        return measuring.QUICK_ACTIVE if args.quick else measuring.ONLY_ACTIVE
    return measuring.QUICK if args.quick else measuring.FULL


def without_recorder(plan: Plan) -> Plan:
    """Return the same for the desk alone, which has no start-up to wait for."""
    return NO_START_UP if plan is measuring.FULL else plan


def seconds(args: argparse.Namespace) -> float:
    """Return about how long it takes."""
    plan = plan_of(args)
    one = len(args.only) * (plan.seconds + AROUND_S) + without_recorder(plan).seconds + AROUND_S
    return args.rounds * one + SETTLES_S


def measure(args: argparse.Namespace, folder: Path, progress: Progress) -> dict[str, Any]:
    """Return every run's figures by recorder."""
    plan = plan_of(args)
    runs: dict[str, list[dict[str, Any]]] = {}
    with desk() as made:
        for number in range(1, args.rounds + 1):
            for name in (NOTHING, *args.only):
                this = without_recorder(plan) if name == NOTHING else plan
                progress.begin(f"{number}/{args.rounds} {name}", this.seconds + AROUND_S)
                place = folder / f"{number}-{name}"
                runs.setdefault(name, [])
                try:
                    figures = asdict(run(CONTESTANTS.get(name), made, place, this))
                except measuring.FAILURES as error:
                    progress.say(f"{name}: {error}")
                    continue
                runs[name].append(figures)
                progress.say(", ".join(f"{k} {v:.4g}" for k, v in figures.items() if v))
    return {"runs": runs}


def tables(results: dict[str, Any]) -> str:
    """Return the medians and what the issue asks, in Markdown."""
    runs = results["runs"]
    titles = {name: contestant.title for name, contestant in CONTESTANTS.items()}
    rounds = ", ".join(f"{name} {len(figures)}" for name, figures in runs.items())
    late = max((one["late"] for figures in runs.values() for one in figures), default=0.0)
    parts = [
        table(COST_HEAD, cost_rows(runs, titles)),
        f"Rounds: {rounds}. The script was late by {late:.2f} s at most.",
        table(MUST_HEAD, [must.cells() for must in cost_musts(runs)]),
    ]
    return "\n\n".join(parts)
