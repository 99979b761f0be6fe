"""Shutting Windows down while the window films: the real messages, to the real window.

The reason that Windows shows is not kept by Wine: tests/unit/ui/test_session_end.py, and by hand.
"""

from __future__ import annotations

import sys

import pytest

from client.attempt.states import State
from client.ui.window import Window
from tests.simulators.session import FakeSession

if sys.platform == "win32":
    import ctypes
    from ctypes.wintypes import HWND, LPARAM, UINT, WPARAM

    user = ctypes.WinDLL("user32", use_last_error=True)
    user.SendMessageW.argtypes = [HWND, UINT, WPARAM, LPARAM]

WM_QUERYENDSESSION, WM_ENDSESSION = 0x11, 0x16
LOGOFF = 0x8000_0000


@pytest.fixture
def show(qtbot, qapp, tmp_path):
    """Return a function that shows the window of a session in a state."""
    from client.ui.app import dress
    from client.ui.settings import Settings
    from client.ui.start import StartPoint, Wish

    def show_it(state):
        session = FakeSession(tmp_path, state)
        wish = Wish(session.folder.path)
        settings = Settings(language="zh", theme="light")
        start = StartPoint(None, lambda: (), lambda _: session, wish, settings=settings)
        window = Window(start, dress(qapp, settings))
        qtbot.addWidget(window)
        window.show()
        qtbot.waitUntil(lambda: getattr(window.page, "view", None) is not None)
        return window

    return show_it


def close(window, qtbot):
    window._may_close = True
    with qtbot.waitSignal(window.closed):
        window.close()


def asked(window, why=0) -> int:
    return user.SendMessageW(int(window.winId()), WM_QUERYENDSESSION, 0, why)


@pytest.mark.parametrize("why", [0, LOGOFF])
def test_while_filming_the_window_says_no_and_why(show, qtbot, why):
    window = show(State.CONTEST)
    assert asked(window, why) == 0
    user.SendMessageW(int(window.winId()), WM_ENDSESSION, 0, why)  # cancelled by the person
    assert window.isVisible()
    assert asked(window, why) == 0  # it is asked anew each time
    user.SendMessageW(int(window.winId()), WM_ENDSESSION, 0, why)
    close(window, qtbot)


@pytest.mark.parametrize("state", [State.ENROLLED, State.UPLOADING, State.STORED])
def test_with_no_recording_to_lose_it_agrees(show, qtbot, state):
    window = show(state)
    assert asked(window) == 1
    user.SendMessageW(int(window.winId()), WM_ENDSESSION, 0, 0)
    close(window, qtbot)
