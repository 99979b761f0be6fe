"""A session on two drives: where its files are found, what a pointer may say, what verify says."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from client.base.errors import StorageError
from client.base.text import without_prefix
from client.evidence import spare
from client.evidence.findings import Verdict
from client.evidence.layout import SessionFolder
from client.evidence.retention import retention_of
from client.evidence.spare import (
    make_place,
    place_of,
    point_to,
    pointed_to,
    require_spare,
    spare_root,
    trouble_with_spare,
)
from client.evidence.verify import verify
from client.review.review import read_review
from tests.builders import Built
from tests.documents import SESSION
from tests.private import only_mine

MOVED = ("contest-01.mp4",)


@pytest.fixture
def drive(tmp_path: Path) -> Path:
    (tmp_path / "另一块硬盘").mkdir()
    return tmp_path / "另一块硬盘"


@pytest.fixture
def moved(session, drive: Path) -> Built:
    """A contest whose film went on on another drive."""
    built = session(on_spare=MOVED)
    place = place_of(drive, built.folder.path.name, SESSION)
    make_place(place)
    point_to(built.folder.pointer, place, SESSION)
    for name in MOVED:
        (built.folder.path / name).rename(place / name)
    return built


def report_of(built: Built):
    return verify(built.folder.path, built.organizer_key)


def unplug(drive: Path) -> None:
    drive.rename(drive.with_name("in a drawer"))


def test_both_places_are_one_session(moved: Built, drive: Path):
    folder = moved.folder
    assert [path.name for path in folder.tracks()] == [
        "screen-01.mp4",
        "identity-01.mp4",
        "contest-01.mp4",
    ]
    assert without_prefix(str(folder.file("contest-01.mp4").parent.parent)) == str(drive)
    assert folder.file("screen-01.mp4").parent == folder.path
    assert (report_of(moved).verdict, report_of(moved).findings) == (Verdict.AUTHENTIC, ())
    assert only_mine(folder.pointer)
    assert only_mine(folder.file("contest-01.mp4").parent)


def test_unplugged_the_rest_is_asked_for_and_nothing_is_called_cut(moved: Built, drive: Path):
    unplug(drive)
    report = report_of(moved)
    assert report.verdict is Verdict.INCOMPLETE
    (away,) = (f for f in report.findings if f.code == "file_away")
    assert "请接上那块硬盘" in away.text.zh
    assert SESSION in away.text.zh
    assert {gap.cause for gap in report.gaps} == {"这一段在另一块硬盘上，请接上"}
    assert not moved.folder.has_spare_now
    (note,) = (note for note in read_review(moved.folder.path).notes if "硬盘" in note.zh)
    assert "contest-01.mp4 这一段在另一块硬盘上" in note.zh


def test_a_file_that_never_was_on_the_other_drive_is_missing_all_the_same(moved: Built, drive):
    unplug(drive)
    moved.folder.file("screen-01.mp4").unlink()
    report = report_of(moved)
    assert report.verdict is Verdict.TAMPERED
    assert [f.file for f in report.findings if f.code == "file_missing"] == ["screen-01.mp4"]


def test_removed_from_the_other_drive_it_is_missing(moved: Built):
    moved.folder.file("contest-01.mp4").unlink()
    report = report_of(moved)
    assert report.verdict is Verdict.TAMPERED
    assert [f.file for f in report.findings if f.code == "file_missing"] == ["contest-01.mp4"]


def test_what_is_changed_on_the_other_drive_is_found(moved: Built):
    path = moved.folder.file("contest-01.mp4")
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    assert report_of(moved).verdict is Verdict.TAMPERED


def test_bytes_that_a_pulled_drive_kept_prove_nothing_and_are_no_tampering(moved: Built):
    with moved.folder.file("contest-01.mp4").open("ab") as file:
        file.write(b"never journalled")
    report = report_of(moved)
    assert report.verdict is Verdict.INCOMPLETE
    assert [f.code for f in report.findings] == ["file_cut_off"]


def test_copied_back_it_counts_here(moved: Built, drive: Path):
    data = moved.folder.file("contest-01.mp4").read_bytes()
    (moved.folder.path / "contest-01.mp4").write_bytes(data)
    assert moved.folder.file("contest-01.mp4").parent == moved.folder.path
    assert len(moved.folder.tracks()) == 3
    unplug(drive)
    assert report_of(moved).verdict is Verdict.AUTHENTIC


def test_retention_counts_both_places(moved: Built, drive: Path):
    whole = retention_of(moved.folder.path, 0).bytes
    size = moved.folder.file("contest-01.mp4").stat().st_size
    unplug(drive)
    assert whole - retention_of(moved.folder.path, 0).bytes == size


def test_the_folder_alone_tells_nothing_of_this_computer(moved: Built, drive: Path):
    for path in moved.folder.path.iterdir():
        assert str(drive).encode() not in path.read_bytes(), path.name


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"[]",
        b'{"session": "x", "folder": "/data/r-x"}',
        b'{"session": 5, "folder": "/data"}',
        json.dumps({"session": SESSION}).encode(),
        json.dumps({"session": SESSION, "folder": 7}).encode(),
        json.dumps({"session": SESSION, "folder": f"r-{SESSION}"}).encode(),
        json.dumps({"session": SESSION, "folder": "/data/another"}).encode(),
        json.dumps({"session": SESSION, "folder": f"/data/../etc/r-{SESSION}"}).encode(),
        b" " * 4096 + json.dumps({"session": SESSION, "folder": f"/data/r-{SESSION}"}).encode(),
        b"[" * 4000,
    ],
)
def test_a_pointer_that_says_anything_else_is_not_followed(tmp_path: Path, said: bytes):
    (tmp_path / "spare.json").write_bytes(said)
    assert pointed_to(tmp_path / "spare.json") is None


@pytest.mark.skipif(sys.platform == "win32", reason="an account of Windows may not make links")
def test_only_plain_files_of_a_plain_folder_are_taken(moved: Built, drive: Path, tmp_path: Path):
    folder = moved.folder
    place = folder.file("contest-01.mp4").parent
    secret = tmp_path / "secret"
    secret.write_bytes(b"somebody else's")
    (place / "screen-02.mp4").symlink_to(secret)
    (place / "screen-03.mp4").mkdir()
    (place / "journal.jsonl").write_bytes(b"another journal")
    assert {path.name for path in folder.tracks()} == {
        "screen-01.mp4",
        "identity-01.mp4",
        "contest-01.mp4",
    }
    assert folder.file("screen-02.mp4").parent == folder.path
    assert folder.file("journal.jsonl") == folder.journal
    place.rename(drive / "elsewhere")
    place.symlink_to(drive / "elsewhere")
    assert not folder.file("contest-01.mp4").exists()
    assert not folder.has_spare_now


def test_what_a_spare_folder_must_be(drive: Path, tmp_path: Path, monkeypatch):
    same = trouble_with_spare(drive, tmp_path)
    assert same is not None
    assert "同一块硬盘" in same.zh
    missing = trouble_with_spare(drive / "none", tmp_path)
    assert missing is not None
    assert "没有接上" in missing.zh
    monkeypatch.setattr(spare, "device_of", lambda path: ("", len(str(path))))
    assert trouble_with_spare(drive, tmp_path) is None
    monkeypatch.setattr(spare, "free_bytes", lambda _: 1000)
    little = trouble_with_spare(drive, tmp_path)
    assert little is not None
    assert "空间不足" in little.zh
    for why in (same, missing, little):
        assert str(drive) not in why.zh + why.en  # the journal says it
    with pytest.raises(StorageError, match="Spare folder"):
        require_spare(drive / "none", tmp_path / "not" / "yet")


def test_the_setting_of_the_computer(monkeypatch, drive: Path):
    monkeypatch.delenv("SAIJIAN_SPARE", raising=False)
    assert spare_root() is None
    monkeypatch.setenv("SAIJIAN_SPARE", str(drive))
    assert spare_root() == drive


@pytest.mark.skipif(sys.platform == "win32", reason="an account of Windows may not make links")
def test_a_place_that_is_a_link_is_refused(drive: Path, tmp_path: Path):
    place = place_of(drive, "录像" * 200, SESSION)
    assert len(os.fsencode(place.name)) < 255
    place.symlink_to(tmp_path)
    with pytest.raises(FileExistsError):
        make_place(place)


def test_without_a_pointer_nothing_is_away(tmp_path: Path):
    folder = SessionFolder(tmp_path / "s").create()
    assert folder.spare is None
    assert not folder.has_spare_now
