"""Only a trial is deleted like a trial: whatever else lies there stays, and is said to stay."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from client.base.errors import StateError, StorageError
from client.base.files import FileLock
from client.contest.signed import canonical
from client.evidence import trials
from client.evidence.retention import REMOVED
from client.evidence.trials import (
    OWNER,
    abandoned_trials,
    delete_trial,
    require_trial,
    trial_folder,
)
from tests.builders import Script, build_session
from tests.documents import plan_document
from tests.private import only_mine


@pytest.fixture
def root(tmp_path: Path) -> Path:
    place = tmp_path / "trials"
    place.mkdir()
    return place


def built(where: Path, **script: object) -> Path:
    where.mkdir(parents=True, exist_ok=True)
    return build_session(where, Script(seconds=6, **script)).folder.path


def a_trial(root: Path, name: str = "20261126-200000-1", **script: object) -> Path:
    """A trial as it lies there at its end: the session and the organizer's copy of it."""
    path = root / name
    session = built(
        path / "sessions" / "mine", **{"purpose": "rehearsal", "rehearsal_plan": True, **script}
    )
    organizer = path / "organizer"
    (organizer / "plans").mkdir(parents=True)
    for place in (organizer / "plan.json", organizer / "plans" / "ab.json"):
        shutil.copy(session / "plan.json", place)
    shutil.copytree(session, organizer / "sessions" / "one")
    return path


def everything(root: Path) -> set[str]:
    return {str(path.relative_to(root)) for path in root.rglob("*")}


# ---- what goes -----------------------------------------------------------------------------------
def test_a_trial_goes_whole_and_its_place_with_it(root: Path) -> None:
    path = a_trial(root)
    assert list(path.rglob("identity-01.mp4"))
    delete_trial(path, root)
    assert not root.exists()


def test_another_trial_beside_it_stays(root: Path) -> None:
    path, other = a_trial(root), a_trial(root, "20261126-210000-2")
    before = everything(other)
    delete_trial(path, root)
    assert everything(other) == before


def test_one_that_never_came_to_a_plan_goes(root: Path) -> None:
    path = root / "20261126-200000-1"
    (path / "organizer" / "plans").mkdir(parents=True)
    (path / "organizer" / "organizer-key.pem").write_bytes(b"key")
    delete_trial(path, root)
    assert not root.exists()


def test_a_torn_first_line_of_a_trial_holds_nothing_up(root: Path) -> None:
    path = a_trial(root)
    for journal in path.rglob("journal.jsonl"):
        journal.write_bytes(journal.read_bytes()[:100])
    delete_trial(path, root)
    assert not root.exists()


def test_what_was_half_deleted_is_gone_on_with(root: Path) -> None:
    path = a_trial(root)
    path = path.rename(path.with_name(path.name + REMOVED))
    for plan in path.rglob("plan.json"):
        plan.unlink()
    assert abandoned_trials(root) == [path]
    delete_trial(path, root)
    assert not root.exists()


def test_what_cannot_be_deleted_is_told(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = a_trial(root)
    monkeypatch.setattr(trials.shutil, "rmtree", lambda *_, **__: None)
    with pytest.raises(StorageError):
        delete_trial(path, root)
    assert [left.suffix for left in root.iterdir()] == [REMOVED]


# ---- what stays ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "script",
    [
        {"purpose": "contest", "rehearsal_plan": False},
        {"purpose": "contest", "rehearsal_plan": True},
        {"purpose": "rehearsal", "rehearsal_plan": False},
        {"purpose": "recording", "rehearsal_plan": False},
        {"purpose": "contest", "rehearsal_plan": False, "close": False},
    ],
    ids=str,
)
@pytest.mark.parametrize("place", [".", "sessions", "organizer/sessions", "anywhere/else"])
def test_any_recording_that_is_no_trial_stays(root: Path, script: dict, place: str) -> None:
    path = a_trial(root)
    built(path / place, **script)
    before = everything(root)
    with pytest.raises(StateError):
        delete_trial(path, root)
    assert everything(root) == before


def test_a_session_alone_stays(root: Path) -> None:
    session = built(root)
    with pytest.raises(StateError):
        delete_trial(session, root)
    assert (session / "identity-01.mp4").exists()


