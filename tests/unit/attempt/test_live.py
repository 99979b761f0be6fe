"""Taking a session up asks for the next log-in; a stored, lost or rehearsed one does not."""

import threading
import time

import pytest

from client.attempt import live
from client.attempt.checking import checkup_of
from client.attempt.live import LiveSession
from client.base import autostart
from client.base.clock import SECOND_US, utc_us
from client.base.errors import RecorderError
from client.contest.plan import load_plan
from client.evidence.layout import SessionFolder
from client.recorder.setup import Devices, RecorderSetup, save_setup
from client.upload.comeback import come_back
from client.upload.process import upload
from client.upload.watch import Ending, Habits
from client.upload.worker import Worker
from tests.builders import Script, build_session
from tests.unit.recorder.test_control import STATUS

SESSION = "6f1a5c1e-0f7e-4f0a-9d7e-2f6b8b5c9d10"


@pytest.fixture(autouse=True)
def settings(monkeypatch, tmp_path):
    """Keep what is written away from this user, and start no process."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
    monkeypatch.setattr(autostart, "NAME", "SaiJian-test")
    monkeypatch.setattr(live.RecorderSupervisor, "start", lambda self: None)
    monkeypatch.setattr(live, "ensure_running", lambda folder: None)
    yield
    autostart.take_back()


@pytest.fixture
def stored(tmp_path):
    """Give a session that the organizer has stored."""
    folder = build_session(tmp_path, Script(seconds=6)).folder
    plan = load_plan(folder.plan.read_bytes()).plan
    setup = RecorderSetup(
        session=SESSION, purpose="contest", devices=Devices(), paper=plan.papers()[0].id
    )
    folder.create()
    save_setup(folder.setup, setup)
    return folder


@pytest.fixture
def unfinished(stored):
    stored.receipts.unlink()
    return stored


def look_after(folder):
    LiveSession(folder, checkup_of).close()
    assert "uploader-care" not in [thread.name for thread in threading.enumerate()]


def test_an_unfinished_session_comes_back(unfinished):
    look_after(unfinished)
    assert str(unfinished.path.name) in autostart.entry()


def test_the_organizers_time_is_what_the_recorder_heard_of_it(unfinished):
    """Enrolled late, the set-up knows nothing of the organizer's clock: receipts tell it."""
    session = LiveSession(unfinished, checkup_of)
    by_setup = session.view().organizer_now_us
    assert abs(by_setup - utc_us()) < SECOND_US
    hour_us = 3600 * SECOND_US
    said = STATUS.model_copy(update={"organizer_ahead_us": -hour_us})
    session._supervisor._said = (said, time.monotonic())
    by_recorder = session.view().organizer_now_us
    session._supervisor._said = None  # it restarts, and is silent for a while
    in_between = session.view().organizer_now_us
    session.close()
    assert abs(by_recorder - (utc_us() - hour_us)) < SECOND_US
    assert abs(in_between - (utc_us() - hour_us)) < SECOND_US


def test_a_drive_that_is_gone_for_a_while_ends_no_care(unfinished, monkeypatch):
    monkeypatch.setattr(live, "CARE_EVERY_S", 0.01)
    asked = threading.Semaphore(0)

    def fails(folder):
        asked.release()
        raise OSError(5, "gone")

    monkeypatch.setattr(live, "ensure_running", fails)
    session = LiveSession(unfinished, checkup_of)
    assert all(asked.acquire(timeout=10) for _ in range(3))
    session.close()


def test_a_stored_one_takes_back_what_it_asked_for(stored):
    come_back(stored, load_plan(stored.plan.read_bytes()).plan)
    look_after(stored)
    assert autostart.entry() == ""


def test_one_whose_folder_is_gone_leaves_it_to_the_other_that_is_unfinished(unfinished, tmp_path):
    gone = SessionFolder(tmp_path / "gone")
    come_back(gone, load_plan(unfinished.plan.read_bytes()).plan)
    assert str(gone.path) in autostart.entry()
    with pytest.raises(RecorderError):
        look_after(gone)
    assert str(unfinished.path) in autostart.entry()


@pytest.mark.parametrize(("ending", "left"), [(Ending.STORED, False), (Ending.AWAY, True)])
def test_without_a_window_the_uploader_takes_it_back(unfinished, monkeypatch, ending, left):
    come_back(unfinished, load_plan(unfinished.plan.read_bytes()).plan)
    monkeypatch.setattr(Worker, "run", lambda self: ending)
    assert upload(unfinished, Habits(), lambda progress: None) is ending
    assert bool(autostart.entry()) is left
