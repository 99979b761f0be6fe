"""The power goes at any sync point of the journal: what is on the disk then verifies up to there.

The recorder's own write and sync calls are recorded by strace and replayed (`disk_log.py`).
"""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from client.base.clock import SECOND_US
from client.evidence.entries import Close, Media, Step
from client.evidence.findings import Verdict
from client.evidence.journal import Line, read_journal
from client.evidence.layout import SessionFolder
from client.evidence.media import probe
from client.evidence.verify import verify
from tests import devices
from tests.e2e import recorded
from tests.e2e.disk_log import STRACE, replay
from tests.e2e.program import ROOT, desk, note

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace: NOT TESTED"),
]
SECONDS = 8


@dataclass(frozen=True)
class Cut:
    """The folder as it is after a power loss at one sync point."""

    number: int
    folder: Path
    torn: bool
    lines: tuple[Line, ...]
    """What the journal held when its sync returned."""


@pytest.fixture(scope="module")
def log() -> Iterator[tuple[Path, Path]]:
    """A traced recording: its folder, and what strace wrote."""
    with devices.display() as screen, desk(screen) as at:
        out, calls = at.home / "recording", at.home / "calls"
        words = ["record", "--out", str(out), "--seconds", str(SECONDS), "--fps", "5"]
        words += ["--camera", "test", "--microphone", "test"]
        done = subprocess.run(
            [*STRACE, "-o", str(calls), sys.executable, "-m", "client", *words],
            cwd=ROOT,
            env=at.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        yield out, calls


@pytest.fixture(scope="module")
def cuts(log: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> list[Cut]:
    """The states that a power loss at each sync point leaves: at least so much, or a torn more."""
    out, calls = log
    root, found = tmp_path_factory.mktemp("cuts"), []
    for number, (disk, _) in enumerate(replay(calls, out)):
        for torn in (False, True):
            place = root / f"{number}-{'torn' if torn else 'clean'}"
            place.mkdir()
            disk.build(place, random.Random(number) if torn else None)
            kept = [x for x in read_journal(SessionFolder(place).journal) if isinstance(x, Line)]
            found.append(Cut(number, place, torn, tuple(kept)))
    note(f"{len(found) // 2} sync points of {SECONDS} s")
    assert len(found) // 2 > 2 * SECONDS
    return found


def test_the_replay_ends_as_the_recording_did(log: tuple[Path, Path]) -> None:
    out, calls = log
    for disk, _ in replay(calls, out):  # noqa: B007 - the last one counts
        pass
    real = {str(path): path.read_bytes() for path in out.iterdir()}
    assert {name: bytes(file.data) for name, file in disk.names.items()} == real
    assert all(file.synced == len(file.data) for file in disk.names.values())


def test_every_cut_verifies_up_to_its_sync_point(cuts: list[Cut]) -> None:
    lags = []
    assert [cut.number for cut in cuts if not cut.lines] in ([], [0, 0])  # its name not yet synced
    for cut in cuts:
        report = verify(cut.folder)
        if not cut.lines:
            assert report.verdict == Verdict.UNREADABLE
            continue
        codes = {finding.code for finding in report.findings}
        closed = any(isinstance(line.entry, Close) for line in cut.lines)
        assert report.verdict == Verdict.INCOMPLETE or closed, (cut, report.findings)
        assert report.verdict <= Verdict.INCOMPLETE, (cut, report.findings)
        assert ("not_closed" in codes) != closed, (cut, report.findings)
        promised = promised_seconds(cut.lines)
        assert report.proved_seconds >= promised - 0.6, (cut, report.findings)
        lags.append(promised - report.proved_seconds)
    note(f"{len(cuts)} folders; proved falls behind the journal by at most {max(lags):.2f} s")


def promised_seconds(lines: tuple[Line, ...]) -> float:
    """Return up to where the journal says that every track is on the disk."""
    begun = [x.mono_us for x in lines if isinstance(x.entry, Step) and x.entry.name == "identity"]
    ends: dict[str, int] = {}
    for line in lines:
        if isinstance(line.entry, Media):
            ends |= {name.split("-")[0]: r.us[1] for name, r in line.entry.ranges.items()}
    if "screen" not in ends or "contest" not in ends:
        return 0.0
    return (min(ends.values()) - begun[0]) / SECOND_US


def test_little_is_lost_at_any_cut(cuts: list[Cut]) -> None:
    """A line every 2 s, a fragment every second: that much of what was filmed is not there."""
    losses = []
    for cut in cuts:
        steps = [x for x in cut.lines if isinstance(x.entry, Step)]
        if cut.torn or not steps or promised_seconds(cut.lines) == 0:
            continue
        now = (cut.lines[-1].mono_us - steps[0].mono_us) / SECOND_US
        losses.append(now - verify(cut.folder).proved_seconds)
    note(f"at most {max(losses):.2f} s before the last line are missing")
    assert max(losses) <= 3.5


def test_every_track_of_every_cut_decodes(cuts: list[Cut]) -> None:
    decoded = 0
    for cut in cuts:
        ends: dict[str, int] = {}
        for entry in (x.entry for x in cut.lines if isinstance(x.entry, Media)):
            ends |= {name: taken.us[1] for name, taken in entry.ranges.items()}
        for name, end_us in ends.items():
            info = probe(cut.folder / name, decode=True)
            picture = info.stream("picture")
            assert picture is not None, (cut, name)
            assert all(stream.errors <= 1 for stream in info.streams), (cut, name, info)
            epoch = recorded.part_of(cut.folder, name).epoch_us
            assert epoch + picture.end_us >= end_us - SECOND_US // 2, (cut, name, info)
            decoded += picture.decoded
    note(f"{decoded} pictures decoded")
    assert decoded > 0
