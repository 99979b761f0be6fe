"""An organizer that takes no more: of one session for good, or of all until its disk has room."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from client.evidence.attachments import owed, refusals_of, refused
from client.evidence.copying import Tally
from client.evidence.intake import take_in
from client.organizer import room
from client.upload.watch import Ending, Habits
from tests.contract.upload.scene import Scene, eventually
from tests.growing import SESSION

TRACKS = ("screen-01.mp4", "contest-01.mp4")
MIB = 1024 * 1024


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    scene = Scene(tmp_path)
    scene.growing.record(24, *TRACKS)
    yield scene
    scene.organizer.leave()


def limited(monkeypatch: pytest.MonkeyPatch, **changes: int) -> None:
    real = room.most_of
    monkeypatch.setattr(room, "most_of", lambda *at: real(*at)._replace(**changes))


def contents(scene: Scene) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in scene.folder.path.iterdir() if "receipt" not in p.name}


@pytest.mark.parametrize("bound", ["journal", "own"])
def test_a_session_with_too_much_ends_with_words_and_keeps_all(scene, monkeypatch, bound) -> None:
    limited(monkeypatch, **{bound: 3000 if bound == "journal" else 400_000})
    scene.growing.record(60)
    scene.growing.seal()
    before = contents(scene)
    assert scene.run() is Ending.REFUSED
    last = scene.snapshots[-1]
    assert last.state == "refused"
    for word in ("不要删除", "致电组委会", "硬盘"):
        assert word in last.last_problem.zh
    assert 413 in scene.organizer.seen("POST", "/files")
    assert contents(scene) == before
    assert last.pending_bytes > 0
    monkeypatch.undo()
    scene.organizer.leave()
    scene.organizer.arrive()
    assert scene.run() is Ending.STORED, "an organizer that takes more gets the rest"
    assert scene.stored() == scene.sent()


def another_receipt(scene) -> None:
    """Record a little more, and wait until it is countersigned."""
    beats = scene.organizer.seen("POST", "/heartbeats").count(200)
    scene.growing.record(4)
    eventually(lambda: scene.organizer.seen("POST", "/heartbeats").count(200) > beats)


def test_a_session_that_brings_too_much_still_gets_receipts(scene, monkeypatch) -> None:
    limited(monkeypatch, own=100_000)
    recorder_lives = [True]
    with scene.running(habits=Habits(lingers=lambda: recorder_lives[0])):
        eventually(lambda: 413 in scene.organizer.seen("POST", "/files"))
        another_receipt(scene)
        another_receipt(scene)
        assert any(s.last_problem and "硬盘" in s.last_problem.zh for s in scene.snapshots)
        recorder_lives[0] = False
    assert scene.ending is Ending.UNSEALED


def test_a_disk_that_is_nearly_full_makes_the_client_wait_and_receipts_go_on(
    scene, monkeypatch
) -> None:
    free = [0]
    monkeypatch.setitem(room._RETRY, "Retry-After", "1")
    real = room.Disk.__init__
    monkeypatch.setattr(room.Disk, "__init__", lambda disk, at: real(disk, at, lambda _: free[0]))
    scene.organizer.leave()
    scene.organizer.arrive()
    with scene.running():
        eventually(lambda: scene.organizer.seen("POST", "/files").count(507) > 1)
        another_receipt(scene)
        assert scene.snapshots[-1].state == "away"
        assert "磁盘快满" in scene.snapshots[-1].last_problem.zh
        free[0] = 10 * room.RESERVE_BYTES
        scene.growing.seal()
    assert scene.ending is Ending.STORED
    assert scene.stored() == scene.sent()


def test_a_foreign_recording_that_is_too_much_is_noted_once_and_taken_later(
    scene, tmp_path, monkeypatch
) -> None:
    limited(monkeypatch, foreign=MIB)
    keys = scene.plan.plan.organizer.keys
    film = tmp_path / "phone.mp4"
    film.write_bytes(bytes(2 * MIB))
    attachment = take_in(scene.folder, film, SESSION, "", Tally())
    scene.growing.seal()
    for _ in range(2):
        assert scene.run() is Ending.STORED
        assert "致电组委会" in scene.snapshots[-1].attached_problem.zh
    (noted,) = refusals_of(scene.folder).values()
    assert (noted.code, noted.is_final) == ("session_full", False)
    assert len(scene.folder.attachment_refusals.read_bytes().splitlines()) == 1
    assert refused(scene.folder, keys) == owed(scene.folder, keys) == [attachment]
    monkeypatch.undo()
    scene.organizer.leave()
    scene.organizer.arrive()
    assert scene.run() is Ending.STORED
    assert owed(scene.folder, keys) == refused(scene.folder, keys) == []
    assert scene.organizer.stored(SESSION, attachment.name) == film.read_bytes()
