"""Every page on a notebook's screen: nothing to scroll for, in both languages; no word cut off."""

import pytest
from PySide6.QtWidgets import QLabel, QPushButton

from client.attempt.states import State
from client.attempt.view import Sent
from client.base.text import Text
from client.identity.coach import Coaching
from client.identity.faults import Fault
from client.identity.steps import Step, Walk, steps_of
from client.ui.app import dress
from client.ui.guide import NOTHING_YET, Memory
from client.ui.settings import Settings
from client.ui.window import HEIGHT, WIDTH, Window
from tests.simulators.session import FakeSession
from tests.unit.ui.conftest import start_point

PAGES = [
    *((state, NOTHING_YET) for state in State),
    (State.ENROLLED, Memory(rules_read=True)),
    (State.CONTEST, Memory(site_opened=True)),
    (State.CONTEST, Memory(logged_in=True)),
]
STEPS = steps_of(back=True, sentence=True)
LONGEST = Coaching(
    Walk(STEPS, at=STEPS.index(Step.CARD_FRONT), lacking=Fault.GLARE),
    may_skip=True,
    is_working=True,
)


@pytest.fixture(
    scope="module",  # the most costly thing here: once for all pages of a language and size
    params=[("zh", False), ("en", False), ("zh", True), ("en", True)],
    ids=["zh", "en", "zh-large", "en-large"],
)
def dressed(request, qapp):
    language, is_large = request.param
    settings = Settings(language=language, theme="light", large=is_large)
    yield settings, dress(qapp, settings)
    qapp.setProperty("theme", None)  # the next test dresses it again


def is_cut(words: QLabel) -> bool:
    """Tell whether some of a label's words or lines lie outside it."""
    if words.wordWrap():
        return words.height() < words.heightForWidth(words.width())
    hint = words.sizeHint()
    return words.width() < hint.width() or words.height() < hint.height()


@pytest.mark.parametrize(("state", "memory"), PAGES)
def test_a_page_fits(dressed, state, memory, qtbot, tmp_path):
    settings, look = dressed
    session = FakeSession(tmp_path, state)
    session.coaching = LONGEST
    session.sources = {"camera": ("slate", "摄像头没有新画面")}
    said = Text("连不上组委会服务器，会自动重试。", "The organizer cannot be reached; tried again.")
    session.sent = Sent(412_000_000, 398_000_000, None, "203.0.113.45", said)
    window = Window(start_point(), look)
    qtbot.addWidget(window)
    window.resize(WIDTH, HEIGHT)
    window.show()
    window.show_session(session, memory)
    page = window.page
    qtbot.waitUntil(lambda: page.view is not None)
    qtbot.wait(120)
    try:
        assert (window.width(), window.height()) == (WIDTH, HEIGHT)
        assert page.area.horizontalScrollBar().maximum() == 0
        if not settings.large or state is State.IDENTITY:
            assert page.area.verticalScrollBar().maximum() == 0
        for button in page.findChildren(QPushButton):
            if button.isVisible():
                assert button.width() >= button.sizeHint().width(), button.text()
        outside = page.area.widget()
        for words in page.findChildren(QLabel):
            if words.isVisible() and not outside.isAncestorOf(words):
                assert not is_cut(words), (words.text(), words.size())
    finally:
        window._may_close = True
        window.close()
