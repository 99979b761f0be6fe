"""Deleting a session deletes its own files on another drive, and never another session's."""

from __future__ import annotations

import pytest

from client.base.clock import SECOND_US
from client.evidence.layout import SessionFolder
from client.evidence.removal import delete_session
from client.evidence.retention import REMOVED, retention_of
from client.evidence.spare import make_place, place_of, point_to
from tests.builders import WALL_BASE, Script, build_session
from tests.documents import OTHER_SESSION, SESSION

LATER = WALL_BASE + 365 * 24 * 3600 * SECOND_US
FILM = "contest-01.mp4"


@pytest.fixture
def drive(tmp_path):
    (tmp_path / "drive").mkdir()
    return tmp_path / "drive"


@pytest.fixture
def moved(tmp_path, drive):
    """Return a function that makes a session whose film lies on another drive."""

    def make(session=SESSION):
        root = tmp_path / session
        built = build_session(root, Script(seconds=6, on_spare=(FILM,), session=session))
        place = place_of(drive, built.folder.path.name, session)
        make_place(place)
        point_to(built.folder.pointer, place, session)
        (built.folder.path / FILM).rename(place / FILM)
        return built.folder, place

    return make


def test_its_own_files_go_with_it(moved):
    folder, place = moved()
    assert retention_of(folder.path, LATER).spare == place
    delete_session(folder.path, LATER)
    assert not place.exists()
    assert not folder.path.exists()
    assert not folder.private.exists()


def test_a_pointer_copied_from_another_session_deletes_nothing_of_that(moved):
    folder, own = moved()
    other, place = moved(OTHER_SESSION)
    folder.pointer.write_bytes(other.pointer.read_bytes())
    assert retention_of(folder.path, LATER).spare is None
    delete_session(folder.path, LATER)
    assert (place / FILM).is_file()
    assert (own / FILM).is_file()
    assert not folder.path.exists()


def test_nor_does_one_that_is_swapped_after_the_deletion_began(moved):
    folder, _ = moved()
    other, place = moved(OTHER_SESSION)
    folder.path.rename(folder.path.with_name(folder.path.name + REMOVED))
    folder.pointer.write_bytes(other.pointer.read_bytes())
    third = build_session(folder.path.parent / "third", Script(seconds=6)).folder
    third.path.rename(folder.path.with_name("third-one"))
    third.private.rename(folder.path.with_name("third-one.private"))
    delete_session(folder.path.with_name("third-one"), LATER)
    assert (place / FILM).is_file()
    assert not folder.private.exists()


def test_without_an_opening_nothing_elsewhere_is_its_own(moved, tmp_path):
    _, place = moved()
    empty = SessionFolder(tmp_path / "empty").create()
    gone = empty.path.rename(empty.path.with_name("empty" + REMOVED))
    point_to(empty.pointer, place, SESSION)
    plain = build_session(tmp_path / "more", Script(seconds=6, purpose="recording")).folder
    plain.path.rename(tmp_path / "plain")
    plain.private.rename(tmp_path / "plain.private")
    delete_session(tmp_path / "plain", LATER)
    assert not gone.exists()
    assert (place / FILM).is_file()
