"""What the window is started for, and what a later start asks of it."""

import queue
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel

from client.attempt.rehearsal import TrialWish
from client.attempt.states import State
from client.base.errors import RecorderError
from client.base.single import Single
from client.base.text import Text
from client.ui import app
from client.ui.pages.enrol import EnrolPage
from client.ui.pages.status import StatusPage
from client.ui.start import UnfinishedSession, Wish
from tests.simulators.session import make_plan
from tests.unit.ui.conftest import start_point

WISHES = [
    Wish(),
    Wish(Path("/录像/一 场")),
    Wish(plan="https://example.org/plan#key=ab"),
    Wish(technician=True),
    Wish(trial=TrialWish()),
    Wish(trial=TrialWish(Path("/录像/一 场"), "http://h/v", "desk", 1.5)),
]


@pytest.mark.parametrize("wish", WISHES)
def test_a_wish_reads_back(wish):
    assert Wish.read(wish.message()) == wish


@pytest.mark.parametrize(
    "message", ["", "no", "[]", "{}", '{"folder": 1, "plan": ""}', "[" * 100_000]
)
def test_a_message_that_says_nothing_known_is_no_wish(message):
    assert Wish.read(message) == Wish()


def test_a_session_that_cannot_be_opened_is_told_and_the_others_are_offered(
    open_window, session_in, qtbot
):
    broken = RecorderError(Text("读不出。", "Unreadable."), Text("请联系组委会。", "Ask."))
    label = Text("另一场", "Another one")
    offers = [UnfinishedSession(label, lambda: session_in(State.STORED))]

    def refuse(_):
        raise broken

    window = open_window(unfinished=offers, opens=refuse, wish=Wish(Path("/none")))
    qtbot.waitUntil(window.page.banner.isVisible)
    assert "[代码 E500]" in window.page.banner.accessibleName()
    qtbot.waitUntil(lambda: len(window.page.offer_buttons) == 1)
    assert window.page.offer_buttons[0].isEnabled()


def test_a_later_start_brings_a_minimized_window_back(open_window, session_in):
    window = open_window(session_in(State.CONTEST))
    window.showMinimized()
    assert window.isMinimized()
    window.grant(Wish())
    assert not window.isMinimized()


def test_a_later_start_fills_the_plan_in(open_window, qtbot):
    window = open_window()
    window.grant(Wish(plan="https://example.org/plan"))
    assert window.page.plan.text() == "https://example.org/plan"


def test_a_later_start_opens_its_session_from_the_start_page(open_window, session_in, qtbot):
    session = session_in(State.CONTEST)
    window = open_window(opens=lambda _: session)
    window.grant(Wish(session.folder.path))
    qtbot.waitUntil(lambda: isinstance(window.page, StatusPage))
    assert window.page.session is session


@pytest.mark.parametrize("state", sorted(set(State) - {State.STORED}))
def test_a_session_that_is_under_way_stays(open_window, session_in, state):
    session = session_in(state)
    window = open_window(session)
    page = window.page
    window.grant(Wish(Path("/another")))
    window.grant(Wish(plan="https://example.org/plan"))
    assert window.page is page
    assert session.calls == []


def test_after_a_stored_session_the_next_one_may_begin(open_window, session_in, qtbot):
    session = session_in(State.STORED)
    window = open_window(session)
    qtbot.waitUntil(lambda: window.page.view is not None)
    before = window.page
    window.grant(Wish())
    window.grant(Wish(session.folder.path))
    assert window.page is before
    window.grant(Wish(plan="https://example.org/afternoon"))
    assert isinstance(window.page, EnrolPage)
    assert window.page.plan.text() == "https://example.org/afternoon"
    qtbot.waitUntil(lambda: session.calls == ["close"])


def test_a_second_window_passes_its_wish_on_and_ends_well(monkeypatch, tmp_path):
    monkeypatch.setenv("SAIJIAN_HOME", str(tmp_path))
    monkeypatch.setattr(app, "Window", lambda *_: pytest.fail("a second window"))
    heard = queue.SimpleQueue()
    first = Single(tmp_path)
    assert first.hold()
    first.listen(heard.put)
    wish = Wish(plan="https://example.org/plan")
    assert app.run(start_point(wish=wish)) == 0
    assert Wish.read(heard.get(timeout=5)) == wish
    first.close()


def test_the_closing_window_says_that_it_comes_back_after_a_reboot(open_window, session_in, qtbot):
    said = {}
    for rehearsal in (False, True):
        window = open_window(session_in(State.CONTEST, plan=make_plan(rehearsal=rehearsal)))
        qtbot.waitUntil(lambda here=window: here.page.view is not None)
        window.close()
        qtbot.waitUntil(lambda here=window: here.dialog is not None)
        labels = window.dialog.findChildren(QLabel)
        said[rehearsal] = "".join(label.text() for label in labels)
    assert "自动打开并继续" in said[False]
    assert "自动打开并继续" not in said[True]
