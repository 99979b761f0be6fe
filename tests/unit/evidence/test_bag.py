"""An exported session can be checked without our code; a deleted one was free."""

from __future__ import annotations

import errno
import hashlib
import subprocess
import sys

import pytest

from client.base.errors import StateError, StorageError
from client.base.files import FileLock
from client.evidence import bag as bag_module
from client.evidence import removal
from client.evidence.bag import export_bag
from client.evidence.copying import StoppedError, Tally
from client.evidence.intake import take_in
from client.evidence.removal import delete_session
from client.evidence.retention import Hold, retention_of, sessions_below
from client.evidence.spare import place_of, point_to
from client.evidence.verify import verify
from tests.documents import SESSION

NOW_US = 1_795_400_000_000_000
LONG_AFTER_US = 1_900_000_000_000_000


@pytest.fixture
def usb(tmp_path):
    place = tmp_path / "usb"
    place.mkdir()
    return place


def agrees(bag, manifest):
    """Check a manifest by the system's tool; Windows has none, so there by hand."""
    if sys.platform != "win32":
        subprocess.run(["sha256sum", "--check", "--strict", manifest], cwd=bag, check=True)
    for line in (bag / manifest).read_text("utf-8").splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((bag / name).read_bytes()).hexdigest() == digest


def test_the_bag_is_complete_and_the_tools_of_the_system_agree(built, usb, tmp_path):
    built.folder.create()
    (tmp_path / "a.mp4").write_bytes(b"film")
    take_in(built.folder, tmp_path / "a.mp4", SESSION, "", Tally())
    tally = Tally()
    bag = export_bag(built.folder, usb, tally, NOW_US)
    assert (bag.parent, bag.name) == (usb, built.folder.path.name)
    assert tally.percent == 100
    for manifest in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        agrees(bag, manifest)
    ours = {p.name: p.read_bytes() for p in built.folder.path.iterdir()}
    assert {p.name: p.read_bytes() for p in (bag / "data").iterdir()} == ours
    listed = (bag / "manifest-sha256.txt").read_text("utf-8").splitlines()
    assert {line.split("  data/")[1] for line in listed} == set(ours)
    assert "BagIt-Version: 1.0" in (bag / "bagit.txt").read_text("utf-8")
    size = sum(map(len, ours.values()))
    assert f"Payload-Oxum: {size}.{len(ours)}\n" in (bag / "bag-info.txt").read_text("utf-8")
    report = verify(bag / "data", built.organizer_key)
    assert report.verdict == verify(built.folder.path, built.organizer_key).verdict
    again = export_bag(built.folder, usb, Tally(), NOW_US)
    assert again.name == f"{bag.name}-2", "what is there is not written over"


def test_nothing_private_leaves_the_computer(built, usb):
    built.folder.create()
    built.folder.token.write_text('{"token":"0123456789abcdef"}')
    (built.folder.path / "stranger.txt").write_text("x")
    bag = export_bag(built.folder, usb, Tally(), NOW_US)
    names = {p.name for p in bag.rglob("*") if p.is_file()}
    assert "token.json" not in names
    assert "stranger.txt" not in names


def test_cancelling_and_a_full_drive_leave_nothing(built, usb, monkeypatch):
    tally = Tally(lambda _: tally.stop())
    with pytest.raises(StoppedError):
        export_bag(built.folder, usb, tally, NOW_US)
    assert list(usb.iterdir()) == []
    monkeypatch.setattr("client.base.files.free_bytes", lambda _: 10)
    with pytest.raises(StorageError):
        export_bag(built.folder, usb, Tally(), NOW_US)
    assert list(usb.iterdir()) == []


def test_a_drive_that_takes_no_large_file_is_named(built, usb, monkeypatch):
    def too_large(*_):
        raise OSError(errno.EFBIG, "File too large")

    monkeypatch.setattr(bag_module, "copy_file", too_large)
    with pytest.raises(StorageError, match="FAT32"):
        export_bag(built.folder, usb, Tally(), NOW_US)
    assert list(usb.iterdir()) == []


def test_what_is_being_recorded_is_not_exported(built, usb):
    built.folder.create()
    lock = FileLock(built.folder.recorder_lock)
    assert lock.acquire()
    with pytest.raises(StateError):
        export_bag(built.folder, usb, Tally(), NOW_US)
    lock.release()