@pytest.mark.parametrize("damage", ["plan", "journal", "no plan", "another plan"])
def test_damage_holds(root: Path, damage: str) -> None:
    path = a_trial(root)
    (film,) = (path / "sessions").rglob("identity-01.mp4")
    session = film.parent
    if damage == "plan":
        (session / "plan.json").write_bytes(b"{}")
    elif damage == "journal":
        (session / "journal.jsonl").write_bytes(b"?\n")
    else:
        other = plan_document(Ed25519PrivateKey.generate(), rehearsal=True)
        for plan in [*path.rglob("plan.json"), *path.rglob("plans/*.json")]:
            plan.unlink()
            if damage == "another plan":  # these recordings were made under none of these
                plan.write_bytes(canonical(other))
    with pytest.raises(StateError):
        delete_trial(path, root)
    assert session.exists()


def test_pictures_of_which_nothing_says_whose_they_are_hold(root: Path) -> None:
    path = root / "20261126-200000-1"
    path.mkdir()
    (path / "identity-01.mp4").write_bytes(b"face")
    with pytest.raises(StateError):
        delete_trial(path, root)
    assert (path / "identity-01.mp4").exists()


def test_a_plan_of_a_contest_alone_holds(root: Path) -> None:
    """An enrolled session whose recording has not begun."""
    path = a_trial(root)
    enrolled = path / "sessions" / "contest-1"
    enrolled.mkdir()
    document = plan_document(Ed25519PrivateKey.generate())
    (enrolled / "plan.json").write_bytes(canonical(document))
    with pytest.raises(StateError):
        delete_trial(path, root)
    assert enrolled.exists()


@pytest.mark.parametrize("kind", ["a link in it", "a link to it", "elsewhere", "above", "deeper"])
def test_only_a_folder_of_its_place_is_a_trial(root: Path, tmp_path: Path, kind: str) -> None:
    real = a_trial(tmp_path / "elsewhere")
    path = root / "20261126-200000-1"
    if kind == "a link in it":
        path.symlink_to(real, target_is_directory=True)
    elif kind == "a link to it":
        path.symlink_to(a_trial(root, "20261126-200000-2"), target_is_directory=True)
    elif kind == "elsewhere":
        path = real
    elif kind == "above":
        path = root / "20261126-200000-1" / ".." / ".." / "elsewhere"
    else:
        path = a_trial(root) / "sessions"
    with pytest.raises(StateError):
        require_trial(path, root)
    with pytest.raises(StateError):
        delete_trial(path, root)
    assert list(real.rglob("identity-01.mp4"))


def test_a_link_inside_is_not_followed(root: Path, tmp_path: Path) -> None:
    session = built(tmp_path / "sessions")
    path = a_trial(root)
    (path / "sessions" / "link").symlink_to(session, target_is_directory=True)
    delete_trial(path, root)
    assert (session / "identity-01.mp4").exists()


@pytest.mark.parametrize("lock", ["recorder.lock", "uploader.lock", "serve.lock", OWNER])
def test_what_is_at_work_stays(root: Path, lock: str) -> None:
    path = a_trial(root)
    held = FileLock(path / lock)
    assert held.acquire()
    try:
        with pytest.raises(StateError):
            delete_trial(path, root)
    finally:
        held.release()
    assert path.exists()


# ---- whose it is ---------------------------------------------------------------------------------
def test_a_trial_with_an_owner_is_not_abandoned(root: Path) -> None:
    with trial_folder(root) as path:
        assert path.parent == root
        assert only_mine(path)
        assert abandoned_trials(root) == []
        shutil.copytree(a_trial(root, "20261126-200000-1"), path, dirs_exist_ok=True)
    assert [left.name for left in root.iterdir()] == ["20261126-200000-1"]
    assert abandoned_trials(root) == [root / "20261126-200000-1"]


def test_also_when_it_fails_nothing_of_it_is_left(root: Path) -> None:
    def fail() -> None:
        with trial_folder(root) as path:
            (path / "film").write_bytes(b"film")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert not root.exists()


def test_without_a_place_there_is_none(tmp_path: Path) -> None:
    assert abandoned_trials(tmp_path / "none") == []
