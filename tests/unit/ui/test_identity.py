"""The identity check's page: what is said, what is coarse, what is asked of the session."""

import random

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QLabel

from client.attempt.states import Event, State
from client.base.text import Text
from client.contest.plan import IdentityCheck, Rule
from client.identity.coach import Coaching
from client.identity.faults import WORDS, Fault
from client.identity.number import citizen_numbers
from client.identity.outcome import Document
from client.identity.reader import Reader
from client.identity.steps import Step, Walk, steps_of
from client.ui.guide import Moment
from client.ui.pages.identity import IdentityDetail, hidden_area
from client.ui.widgets.preview import PreviewPicture
from tests.identity_scenes import card
from tests.simulators.session import FakeSession, make_plan

STEPS = steps_of(back=False, sentence=True)
CARD = ((0.3, 0.4), (0.7, 0.4), (0.7, 0.8), (0.3, 0.8))


def at(step=Step.CARD_FRONT, **changes):
    walk = Walk(STEPS, at=STEPS.index(step) if step else len(STEPS), **changes)
    return Coaching(walk, may_skip=False, is_working=True, card=CARD)


@pytest.fixture
def detail(qtbot, look):
    plan = make_plan()
    asked = IdentityCheck(sentence=Rule(zh="我是本人参赛。", en="I am the contestant."))
    made = IdentityDetail(look, plan.model_copy(update={"identity": asked}))
    qtbot.addWidget(made)
    made.resize(760, 420)
    made.show()
    return made


def fine_jpeg():
    """Return stripes of one pixel, which any coarse square turns grey."""
    picture = np.zeros((180, 320, 3), np.uint8)
    picture[:, ::2] = 255
    return cv2.imencode(".png", picture)[1].tobytes()


@pytest.mark.parametrize("fault", list(Fault))
def test_what_is_wrong_stands_there_large(detail, look, fault):
    detail.show_coaching(at(lacking=fault))
    assert detail.words.text() == look.say(WORDS[fault][0])
    assert look.say(WORDS[fault][1]) in detail.advice.text()
    assert detail.words.accessibleName().startswith(detail.words.text())


def test_the_steps_show_what_is_behind_and_what_was_not_reached(detail):
    detail.show_coaching(at(Step.SENTENCE, skipped=(Step.FACE_AND_CARD,)))
    assert detail.steps.text().splitlines() == [
        "– 脸和证件（未达到）", "✓ 证件正面", "▶ 读一句话", "○ 摆好摄像头",
    ]  # fmt: skip
    assert "我是本人参赛。" in detail.advice.text()


def test_all_done_is_said(detail):
    detail.show_coaching(at(None))
    assert detail.words.text() == "都通过了"


def test_going_on_is_offered_only_when_it_may_be(detail, qtbot):
    detail.show_coaching(at())
    assert not detail.skip.isVisible()
    offered = Coaching(Walk(STEPS), may_skip=True, is_working=False)
    detail.show_coaching(offered)
    assert detail.skip.isVisible()
    assert "自动检查暂时不可用" in detail.advice.text()
    with qtbot.waitSignal(detail.skipped):
        detail.skip.click()


def test_the_other_document_is_asked_for_and_back(detail, qtbot):
    detail.show_coaching(at())
    with qtbot.waitSignal(detail.again) as asked:
        detail.other.click()
    assert asked.args == [Document.OTHER]
    detail.show_coaching(Coaching(Walk(STEPS), False, True, (), Document.OTHER))
    assert detail.other.text() == "我用身份证"
    with qtbot.waitSignal(detail.again) as asked:
        detail.other.click()
    assert asked.args == [Document.CARD]


def test_until_the_card_is_found_all_that_may_hold_it_is_coarse():
    nowhere = Coaching(Walk((Step.CARD_FRONT,)), may_skip=False, is_working=True)
    assert hidden_area(nowhere) == (0.0, 0.0, 1.0, 1.0)
    assert hidden_area(None) == (0.0, 0.0, 1.0, 1.0)
    left, top, right, bottom = hidden_area(at())
    assert (left, top) < (0.3, 0.4)
    assert (right, bottom) > (0.7, 0.8)
    gone = Coaching(Walk((Step.PLACE,)), may_skip=False, is_working=True)
    assert hidden_area(gone) is None


def shown(preview):
    """Return the grey values of the preview as they are on the screen."""
    image = preview.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(-1, image.bytesPerLine())
    return rows[: image.height(), : image.width()].astype(float)


def grabbed(preview, times):
    """Return the preview as the screen shows it, enlarged, BGR."""
    grey = shown(preview).astype(np.uint8)
    return cv2.cvtColor(cv2.resize(grey, None, fx=times, fy=times), cv2.COLOR_GRAY2BGR)


