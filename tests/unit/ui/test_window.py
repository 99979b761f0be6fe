"""Closing never ends a recording; what no slot caught is shown; the process stays light."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, Qt, QTimer

from client.attempt.states import State
from client.base.errors import RecorderError
from client.base.text import Text
from client.ui.app import errors_shown
from client.ui.guide import HOLD_HINT
from client.ui.widgets import hold
from client.ui.window import CLOSED, NAME, RECORDING_NAME, placed

ROOT = Path(__file__).resolve().parents[3]
FILMS = (State.IDENTITY, State.CONTEST, State.HANDED_IN)
KEEPS_ON = (*FILMS, State.ENDED, State.SEALING, State.UPLOADING)


@pytest.fixture
def window_of(open_window, qtbot):
    def show(session):
        window = open_window(session)
        qtbot.waitUntil(lambda: window.page.view is not None)
        return window

    return show


def asked(window, qtbot):
    """Close as Alt-F4 does; return the question that comes."""
    window.close()
    qtbot.waitUntil(lambda: window.dialog is not None and window.dialog.isVisible())
    assert window.isVisible()
    return window.dialog


@pytest.mark.parametrize("state", KEEPS_ON)
def test_closing_explains_first_and_ends_nothing(window_of, session_in, qtbot, state, monkeypatch):
    monkeypatch.setattr(hold, "HOLD_MS", 100)
    session = session_in(state)
    window = window_of(session)
    dialog = asked(window, qtbot)
    assert dialog.stay.isDefault()
    dialog.stay.click()
    assert window.isVisible()
    dialog = asked(window, qtbot)
    with qtbot.waitSignal(window.closed):
        if state in FILMS:
            qtbot.mousePress(dialog.leave, Qt.MouseButton.LeftButton)
        else:
            qtbot.mouseClick(dialog.leave, Qt.MouseButton.LeftButton)
    assert not window.isVisible()
    assert session.calls == (["note", "close"] if state in FILMS else ["close"])
    assert session.notes == ([CLOSED] if state in FILMS else [])
    assert session.state is state


@pytest.mark.parametrize("state", FILMS)
def test_while_filming_neither_click_nor_enter_closes(window_of, session_in, qtbot, state):
    session = session_in(state)
    window = window_of(session)
    dialog = asked(window, qtbot)
    qtbot.mouseClick(dialog.leave, Qt.MouseButton.LeftButton)
    for key in (Qt.Key.Key_Space, Qt.Key.Key_Return):
        qtbot.keyClick(dialog.leave, key)
    assert window.isVisible()
    assert dialog.isVisible()
    assert dialog.leave.accessibleDescription() == HOLD_HINT.zh
    qtbot.keyClick(dialog.stay, Qt.Key.Key_Return)
    assert not dialog.isVisible()
    assert session.calls == []


@pytest.mark.parametrize("hangs", [True, False], ids=["hangs", "refuses"])
def test_a_reason_that_is_not_journalled_does_not_hold_the_window(
    window_of, session_in, qtbot, monkeypatch, caplog, hangs
):
    monkeypatch.setattr(hold, "HOLD_MS", 50)
    monkeypatch.setattr("client.ui.window.REMARK_S", 0.2)
    session = session_in(State.CONTEST)
    window = window_of(session)
    if hangs:
        session.step_gate.clear()
    else:
        session.raises["note"] = OSError("no")
    dialog = asked(window, qtbot)
    with qtbot.waitSignal(window.closed):
        qtbot.mousePress(dialog.leave, Qt.MouseButton.LeftButton)
    assert (session.calls, session.notes) == (["note", "close"], [])
    assert "closing" in caplog.text


@pytest.mark.parametrize("state", sorted(set(State) - set(KEEPS_ON)))
def test_with_nothing_running_it_closes_at_once(window_of, session_in, qtbot, state):
    session = session_in(state)
    window = window_of(session)
    with qtbot.waitSignal(window.closed):
        window.close()
    assert session.calls == ["close"]


def test_no_thread_is_left_and_the_session_is_asked_no_more(window_of, session_in, qtbot):
    session = session_in(State.STORED)
    window = window_of(session)
    with qtbot.waitSignal(window.closed):
        window.page.big.chosen.emit()
    assert [t.name for t in threading.enumerate() if t.name.startswith("window-")] == []
    session.view = session.preview = lambda: pytest.fail("asked after closing")
    window.page._watcher._look()
    window.page._watcher._picture()


def test_a_session_that_cannot_let_go_does_not_keep_the_window(window_of, session_in, qtbot):
    session = session_in(State.STORED)
    session.raises["close"] = OSError("no")
    window = window_of(session)
    with qtbot.waitSignal(window.closed):
        window.close()


def test_the_title_says_that_it_records(window_of, session_in):
    assert window_of(session_in(State.CONTEST)).windowTitle() == RECORDING_NAME.zh
    assert window_of(session_in(State.STORED)).windowTitle() == NAME.zh


def test_what_no_slot_caught_is_shown_and_the_window_goes_on(window_of, session_in, qtbot, caplog):
    window = window_of(session_in(State.CONTEST))

    def bad_slot():
        raise RecorderError(Text("意外。", "Odd."), Text("请重试。", "Again."))

    with qtbot.captureExceptions(), errors_shown(window):
        before = sys.excepthook
        QTimer.singleShot(0, bad_slot)
        qtbot.waitUntil(window.page.banner.isVisible)
        assert sys.excepthook is before
    assert "[代码 E500]" in window.page.banner.accessibleName()
    assert "uncaught" in caplog.text
    assert window.isVisible()


@pytest.mark.parametrize(
    "screen",
    [
        QRect(0, 0, 1366, 728),
        QRect(0, 0, 1920, 1040),
        QRect(1920, 30, 1366, 738),
        QRect(0, 0, 1280, 690),
    ],
)
def test_it_begins_in_the_middle_of_the_screen_and_whole(screen):
    place = placed(screen)
    assert screen.contains(place)
    assert place.top() >= screen.top() + 32
    assert abs(place.center().x() - screen.center().x()) <= 1
    assert place.height() >= 620


CHILD = """
import json, sys, threading, time
from pathlib import Path
from PySide6.QtCore import QRect, Qt, QTimer
from client.attempt.states import State
from client.ui import app, window
from client.ui.settings import Settings
from tests.simulators.session import FakeSession

session = FakeSession(Path(sys.argv[1]), State.STORED)
window.Window.showEvent = lambda self, event: QTimer.singleShot(700, self.close)
wish = app.Wish(session.folder.path)
settings = Settings(language="en")
start = app.StartPoint(
    lambda *a: session, lambda: (), lambda path: session, wish, settings=settings
)
code = app.run(start)
until = time.monotonic() + 10  # the thread that woke the listener may still be ending
while threading.active_count() > 1 and time.monotonic() < until:
    time.sleep(0.02)
heavy = sorted({"numpy", "cv2", "av", "mss", "sounddevice"} & set(sys.modules))
print(json.dumps({"code": code, "calls": session.calls, "heavy": heavy,
                  "threads": threading.active_count()}))
"""


def test_the_whole_application_runs_ends_and_stays_light(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", CHILD, tmp_path],
        env={
            **os.environ,
            "QT_QPA_PLATFORM": "offscreen",
            "PYTHONPATH": str(ROOT),
            "SAIJIAN_HOME": str(tmp_path),
        },
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert json.loads(done.stdout) == {"code": 0, "calls": ["close"], "heavy": [], "threads": 1}
