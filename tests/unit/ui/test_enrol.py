"""The start page: unfinished sessions first, then the form; errors above it."""

import threading

import pytest
from PySide6.QtCore import Qt

from client.attempt.states import State
from client.base.errors import EnrolmentError, OrganizerError
from client.base.text import Text
from client.contest.contestant import Role
from client.ui.pages.enrol import EnrolPage
from client.ui.pages.status import StatusPage
from client.ui.start import UnfinishedSession, Wish

WORDS = ("https://organizer.example/plan", "T-100", "CODE-1")


@pytest.fixture
def form(open_window, qtbot):
    def show(enrol=None, **changes):
        page = open_window(enrol=enrol, **changes).page
        assert isinstance(page, EnrolPage)
        qtbot.waitUntil(lambda: not page._background.is_busy("step"))
        return page

    return show


def fill(page):
    for field, text in zip((page.plan, page.ticket, page.code), WORDS, strict=True):
        field.setText(f" {text} ")


def test_the_form_enrols_in_the_background_and_shows_the_session(form, session_in, qtbot):
    seen, gate = [], threading.Event()

    def enrol(*words):
        seen.append((words, threading.current_thread() is threading.main_thread()))
        gate.wait(5)
        return session_in(State.ENROLLED)

    page = form(enrol)
    window = page.window()
    fill(page)
    page.roles[Role.BACKUP].click()
    qtbot.mouseClick(page.enrol, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(page.enrol, Qt.MouseButton.LeftButton)
    assert not page.enrol.isEnabled()
    assert page.enrol.text() == "正在联系组委会……"
    gate.set()
    qtbot.waitUntil(lambda: isinstance(window.page, StatusPage))
    assert seen == [((*WORDS, Role.BACKUP), False)]
    qtbot.waitUntil(lambda: window.page.title.text() == "先读竞赛规则")


@pytest.mark.parametrize(
    "error",
    [
        EnrolmentError(Text("验证码已用过。", "Used."), Text("请致电组委会。", "Call.")),
        OrganizerError(Text("连不上组委会。", "No."), Text("请检查网络。", "Check.")),
    ],
    ids=lambda error: error.code,
)
def test_a_refusal_is_shown_and_the_form_kept(form, qtbot, error):
    def enrol(*_):
        raise error

    page = form(enrol)
    fill(page)
    qtbot.keyClick(page.code, Qt.Key.Key_Return)
    qtbot.waitUntil(page.banner.isVisible)
    assert page.banner.accessibleName() == (
        f"{error.title.zh} {error.advice.zh} [代码 {error.code}]"
    )
    assert page.enrol.isEnabled()
    assert page.ticket.text().strip() == WORDS[1]


def test_enter_pressed_again_and_again_asks_again_and_nothing_else(form, qtbot):
    asked = []

    def enrol(*words):
        asked.append(words)
        raise EnrolmentError(Text("验证码不对。", "Wrong."), Text("请再输入。", "Again."))

    page = form(enrol)
    fill(page)
    page.code.setFocus()
    for count in (1, 2, 3):
        qtbot.keyClick(page.window().focusWidget(), Qt.Key.Key_Return)
        qtbot.keyClick(page.window().focusWidget(), Qt.Key.Key_Return)  # nervous: while it asks
        qtbot.waitUntil(lambda count=count: len(asked) == count and page.enrol.isEnabled())
        assert page.window().aside.page is None
        assert page.window().focusWidget() is page.code


@pytest.mark.parametrize(("empty", "name"), [(0, "竞赛方案"), (1, "准考证号"), (2, "一次性验证码")])
def test_a_field_left_out_is_named_and_focused(form, qtbot, empty, name):
    page = form()
    fill(page)
    field = (page.plan, page.ticket, page.code)[empty]
    field.setText("  ")
    qtbot.mouseClick(page.enrol, Qt.MouseButton.LeftButton)
    assert f"请填写{name}。" in page.banner.accessibleName()
    assert page.focusWidget() is field


def test_an_unfinished_session_comes_first_and_alone(form, session_in, qtbot):
    session = session_in(State.CONTEST)
    unfinished = [UnfinishedSession(Text("上午场", "Morning"), lambda: session)]
    page = form(unfinished=unfinished)
    window = page.window()
    (go_on,) = page.offer_buttons
    assert not page.enrol.isVisible()
    assert go_on.accessibleDescription() == "上午场"
    qtbot.waitUntil(lambda: page.focusWidget() is go_on)
    qtbot.keyClick(go_on, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: isinstance(window.page, StatusPage))
    assert window.page.session is session


def test_somebody_else_gets_the_form(form, qtbot):
    page = form(unfinished=[UnfinishedSession(Text("上午场", "Morning"), lambda: None)])
    qtbot.mouseClick(page.new_one, Qt.MouseButton.LeftButton)
    assert page.enrol.isVisible()
    assert page.plan.isVisible()


def test_an_unfinished_session_that_cannot_be_opened_is_said(form, qtbot):
    def broken():
        raise OrganizerError(Text("打不开。", "No."), Text("请重试。", "Again."))

    page = form(unfinished=[UnfinishedSession(Text("上午场", "Morning"), broken)])
    qtbot.mouseClick(page.offer_buttons[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(page.banner.isVisible)
    assert page.offer_buttons[0].isEnabled()


def test_a_plan_given_beforehand_is_filled_in(form):
    page = form(wish=Wish(plan="D:/plan.json"))
    assert page.plan.text() == "D:/plan.json"
    assert page.focusWidget() is page.ticket
