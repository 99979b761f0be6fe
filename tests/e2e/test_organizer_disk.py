"""An organizer whose disk really fills: its records stay whole, and all goes on afterwards."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from client.organizer import room
from client.upload.watch import Ending
from tests.contract.upload.scene import Scene, eventually
from tests.e2e.disks import leave, small_disk

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(os.geteuid() != 0, reason="mounts need root: full disks NOT TESTED"),
]
MIB = 1 << 20


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    """Give a session outside, and its organizer on a tmpfs of 24 MiB with a reserve of 8."""
    monkeypatch.setattr(room, "RESERVE_BYTES", 8 * MIB)
    monkeypatch.setitem(room._RETRY, "Retry-After", "1")
    with small_disk(tmp_path / "disk", "24m") as disk:
        scene = Scene(disk, session=tmp_path / "session")
        scene.growing.record(24, "screen-01.mp4", "contest-01.mp4")
        yield scene
        scene.organizer.leave()


def is_whole(scene: Scene) -> bool:
    with sqlite3.connect(scene.organizer.contest.folder.records) as records:
        return records.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.parametrize("left_kb", [4000, 0])
def test_what_somebody_elses_file_leaves_of_it_is_enough_to_lose_nothing(scene, left_kb) -> None:
    disk = scene.organizer.contest.folder.path.parent
    scene.growing.seal()
    leave(disk, left_kb)
    with scene.running():
        eventually(lambda: scene.organizer.seen("POST", "/files").count(507) > 1)
        beats = 200 if left_kb else 507
        eventually(lambda: beats in scene.organizer.seen("POST", "/heartbeats"))
        assert is_whole(scene)
        assert 500 not in scene.organizer.seen("POST"), "it is said what is wrong"
        assert scene.snapshots[-1].state == "away"
        (disk / "ballast").unlink()
    assert scene.ending is Ending.STORED
    assert is_whole(scene)
    assert scene.stored() == scene.sent()


def test_our_own_bytes_never_reach_the_room_of_the_records(scene) -> None:
    folder = scene.organizer.contest.folder.path
    scene.growing.rate = 600_000
    scene.growing.record(24)
    with scene.running():
        eventually(lambda: scene.organizer.seen("POST", "/files").count(507) > 1, 40)
        assert 7 * MIB < room.free_bytes(folder) < 17 * MIB
        beats = scene.organizer.seen("POST", "/heartbeats").count(200)
        scene.growing.record(4)
        eventually(lambda: scene.organizer.seen("POST", "/heartbeats").count(200) > beats)
        subprocess.run(["mount", "-o", "remount,size=200m", folder.parent], check=True)
        scene.growing.seal()
    assert scene.ending is Ending.STORED
    assert scene.stored() == scene.sent()
