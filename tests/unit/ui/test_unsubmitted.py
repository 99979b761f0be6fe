"""Ending before the paper is over, without a hand-in, is asked once with what it means."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel

from client.attempt.states import State
from client.ui.guide import Call
from tests.simulators.session import FakeSession, make_plan


@pytest.fixture
def working(open_window, qtbot, tmp_path):
    """Return a function that shows somebody at work, the button that ends it held to the end."""

    def ends(*, before_s=60, **changes):
        session = FakeSession(tmp_path, State.CONTEST)
        session.plan = make_plan(**changes)
        session.logged_in = True
        session.now_us = session.schedule.ends_us - before_s * 1_000_000
        page = open_window(session).page
        qtbot.waitUntil(lambda: Call.END in page.quiet.buttons)
        qtbot.waitUntil(page.quiet.buttons[Call.END].isEnabled)
        page.quiet.buttons[Call.END].chosen.emit()
        return page

    return ends


def test_it_says_what_a_judge_will_see_and_staying_is_the_first_answer(working):
    question = working().question
    assert question.isVisible()
    words = "".join(part.text() for part in question.findChildren(QLabel))
    assert "11:30" in words
    assert "不完整" in words
    assert question.stay.isDefault()


def test_who_stays_is_recorded_on(working):
    page = working()
    page.question.stay.click()
    assert "end" not in page.session.calls


def test_who_wants_to_end_ends(working, qtbot):
    page = working()
    page.question.leave.click()
    qtbot.waitUntil(lambda: "end" in page.session.calls)


@pytest.mark.parametrize("changes", [{"before_s": -1}, {"rehearsal": True}])
def test_nothing_is_asked_after_the_end_or_in_a_rehearsal(working, qtbot, changes):
    page = working(**changes)
    qtbot.waitUntil(lambda: "end" in page.session.calls)
    assert page.question is None