@pytest.fixture
def on_two_drives(built, tmp_path):
    """Return a session's folder, one of whose tracks lies on another drive, and its place there."""
    built.folder.create()
    place = place_of(tmp_path / "drive", built.folder.path.name, SESSION)
    place.mkdir(parents=True)
    track = built.folder.tracks()[-1]
    track.rename(place / track.name)
    point_to(built.folder.pointer, place, SESSION)
    return built.folder, place, track.name


def test_a_bag_gathers_both_drives(on_two_drives, usb):
    folder, place, name = on_two_drives
    bag = export_bag(folder, usb, Tally(), NOW_US)
    assert (bag / "data" / name).read_bytes() == (place / name).read_bytes()
    assert {p.name for p in (bag / "data").iterdir()} == {
        *(p.name for p in folder.path.iterdir()),
        name,
    }


def test_an_unplugged_drive_is_asked_for(on_two_drives, usb, tmp_path):
    folder, place, _ = on_two_drives
    place.parent.rename(tmp_path / "unplugged")
    for act in (
        lambda: export_bag(folder, usb, Tally(), NOW_US),
        lambda: delete_session(folder.path, LONG_AFTER_US),
    ):
        with pytest.raises(StateError, match="another drive"):
            act()
    assert folder.path.is_dir()
    assert list(usb.iterdir()) == []


@pytest.mark.parametrize("killed", ["never", "after the first step"])
def test_both_places_are_deleted_or_neither(on_two_drives, monkeypatch, killed):
    folder, place, _ = on_two_drives
    next_one = folder.path
    if killed != "never":
        monkeypatch.setattr(removal, "_finish", lambda _: None)
        delete_session(folder.path, LONG_AFTER_US)
        assert sessions_below(folder.path.parent) == []
        assert place.is_dir()
        monkeypatch.undo()
        next_one = folder.path.with_name("another")
        next_one.mkdir()
    monkeypatch.setattr(removal, "_require_free", lambda *_: None)
    delete_session(next_one, LONG_AFTER_US)
    assert not place.exists()
    assert not folder.private.exists()


# ---- deleting ------------------------------------------------------------------------------------
def test_only_what_is_free_is_deleted(built):
    built.folder.create()
    (built.folder.private / "recorder.log").write_text("x")
    kept = sorted(p.name for p in built.folder.path.iterdir())
    with pytest.raises(StateError):
        delete_session(built.folder.path, NOW_US)
    assert sorted(p.name for p in built.folder.path.iterdir()) == kept
    delete_session(built.folder.path, LONG_AFTER_US)
    assert not built.folder.path.exists()
    assert not built.folder.private.exists()
    assert sessions_below(built.folder.path.parent) == []


@pytest.mark.parametrize("lock", ["recorder_lock", "uploader_lock"])
def test_nothing_at_work_is_deleted(built, lock):
    built.folder.create()
    held = FileLock(getattr(built.folder, lock))
    assert held.acquire()
    with pytest.raises(StateError):
        delete_session(built.folder.path, LONG_AFTER_US)
    held.release()
    assert built.folder.path.is_dir()


def test_what_changes_before_recorder_and_uploader_are_shut_out_counts(built, monkeypatch):
    built.folder.create()
    acquire = FileLock.acquire

    def last_moment(lock: FileLock) -> bool:
        built.folder.receipts.unlink(missing_ok=True)
        return acquire(lock)

    assert retention_of(built.folder.path, LONG_AFTER_US).hold is Hold.FREE
    monkeypatch.setattr(removal.FileLock, "acquire", last_moment)
    with pytest.raises(StateError):
        delete_session(built.folder.path, LONG_AFTER_US)
    assert built.folder.path.is_dir()


def test_what_a_kill_left_of_a_deletion_goes_with_the_next(built, monkeypatch):
    left = built.folder.path.with_name("older.removed")
    left.mkdir()
    (left / "plan.json").write_text("{}")
    assert sessions_below(left.parent) == [built.folder.path]
    assert retention_of(built.folder.path, LONG_AFTER_US).hold is Hold.FREE
    delete_session(built.folder.path, LONG_AFTER_US)
    assert not left.exists()
