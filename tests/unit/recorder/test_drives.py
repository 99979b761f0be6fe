"""Which drive a recording goes on on: full, absent, pulled; the room that is kept for the end."""

from __future__ import annotations

import errno
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from client.base.errors import StorageError
from client.base.text import Text, without_prefix
from client.evidence import spare
from client.evidence.entries import Gap, Media, Note
from client.evidence.entries import Part as PartLine
from client.evidence.journal import Line, read_journal
from client.evidence.layout import SessionFolder
from client.evidence.spare import place_of, point_to
from client.recorder.child import drives as module
from client.recorder.child.chronicle import Chronicle
from client.recorder.child.drives import BACK, LOST, MOVED, NEAR_BYTES, NO_ROOM, Drives
from client.recorder.child.recovery import Past, find_tails, next_parts
from client.recorder.child.reserve import JOURNAL_BYTES, RESERVE_BYTES, Reserve
from client.recorder.child.trackfile import TrackWriter
from tests.documents import SESSION

GB = 1 << 30


class Computer:
    """Two drives, by numbers that a test sets."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = SessionFolder(root / "first" / "场次").create()
        self.root = root / "spare"
        self.root.mkdir()
        self.place = place_of(self.root, "场次", SESSION)
        self.free = {"first": GB, "spare": GB}
        self.device = 1
        self.said: list[Note] = []
        monkeypatch.setattr(module, "free_bytes", self._free)
        monkeypatch.setattr(spare, "free_bytes", self._free)
        monkeypatch.setattr(spare, "device_of", self._device_of)
        monkeypatch.setattr(module, "device_of", self._device_of)

    def _free(self, path: Path) -> int:
        return self.free["spare" if self._is_spare(path) else "first"]

    def _is_spare(self, path: Path) -> bool:
        return Path(without_prefix(str(path))).is_relative_to(self.root)

    def _device_of(self, path: Path) -> tuple[str, int]:
        path.stat()
        return "", self.device if self._is_spare(path) else 0

    def drives(self, *, with_spare: bool = True) -> Drives:
        return Drives(self.folder, self.said.append, self.place if with_spare else None)

    def texts(self) -> list[str]:
        return [note.zh for note in self.said]


@pytest.fixture
def computer(tmp_path: Path, monkeypatch) -> Computer:
    return Computer(tmp_path, monkeypatch)


def test_with_room_nothing_happens(computer: Computer):
    drives = computer.drives()
    drives.look()
    assert (drives.where, drives.folder, computer.said) == ("first", computer.folder.path, [])
    assert drives.free == 2 * GB - RESERVE_BYTES
    assert not computer.place.exists()


def test_near_its_end_the_first_drive_is_left(computer: Computer):
    drives = computer.drives()
    drives.hold()
    computer.free["first"] = NEAR_BYTES - 1
    drives.look()
    assert (drives.where, drives.folder) == ("spare", computer.place)
    assert computer.texts() == [MOVED.zh]
    assert drives.present is not None
    assert (computer.place / "reserve").stat().st_size == RESERVE_BYTES
    drives.look()
    assert drives.free == GB
    assert not drives.is_ending
    drives.let_go()
    assert not (computer.place / "reserve").exists()


def test_without_a_spare_it_ends_as_before(computer: Computer):
    drives = computer.drives(with_spare=False)
    computer.free["first"] = NEAR_BYTES - 1
    drives.look()
    assert not drives.is_ending
    computer.free["first"] = RESERVE_BYTES - 1
    drives.look()
    assert drives.is_ending
    computer.free["first"] = 0
    again = computer.drives(with_spare=False)
    again.look()  # nothing at all: the drive may be gone
    assert not again.is_ending


def test_a_spare_that_is_of_no_use_is_said_once_and_it_ends_at_the_last_moment(computer: Computer):
    computer.root.rmdir()
    drives = computer.drives()
    drives.look()
    drives.look()
    assert computer.texts() == ["备用硬盘不能用：文件夹不存在，或硬盘没有接上"]
    assert drives.present is not None
    assert drives.present.zh == computer.texts()[0]
    computer.free["first"] = NEAR_BYTES - 1
    drives.look()
    assert not drives.is_ending
    computer.root.mkdir()
    drives.look()  # it was connected after all
    assert drives.where == "spare"
    computer.root.rename(computer.root.with_name("gone"))
    computer.free["first"] = RESERVE_BYTES
    drives.look()
    assert drives.is_ending
    assert computer.texts()[-1] == NO_ROOM.zh


def test_a_write_that_says_full_is_given_room_and_moves_the_tracks(computer: Computer):
    drives = computer.drives()
    drives.hold()
    computer.free["first"] = 0
    assert drives.make_room(computer.folder.path / "screen-01.mp4")
    held = computer.folder.reserve.stat().st_size
    assert RESERVE_BYTES < held < RESERVE_BYTES + JOURNAL_BYTES
    drives.look()
    assert drives.where == "spare"
    given = 0
    while not drives.is_ending:
        assert drives.make_room(computer.folder.journal)
        given += 1
    assert given > 180  # of 64 kB each, with what the end needs in the last one
    assert not computer.folder.reserve.exists()
    assert not drives.make_room(computer.folder.journal)


def test_a_spare_that_fills_ends_the_recording_with_room_for_the_end(computer: Computer):
    drives = computer.drives()
    computer.free["first"] = RESERVE_BYTES
    drives.look()
    assert drives.where == "spare"
    computer.free["spare"] = RESERVE_BYTES - 1
    drives.look()
    assert drives.is_ending
    assert drives.folder == computer.place  # the last part ends where it is
    assert drives.make_room(computer.place / "screen-02.mp4")
    assert not drives.make_room(computer.place / "screen-02.mp4")


@pytest.mark.parametrize("how", ["folder", "device"])
def test_a_spare_that_is_pulled_sends_the_tracks_back(computer: Computer, how: str):
    drives = computer.drives()
    computer.free["first"] = NEAR_BYTES - 1
    drives.look()
    if how == "folder":
        computer.root.rename(computer.root.with_name("in a drawer"))
    else:
        computer.device = 2  # the mount point is there, the drive is not
    drives.look()
    assert (drives.where, drives.folder) == ("first", computer.folder.path)
    assert computer.texts()[:2] == [MOVED.zh, BACK.zh]


def test_after_a_restart_it_goes_on_where_it_was(computer: Computer):
    computer.place.mkdir()
    (computer.folder.reserve).write_bytes(bytes(RESERVE_BYTES + 1000))
    drives = computer.drives()
    assert (drives.where, drives.folder) == ("spare", computer.place)
    drives.hold()
    assert computer.folder.reserve.stat().st_size == RESERVE_BYTES + JOURNAL_BYTES


@pytest.mark.skipif(sys.platform == "win32", reason="that is a call of POSIX")
def test_what_is_held_back_is_kept_where_a_full_disk_has_no_more(tmp_path: Path, monkeypatch):
    path = tmp_path / "reserve"
    path.write_bytes(bytes(RESERVE_BYTES))

    def full(*_):
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr("client.recorder.child.reserve.os.posix_fallocate", full)
    Reserve(path, JOURNAL_BYTES).hold()
    assert path.stat().st_size == RESERVE_BYTES


def test_a_name_on_an_unplugged_drive_is_not_given_again(tmp_path: Path):
    folder = SessionFolder(tmp_path / "s").create()
    (folder.path / "screen-01.mp4").touch()
    assert next_parts(folder, ["screen-01.mp4", "screen-02.mp4"])["screen"] == 3


def test_tails_on_the_other_drive_are_found_and_one_that_fails_stops_nothing(
    tmp_path: Path, monkeypatch
):
    folder = SessionFolder(tmp_path / "s").create()
    place = place_of(tmp_path, "s", SESSION)
    place.mkdir()
    point_to(folder.pointer, place, SESSION)
    (folder.path / "screen-01.mp4").write_bytes(b"here")
    (place / "screen-02.mp4").write_bytes(b"there")
    assert [tail.file for tail in find_tails(folder, Past())] == ["screen-01.mp4", "screen-02.mp4"]

    def fails(path: Path):
        if path.parent == place:
            raise OSError(errno.EIO, "the drive fails")
        return path.open("rb")

    monkeypatch.setattr("client.recorder.child.recovery.open_file", fails)
    assert [tail.file for tail in find_tails(folder, Past())] == ["screen-01.mp4"]


BOX = (16).to_bytes(4, "big") + b"ftyp" + b"iso5" + bytes(4)


def test_a_file_that_goes_with_its_drive_takes_neither_journal_nor_other_tracks_along(
    computer: Computer, monkeypatch
):
    computer.place.mkdir()
    chronicle = Chronicle(computer.folder, Ed25519PrivateKey.generate(), computer.place)
    here = TrackWriter(computer.folder.path / "contest-01.mp4", 5)
    there = TrackWriter(computer.place / "screen-02.mp4", 5)
    for writer in (here, there):
        line = PartLine(file=writer.name, epoch_us=5, width=64, height=48, sound=False)
        chronicle.post(line, writer)
        writer.write(BOX)
        writer.finish()
        assert writer.wait(10)

    def gone() -> None:
        raise OSError(errno.EIO, "pulled", str(there.path))

    monkeypatch.setattr(there, "sync", gone)
    chronicle.cover()
    chronicle.cover()
    entries = [x.entry for x in read_journal(computer.folder.journal) if isinstance(x, Line)]
    covered = [name for entry in entries if isinstance(entry, Media) for name in entry.ranges]
    assert covered == ["contest-01.mp4"]
    (gap,) = (entry for entry in entries if isinstance(entry, Gap))
    assert (gap.source, gap.cause) == ("screen", LOST.zh)
    assert chronicle.gaps == 1
    monkeypatch.undo()
    with pytest.raises(OSError, match="pulled"):
        there.write(BOX)


def test_a_drive_whose_space_cannot_be_read_has_none(computer: Computer, monkeypatch):
    def gone(_: Path) -> int:
        raise StorageError(Text("没有", "gone"), Text("接上", "connect it"))

    monkeypatch.setattr(module, "free_bytes", gone)
    drives = computer.drives(with_spare=False)
    drives.look()
    assert (drives.free, drives.is_ending) == (0, False)
