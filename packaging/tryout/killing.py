"""kill -9 of the recorder in mid-session: the session goes on and names what is missing."""

from __future__ import annotations

import time
from pathlib import Path

import psutil
from tryout.commands import TOLD, quiet
from tryout.film import films
from tryout.rehearsal import AT_MOST_S, Rehearsed, lost_seconds
from tryout.stage import Stage
from tryout.target import Failed, Running, Target, eventually, until_left

from client.evidence.entries import Restart, Step
from client.evidence.journal import Line, read_journal
from client.evidence.layout import SessionFolder

SECONDS = 30
BEGINS_S = 150
FILMED_S = 4
"""So long into the contest the recorder is killed."""
AWAY_S = 20
"""The recorder must be back within this; natively it takes 2 s, Wine loads for longer."""
DIED = r"WARNING client\.recorder\.supervisor: the recorder died with exit code -?\d+$"
SOURCES = {"screen", "camera", "sound"}


def show_kill(target: Target, staged: Stage) -> str:
    """Rehearse, kill the recorder, and judge what the session says afterwards."""
    out = target.share / "killed"
    words = ["--headless", "--seconds", str(SECONDS), "--json", "--out", target.path(out)]
    with until_left(target.start("saijian", "rehearse", *words, *staged.choices)) as verb:
        session = eventually(lambda: _session_in_contest(out, verb), BEGINS_S, "the contest step")
        time.sleep(FILMED_S)
        killed, moment = kill_recorder(target), time.time()
        again = eventually(lambda: _others(target, killed), AWAY_S, "another recorder")
        said = verb.wait(AT_MOST_S)
    quiet(said, (TOLD, DIED))
    return judge_kill(Rehearsed(said, out, []), session, moment, len(again))


def kill_recorder(target: Target) -> psutil.Process:
    """Kill -9 the one recorder there."""
    found = target.processes("recorder", "--session")
    if len(found) != 1:
        raise Failed(f"{len(found)} recorders run, not 1")
    found[0].kill()
    return found[0]


def judge_kill(rehearsed: Rehearsed, session: Path, moment: float, recorders: int) -> str:
    """Say what is missing; Failed where more is than the kill explains."""
    report = rehearsed.judged()
    entries = [
        line.entry
        for line in read_journal(SessionFolder(session).journal)
        if isinstance(line, Line)
    ]
    restarts = [entry for entry in entries if isinstance(entry, Restart)]
    if rehearsed.session != session or len(restarts) != 1 or recorders != 1:
        raise Failed(f"{len(restarts)} restarts in the journal, {recorders} recorders afterwards")
    if report["verdict"] != "INCOMPLETE" or rehearsed.said.code != 1:
        raise Failed(f"{report['verdict']}: {report['findings'][:3]}")
    gaps = [gap for gap in report["gaps"] if restarts[0].cause in gap["cause"]]
    strange = [gap for gap in report["gaps"] if gap not in gaps and gap["cause"] not in _OPENING]
    if {gap["source"] for gap in gaps} != SOURCES or strange or report["unanchored"]:
        raise Failed(f"gaps {report['gaps']}, unanchored {report['unanchored']}")
    lost = {source: lost_seconds(gaps, source) for source in sorted(SOURCES)}
    back = films(session, "screen")[1].begins - moment
    named = ", ".join(f"{source} {seconds:.1f} s" for source, seconds in lost.items())
    return (
        f"screen back after {back:.1f} s; lost: {named}; “{restarts[0].cause}”; all else verified"
    )


_OPENING = ("麦克风正在打开", "摄像头正在打开")
"""What opens again after the restart says so."""


def _session_in_contest(out: Path, verb: Running) -> Path | None:
    if verb.process.poll() is not None:
        raise Failed(f"ended before the contest: {verb.wait(1).tail()}")
    for journal in (out / "sessions").glob("*/journal.jsonl"):
        for line in read_journal(journal):
            if (
                isinstance(line, Line)
                and isinstance(line.entry, Step)
                and line.entry.name == "contest"
            ):
                return journal.parent
    return None


def _others(target: Target, killed: psutil.Process) -> list[psutil.Process]:
    found = target.processes("recorder", "--session")
    return [process for process in found if process.pid != killed.pid]
