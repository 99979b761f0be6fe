"""Power losses at many moments of one traced recording, and what each of them leaves."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from random import Random

from client.base.clock import SECOND_US
from client.evidence.entries import Close, Media, Part, Step
from client.evidence.findings import Verdict
from client.evidence.journal import Line, read_journal
from client.evidence.layout import SessionFolder
from client.evidence.media import probe
from client.evidence.verify import verify
from client.recorder.child.recovery import find_tails, read_past
from tests.e2e.disk_log import STRACE, TEARS, Tear, pick, replay
from tests.e2e.program import ROOT, Desk

WORKERS = 2
LOST_S = 2.0
"""At most so much before a cut may be missing."""
SIMULATED = ("--fps", "5", "--camera", "test", "--microphone", "test")
"""Devices for a traced recording."""


@dataclass(frozen=True)
class Traced:
    """A recording, and every write and sync of its files."""

    folder: Path
    calls: Path


@dataclass(frozen=True)
class Cut:
    """What is on the disk after a power loss."""

    number: int
    """Of the moment in the replay."""
    utc: float
    tear: Tear | None
    """None: nothing but what had been synced."""
    files: dict[str, bytes]


@dataclass(frozen=True)
class Judged:
    """What is left of the recording at one cut; times in seconds."""

    number: int
    tear: Tear | None
    verdict: Verdict
    codes: frozenset[str]
    closed: bool
    begun: bool
    """The journal has its identity step."""
    second: float
    """Of the recording at which the power went; by the wall clock."""
    proved: float
    """Up to here `verify` says that everything is there."""
    promised: float
    """Up to here the journal's lines say so."""
    plays: float
    """Up to here pictures of every track can be decoded."""
    broken: tuple[str, ...]
    """Files of which a line covers bytes, and that do not play."""
    pictures: int

    @property
    def lost(self) -> float:
        """Seconds before the cut that are not proved, or not to be seen."""
        return self.second - min(self.proved, self.plays)


def trace(at: Desk, seconds: int, *words: str) -> Traced:
    """Record for `seconds` under strace."""
    out, calls = at.home / "recording", at.home / "calls"
    verb = ["record", "--out", str(out), "--seconds", str(seconds), *words]
    done = subprocess.run(
        [*STRACE, "-o", str(calls), sys.executable, "-m", "client", *verb],
        cwd=ROOT,
        env=at.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=seconds + 60,
    )
    assert done.returncode == 0, done.stderr
    return Traced(out, calls)


def cuts(traced: Traced, points: int, dice: Random, tears: int = 1) -> Iterator[Cut]:
    """Yield cuts at `points` moments, each clean and torn in `tears` ways.

    Half of the moments are the worst ones, just before a sync is completed; the rest any.
    """
    syncs, others = [], []
    for number, moment in enumerate(replay(traced.calls, traced.folder)):
        (syncs if moment.syncs else others).append(number)
    chosen = set(dice.sample(syncs, min(len(syncs), points // 2)))
    chosen |= set(dice.sample(others, min(len(others), points - len(chosen))))
    ways = cycle(TEARS)
    for number, moment in pick(traced.calls, traced.folder, chosen):
        yield Cut(number, moment.utc, None, moment.disk.survivors())
        for _ in range(tears):
            tear = next(ways)
            files = moment.disk.survivors(tear, Random(dice.random()))
            yield Cut(number, moment.utc, tear, files)


def judged(found: Iterable[Cut]) -> list[Judged]:
    """Judge every cut, by a few processes."""
    with ProcessPoolExecutor(WORKERS) as workers:
        return list(workers.map(judge, found, chunksize=4))


def judge(cut: Cut) -> Judged:
    """Lay the files out and look at them as a judge would, and as a player would."""
    with tempfile.TemporaryDirectory(prefix="saijian-cut-") as place:
        folder = Path(place)
        for name, data in cut.files.items():
            (folder / name).write_bytes(data)
        report = verify(folder)
        find_tails(SessionFolder(folder), read_past(SessionFolder(folder)))  # what a restart does
        journal = SessionFolder(folder).journal
        lines = tuple(_lines(journal)) if journal.exists() else ()
        ends, broken, pictures = _play(folder, lines)
    steps = [line for line in lines if isinstance(line.entry, Step)]
    second = cut.utc - steps[0].utc_us / SECOND_US if steps else 0.0
    begun_us = steps[0].mono_us if steps else 0
    return Judged(
        cut.number,
        cut.tear,
        report.verdict,
        frozenset(finding.code for finding in report.findings),
        any(isinstance(line.entry, Close) for line in lines),
        bool(steps),
        second,
        report.proved_seconds,
        _promised(lines, begun_us),
        (min(ends) - begun_us) / SECOND_US if len(ends) == len(_TRACKS) else 0.0,
        broken,
        pictures,
    )


_TRACKS = ("screen", "contest")


def _lines(journal: Path) -> Iterator[Line]:
    return (line for line in read_journal(journal) if isinstance(line, Line))


def _promised(lines: Sequence[Line], begun_us: int) -> float:
    ends: dict[str, int] = {}
    for entry in (line.entry for line in lines):
        if isinstance(entry, Media):
            ends |= {name.split("-")[0]: taken.us[1] for name, taken in entry.ranges.items()}
    if any(track not in ends for track in _TRACKS):
        return 0.0
    return (min(ends[track] for track in _TRACKS) - begun_us) / SECOND_US


def _play(folder: Path, lines: Sequence[Line]) -> tuple[list[int], tuple[str, ...], int]:
    """Decode every track; return the ends of pictures, what is broken, how many pictures."""
    parts = {line.entry.file: line.entry for line in lines if isinstance(line.entry, Part)}
    covered: dict[str, int] = {}
    for entry in (line.entry for line in lines if isinstance(line.entry, Media)):
        covered |= {name: taken.us[1] for name, taken in entry.ranges.items()}
    ends: dict[str, int] = {}
    broken, pictures = [], 0
    for name, part in parts.items():
        path = folder / name
        stream = probe(path, decode=True).stream("picture") if path.exists() else None
        end_us = part.epoch_us + stream.end_us if stream else 0
        if name in covered and end_us < covered[name] - SECOND_US // 2:
            broken.append(name)
        if stream is not None:
            track = name.split("-")[0]
            ends[track] = max(ends.get(track, 0), end_us)
            pictures += stream.decoded
    return [ends[track] for track in _TRACKS if track in ends], tuple(broken), pictures
