"""A shutdown is refused while filming, with the reason; Windows' own messages: tests/windows."""

import pytest

from client.attempt.states import State
from client.ui import session_end
from client.ui.session_end import WHY


class Manager:
    """What Qt asks with."""

    cancelled = 0

    def cancel(self):
        self.cancelled += 1


@pytest.fixture
def reasons(monkeypatch):
    """Note what Windows would be told."""
    told = []
    monkeypatch.setattr(session_end, "say_why_to_wait", lambda *words: told.append(words))
    monkeypatch.setattr(session_end, "no_need_to_wait", lambda window: told.append((window, "")))
    return told


def refuses(window) -> bool:
    manager = Manager()
    window.session_end._asked(manager)
    return manager.cancelled == 1


def test_the_window_refuses_with_its_reason_exactly_while_it_films(
    open_window, session_in, qtbot, reasons
):
    session = session_in(State.PREFLIGHTED)
    window = open_window(session)
    qtbot.waitUntil(lambda: window.page.view is not None)
    assert not refuses(window)
    assert reasons == []
    for state in (State.IDENTITY, State.CONTEST, State.HANDED_IN):
        session.state = state
        qtbot.waitUntil(lambda now=state: window.page.view.state is now)
        assert refuses(window)
    session.state = State.ENDED
    qtbot.waitUntil(lambda: window.page.view.state is State.ENDED)
    assert not refuses(window)
    assert reasons == [(int(window.winId()), WHY.zh), (int(window.winId()), "")]
