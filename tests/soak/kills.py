"""kill -9 of the recorder at random moments, in as many rehearsals as it takes."""

from __future__ import annotations

import argparse
import shutil
from dataclasses import asdict
from pathlib import Path
from random import Random
from typing import Any

from tests import devices
from tests.bench.figures import MUST_HEAD, Must, table
from tests.bench.progress import Progress
from tests.e2e import killed
from tests.e2e.killing import Killer, watching
from tests.e2e.program import desk
from tests.e2e.venue import begun_session

SECONDS = 60
FILMING, STARTING = 15, 8
"""Kills of these kinds in one rehearsal; two more come while it turns and while it seals."""
A_ROUND = FILMING + STARTING + 2
AROUND_S = 25.0
"""What a rehearsal takes besides."""
ALLOWED = frozenset({"uncovered", "not_real", "torn_line"})
"""Findings of `verify` that kills may leave, the sound server's monitor among them."""


def seconds(args: argparse.Namespace) -> float:
    """Return about how long it takes."""
    return -(-args.kills // A_ROUND) * (SECONDS + AROUND_S)


def measure(args: argparse.Namespace, folder: Path, progress: Progress) -> dict[str, Any]:
    """Kill until there were `args.kills`; return each kill's cost and what was wrong."""
    dice, found, wrong, rounds = Random(args.seed), [], [], 0
    progress.begin(f"kills, seed {args.seed}", seconds(args))
    while len(found) < args.kills:
        rounds += 1
        costs, complaints = _round(dice, folder / f"round-{rounds}", args.kills - len(found))
        found += [asdict(cost) | {"round": rounds} for cost in costs]
        wrong += [f"round {rounds}: {complaint}" for complaint in complaints]
        progress.say(f"round {rounds}: {len(found)} kills, {len(wrong)} complaints")
        for complaint in complaints:
            progress.say(complaint)
    middle = killed.figures([killed.Cost(**_plain(one)) for one in found])
    return {
        "seed": args.seed,
        "kills": len(found),
        "figures": {name: list(values) for name, values in middle.items()},
        "wrong": wrong,
        "each": found,
    }


def tables(results: dict[str, Any]) -> str:
    """Return medians, worst and the musts, in Markdown."""
    rows = [
        [name, str(count), f"{middle:.2f} s", f"{worst:.2f} s"]
        for name, (count, middle, worst) in sorted(results["figures"].items())
    ]
    moments = [one["moment"] for one in results["each"]]
    told = ", ".join(f"{moments.count(name)} {name}" for name in sorted(set(moments)))
    worst = {name: values[2] for name, values in results["figures"].items()}
    lost = max((value for name, value in worst.items() if name.startswith("lost")), default=None)
    musts = [
        Must("lost before a kill, worst", killed.LOST_S, lost, " s"),
        Must("screen recorded again, worst", killed.BACK_S, worst.get("back: screen"), " s"),
        Must("camera track again, worst", killed.BACK_S, worst.get("back: film"), " s"),
        Must("complaints", 0, len(results["wrong"])),
    ]
    body = [
        f"{results['kills']} kills ({told}), seed {results['seed']}.",
        table(("figure", "times", "median", "worst"), rows),
        table(MUST_HEAD, [must.cells() for must in musts]),
        *(f"- {complaint}" for complaint in results["wrong"]),
    ]
    return "\n\n".join(body)


def _plain(one: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in one.items() if name != "round"}


def _round(dice: Random, keep: Path, wanted: int) -> tuple[list[killed.Cost], list[str]]:
    """Rehearse once and kill; a session that something is wrong with is kept."""
    with (
        devices.display() as screen,
        devices.sound_server() as sound,
        devices.mjpeg_camera(640, 360) as camera,
        desk(screen, sound) as at,
    ):
        out = at.home / "rehearsal"
        words = ["--headless", "--seconds", str(SECONDS), "--out", str(out), "--json"]
        words += ["--camera", camera.address, "--microphone", sound.source]
        rehearsal = at.start("rehearse", *words)
        folder = begun_session(out / "sessions", rehearsal)
        with watching(folder) as watch:
            killer = Killer(at, watch, dice)
            killer.at_second(SECONDS // 4 + dice.uniform(-0.2, 0.3), "turning")
            killer.often(min(FILMING, max(1, wanted - 2)), STARTING, SECONDS - 3)
            killer.sealing()
            report = rehearsal.wait(120).document
        costs = killed.costs(folder, killer.kills, watch)
        wrong = [f"{c.moment} at {c.second:.1f} s: {s}" for c in costs for s in killed.too_slow(c)]
        wrong += killed.complaints(folder, report, ALLOWED)
        if wrong:
            shutil.copytree(at.home, keep, ignore=shutil.ignore_patterns("*.socket", "tmp"))
        return costs, wrong
