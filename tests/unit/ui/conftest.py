"""Windows without a screen; one fake session a test; nothing left running afterwards."""

import os
import threading

os.environ["QT_QPA_PLATFORM"] = "offscreen"

import pytest
from PySide6.QtWidgets import QApplication

from client.attempt.states import State
from client.ui.app import dress
from client.ui.look import Look
from client.ui.pages.status import StatusPage
from client.ui.settings import Settings
from client.ui.start import StartPoint, Wish
from client.ui.window import Window
from tests.simulators.session import FakeSession


@pytest.fixture
def look(qapp: QApplication) -> Look:
    return dressed(qapp, start_point())


def start_point(
    session=None,
    language="zh",
    theme="light",
    unfinished=(),
    enrol=None,
    opens=None,
    wish=None,
    **more,
):
    def refuse(*_):
        raise AssertionError("nobody enrols in this test")

    wish = wish or Wish(session.folder.path if session else None)
    opens = opens or (lambda _: session)
    settings = Settings(language=language, theme=theme)
    return StartPoint(enrol or refuse, lambda: unfinished, opens, wish, settings=settings, **more)


def dressed(qapp, start):
    """Dress the application only when the theme changes: polishing every widget again is slow."""
    settings = start.settings
    if qapp.property("theme") != settings.theme:
        dress(qapp, settings)
        qapp.setProperty("theme", settings.theme)
    return Look(settings.language, settings.theme)


@pytest.fixture
def open_window(qtbot, qapp, tmp_path):
    """Return a function that shows a window; all are closed, and their threads with them."""
    opened = []

    def open_it(session=None, **changes):
        start = start_point(session, **changes)
        window = Window(start, dressed(qapp, start))
        qtbot.addWidget(window)
        window.show()
        qtbot.waitExposed(window)
        opened.append(window)
        if session is not None:
            qtbot.waitUntil(lambda: isinstance(window.page, StatusPage))
        return window

    yield open_it
    for window in opened:
        for gate in ("gate", "step_gate"):
            session = getattr(window.page, "session", None)
            if session is not None:
                getattr(session, gate).set()
        window._may_close = True
        window.close()
    assert [t.name for t in threading.enumerate() if t.name.startswith("window-")] == []


@pytest.fixture
def session_in(tmp_path):
    """Return a function that makes a fake session in a state."""

    def make(state: State, **changes) -> FakeSession:
        return FakeSession(tmp_path, state, **changes)

    return make