def test_nothing_fine_is_left_where_it_is_coarse(qtbot, look):
    preview = PreviewPicture(look)
    qtbot.addWidget(preview)
    preview.resize(320, 180)
    preview.set_open(is_open=True)
    preview.show_jpeg(fine_jpeg())
    assert shown(preview)[100:120, 100:200].std() > 60
    preview.set_coarse((0.25, 0.5, 0.75, 1.0))
    assert shown(preview)[100:120, 100:220].std() < 8
    assert shown(preview)[10:40, 100:220].std() > 60
    preview.set_coarse((0.0, 0.0, 1.0, 1.0))
    assert shown(preview)[2:170, 4:300].std() < 8


@pytest.mark.parametrize("is_soft", [False, True])
def test_a_soft_picture_shows_the_card_and_no_number(qtbot, look, is_soft):
    preview = PreviewPicture(look)
    qtbot.addWidget(preview)
    preview.resize(320, 180)
    preview.set_open(is_open=True)
    if is_soft:
        preview.set_soft()
    room = np.full((180, 320, 3), 60, np.uint8)
    person = card.invented(random.Random(2))
    room[5:175, 25:295] = cv2.resize(card.draw(person), (270, 170), interpolation=cv2.INTER_AREA)
    preview.show_jpeg(cv2.imencode(".png", room)[1].tobytes())
    assert shown(preview)[20:40, 150:200].mean() > 150  # the card is there
    read = [line.text.replace(" ", "") for line in Reader().read(grabbed(preview, 4))]
    assert any(person.number in text for text in read) != is_soft
    assert not (is_soft and any(citizen_numbers(text) for text in read))


def test_the_page_follows_the_session_and_passes_on_what_is_asked(open_window, qtbot, tmp_path):
    session = FakeSession(tmp_path, State.IDENTITY)
    session.coaching = Coaching(Walk(STEPS, lacking=Fault.DARK), may_skip=True, is_working=True)
    image = QImage(64, 36, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    session.sample_picture = bytes(buffer.data().data())
    page = open_window(session).page
    qtbot.waitUntil(lambda: page.identity.words.text() == "太暗")
    assert page.identity.isVisible()
    assert not page.panel.preview.isVisible()
    qtbot.waitUntil(
        lambda: page.identity.sample.pixmap().toImage().pixelColor(9, 9) == QColor("red")
    )
    for button in (page.identity.skip, page.identity.repeat, page.identity.other):
        button.click()
    wanted = ["skip_step", "coach_again:None", "coach_again:other"]
    qtbot.waitUntil(lambda: session.calls[-3:] == wanted)


NEXT = Text("已录清楚，下一步", "It is clear, next step")


@pytest.fixture
def early(open_window, qtbot, tmp_path):
    """Return a page on which two of three steps are open, its big button pressed."""
    session = FakeSession(tmp_path, State.IDENTITY)
    session.coaching = at(Step.SENTENCE, skipped=(Step.FACE_AND_CARD,))
    page = open_window(session).page
    qtbot.waitUntil(lambda: page.big.isEnabled() and page.big.text() == NEXT.zh)
    assert page.big.property("weight") == "light"
    page.big.click()
    assert page.question.isVisible()
    return page


def test_leaving_early_is_asked_once_with_what_is_open(early):
    words = "".join(label.text() for label in early.question.findChildren(QLabel))
    assert "读一句话、摆好摄像头" in words
    assert "证件正面" not in words
    assert early.question.stay.hasFocus()
    early.question.stay.click()
    assert "begin_contest" not in early.session.calls
    assert early.big.isEnabled()


def test_who_wants_to_go_on_goes_on(early, qtbot):
    early.question.leave.click()
    qtbot.waitUntil(lambda: early.moment is not Moment.IDENTITY)
    assert early.session.calls.count("begin_contest") == 1


def test_the_plan_that_goes_on_by_itself_takes_the_question_away(early, qtbot):
    asked = early.question
    early.session.happen(Event.BEGIN_CONTEST)
    qtbot.waitUntil(lambda: early.moment is not Moment.IDENTITY)
    assert not asked.isVisible()
    assert "begin_contest" not in early.session.calls


def test_nothing_is_asked_once_all_is_done_or_nobody_coaches(open_window, qtbot, tmp_path):
    for coaching in (at(None), None):
        session = FakeSession(tmp_path, State.IDENTITY)
        session.coaching = coaching
        page = open_window(session).page
        qtbot.waitUntil(lambda page=page: page.big.isEnabled() and page.big.text() == NEXT.zh)
        assert page.big.property("weight") != "light"
        page.big.click()
        qtbot.waitUntil(lambda session=session: "begin_contest" in session.calls)
        assert page.question is None


def test_english_is_complete():
    for text in (*WORDS.values(),):
        assert all(isinstance(part, Text) and part.en.isascii() for part in text)
