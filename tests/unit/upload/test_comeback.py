"""Which session the next log-in opens: a contest's, until it is stored; then the next in need."""

import json
from pathlib import Path

import pytest

from client.base import autostart
from client.base.autostart import entry, line_of
from client.base.process import own_command
from client.contest.plan import load_plan
from client.evidence.layout import SessionFolder
from client.upload.comeback import come_back, stay_away
from client.upload.progress import UploadProgress, save_progress
from tests.builders import Script, build_session


@pytest.fixture(autouse=True)
def settings(monkeypatch, tmp_path):
    """Keep what is written away from this user."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
    monkeypatch.setattr(autostart, "NAME", "SaiJian-test")
    yield
    autostart.take_back()


@pytest.fixture(scope="module")
def plan_bytes(tmp_path_factory):
    return build_session(tmp_path_factory.mktemp("one"), Script(seconds=6)).folder.plan.read_bytes()


@pytest.fixture
def session(tmp_path, plan_bytes):
    """Return a function that makes an enrolled session."""

    def make(name, root=tmp_path / "张 三" / "sessions"):
        folder = SessionFolder(root / name).create()
        folder.plan.write_bytes(plan_bytes)
        return folder

    return make


def plan_of(folder, **changes):
    return load_plan(folder.plan.read_bytes()).plan.model_copy(update=changes)


def command_of(folder):
    return line_of(own_command("window", "--session", str(folder.path)))


def test_it_comes_back_until_it_is_stored(session):
    folder = session("初赛-1")
    come_back(folder, plan_of(folder))
    assert entry() == command_of(folder)
    stay_away(folder)
    assert entry() == ""
    stay_away(folder)


def test_a_rehearsal_asks_for_nothing(session):
    folder = session("rehearsal-1")
    come_back(folder, plan_of(folder, rehearsal=True))
    assert entry() == ""


@pytest.mark.parametrize("is_rehearsal", [True, False])
def test_a_rehearsal_takes_back_no_entry_that_a_contest_could_only_make_short(
    session, tmp_path, is_rehearsal
):
    """The short command names no session, so it looks like everybody's."""
    folder = session("trial-1", tmp_path / "trials")
    script = Script(seconds=6, rehearsal_plan=is_rehearsal)
    folder.plan.write_bytes(build_session(tmp_path / "one", script).folder.plan.read_bytes())
    short = own_command("window")
    autostart.ask_for(short)
    stay_away(folder)
    assert entry() == (line_of(short) if is_rehearsal else "")


def test_only_the_session_that_it_names_takes_the_entry_back(session):
    morning, afternoon = session("morning"), session("afternoon")
    come_back(morning, plan_of(morning))
    come_back(afternoon, plan_of(afternoon))
    stay_away(morning)
    assert entry() == command_of(afternoon)


def test_a_session_that_is_still_not_stored_gets_the_entry_of_one_that_is(session):
    morning, stored, afternoon = session("morning"), session("stored"), session("afternoon")
    save_progress(stored, UploadProgress(state="stored"))
    damaged = session("damaged")
    damaged.plan.write_bytes(b"{}")
    come_back(afternoon, plan_of(afternoon))
    stay_away(afternoon)
    assert entry() == command_of(morning)
    save_progress(afternoon, UploadProgress(state="stored"))
    stay_away(morning)
    assert entry() == ""


def test_a_relative_path_names_the_same_session(session, monkeypatch):
    folder = session("one")
    monkeypatch.chdir(folder.path.parent)
    come_back(SessionFolder(Path("one")), plan_of(folder))
    assert entry() == command_of(folder)
    stay_away(folder)
    assert entry() == ""


def test_too_long_a_path_leaves_the_session_to_the_start_page(session, monkeypatch):
    monkeypatch.setattr(autostart, "_fits", lambda line: "--session" not in line)
    folder = session("one")
    come_back(folder, plan_of(folder))
    assert entry() == line_of(own_command("window"))
    stay_away(folder)
    assert entry() == ""


def test_a_system_that_refuses_disturbs_nothing(session, monkeypatch, caplog):
    def refuse(*_):
        raise PermissionError

    folder = session("one")
    monkeypatch.setattr(autostart, "ask_for", refuse)
    monkeypatch.setattr(autostart, "entry", refuse)
    come_back(folder, plan_of(folder))
    stay_away(folder)
    assert len(caplog.records) == 2
    assert str(folder.path) not in json.dumps([record.message for record in caplog.records])
