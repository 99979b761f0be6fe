"""The power goes at any moment: what is on the disk then plays and verifies to within 2 s of it.

The recorder's own write and sync calls are recorded by strace and replayed (`disk_log.py`); what
survives is judged (`cuts.py`).
"""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Iterator

import pytest

from client.evidence.findings import Verdict
from tests import devices
from tests.e2e import cuts
from tests.e2e.cuts import Judged, Traced
from tests.e2e.disk_log import replay
from tests.e2e.program import desk, note

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.alone,
    pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace: NOT TESTED"),
]
SECONDS, POINTS = 8, 60


@pytest.fixture(scope="module")
def traced() -> Iterator[Traced]:
    with devices.display(640, 360) as screen, desk(screen) as at:
        yield cuts.trace(at, SECONDS, *cuts.SIMULATED)


@pytest.fixture(scope="module")
def found(traced: Traced) -> list[Judged]:
    """What is left at each cut; the seed is in the output."""
    seed = random.randrange(1 << 32)
    found = cuts.judged(cuts.cuts(traced, POINTS, random.Random(seed)))
    note(f"seed {seed}: {len(found)} disks, {sum(one.pictures for one in found)} pictures decoded")
    note(f"verdicts {Counter(one.verdict.name for one in found)}")
    assert len(found) == 2 * POINTS
    return found


def test_the_replay_ends_as_the_recording_did(traced: Traced) -> None:
    *_, last = replay(traced.calls, traced.folder)
    real = {path.name: path.read_bytes() for path in traced.folder.iterdir()}
    assert last.disk.survivors() == real


def test_every_disk_plays_and_verifies_to_within_two_seconds_of_the_cut(
    found: list[Judged],
) -> None:
    open_ones = [one for one in found if one.begun and not one.closed]
    assert len(open_ones) > POINTS
    note(f"lost at most {max(one.lost for one in open_ones):.2f} s")
    assert [one for one in open_ones if one.lost > cuts.LOST_S] == []
    assert [one for one in found if one.broken] == []


def test_every_disk_gets_the_verdict_that_its_journal_asks_for(found: list[Judged]) -> None:
    for one in found:
        if one.verdict is Verdict.UNREADABLE:  # the journal's name or first line not yet synced
            assert not one.begun, one
            continue
        assert one.verdict <= Verdict.INCOMPLETE, one
        assert one.verdict == Verdict.INCOMPLETE or one.closed, one
        assert ("not_closed" in one.codes) != one.closed, one
        assert one.proved >= one.promised - 0.6, one
