"""A disk that fills while it is recorded on: whatever is left, it ends in order and all plays."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from client.evidence.entries import Close
from client.evidence.layout import SessionFolder
from client.recorder.child.reserve import RESERVE_BYTES
from tests import devices
from tests.e2e import recorded
from tests.e2e.disks import leave, small_disk
from tests.e2e.program import Finished, desk, eventually, note

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(os.geteuid() != 0, reason="mounts need root: full disks NOT TESTED"),
]
DISK = "90m"
LEFT_KB = (0, 4, 60, 1000, (RESERVE_BYTES >> 10) + 300)
"""What somebody else's file leaves of the disk; the last one is then filled by the recording."""


@dataclass
class Filled:
    """A recording whose disk became full."""

    folder: SessionFolder
    ended: Finished
    report: dict[str, Any]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[int, Filled]]:
    place = tmp_path_factory.mktemp("disks")
    with contextlib.ExitStack() as stack:
        at = stack.enter_context(desk(stack.enter_context(devices.display())))
        disks = {kb: stack.enter_context(small_disk(place / str(kb), DISK)) for kb in LEFT_KB}
        verbs = {}
        for kb, disk in disks.items():
            words = ("--seconds", "120", "--camera", "test", "--microphone", "test", "--fps", "10")
            verbs[kb] = at.start("record", "--out", disk / "r", *words)
        for kb, disk in disks.items():
            contest = disk / "r" / "contest-01.mp4"
            eventually(lambda f=contest: f.exists() and f.stat().st_size > 100_000, 40, "film")
            leave(disk, kb)
        made = {}
        for kb, verb in verbs.items():
            ended = verb.wait(90)
            report = at.run("verify", disks[kb] / "r", "--json").document
            made[kb] = Filled(SessionFolder(disks[kb] / "r"), ended, report)
        yield made


@pytest.mark.parametrize("left", LEFT_KB)
def test_it_ends_in_order_and_everything_plays(filled: dict[int, Filled], left: int) -> None:
    one = filled[left]
    note(f"{left} kB left: {one.report['verdict']}, {one.report['seconds']} s")
    assert one.ended.code == 1, one.ended.err
    assert [close.reason for close in recorded.entries(one.folder.path, Close)] == ["disk"]
    assert one.folder.seal.exists()
    assert not one.folder.key.exists()
    recorded.assert_every_track_decodes(one.folder.path)
    assert {track["name"] for track in one.report["tracks"]} == {"screen-01.mp4", "contest-01.mp4"}
    assert all(track["decode_errors"] == 0 for track in one.report["tracks"])
    assert one.report["gaps"] == []


@pytest.mark.parametrize("left", LEFT_KB)
def test_it_says_so(filled: dict[int, Filled], left: int) -> None:
    said = filled[left].ended.out + filled[left].ended.err
    assert "磁盘已满" in said or "disk is full" in said


def test_the_room_kept_back_is_given_back(filled: dict[int, Filled]) -> None:
    assert not any(one.folder.reserve.exists() for one in filled.values())
