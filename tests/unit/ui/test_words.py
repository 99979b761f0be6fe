"""Both languages complete, colours readable, the keyboard alone enough, every control named."""

import importlib
import pkgutil
import re
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QLineEdit,
    QProgressBar,
    QWidget,
)

import client.ui
from client.attempt.states import State
from client.attempt.view import Sent
from client.base.text import Text
from client.contest.schedule import MINUTE_US
from client.ui.guide import Call, Memory, Moment
from client.ui.look import Look, tokens
from client.ui.start import UnfinishedSession
from client.ui.window import CloseDialog

CHINESE = re.compile(r"[\u3000-\u9fff\uff00-\uffef]")


def modules():
    found = pkgutil.walk_packages(client.ui.__path__, "client.ui.")
    return [importlib.import_module(module.name) for module in found]


def texts_in(value):
    if isinstance(value, Text):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts_in(inner)
    elif isinstance(value, tuple | list):
        for inner in value:
            yield from texts_in(inner)
    elif hasattr(value, "__dataclass_fields__") and not isinstance(value, type):
        for name in value.__dataclass_fields__:
            yield from texts_in(getattr(value, name))


def test_every_sentence_is_in_both_languages_with_the_same_places():
    texts = {text for module in modules() for text in texts_in(dict(vars(module)))}
    assert len(texts) > 100
    for text in texts:
        assert not CHINESE.search(text.en), text
        assert text.en.strip(), text
        places = [set(re.findall(r"{(\w+)}", sentence)) for sentence in text]
        assert places[0] == places[1], text
        assert not re.search(r"[\u4e00-\u9fff][,;:!?()]", text.zh), text


def shown_words(root: QWidget):
    for widget in [root, *root.findChildren(QWidget)]:
        yield widget.accessibleName()
        yield widget.accessibleDescription()
        yield widget.toolTip()
        yield widget.windowTitle()
        if isinstance(widget, QLabel | QAbstractButton | QLineEdit):
            yield widget.text()
        if isinstance(widget, QLineEdit):
            yield widget.placeholderText()


def moments(page, qtbot):
    """Bring the page through every moment that its state can show."""
    for memory in (
        Memory(),
        Memory(rules_read=True),
        Memory(rules_read=True, declined=True),
        Memory(rules_read=True, site_opened=True),
    ):
        page._remember(memory)
        yield page.moment


@pytest.mark.parametrize("state", list(State))
def test_no_chinese_is_left_in_english_mode(open_window, session_in, qtbot, state):
    session = session_in(state)
    session.sent = Sent(10, 5, 1, "203.0.113.7", Text("网络断开。", "The network is away."))
    session.sources = {"camera": ("slate", ""), "sound": ("silence", "")}
    session.gaps = 1
    for recorder_alive, logged_in, shift in ((True, False, 0), (True, True, 60), (False, True, 0)):
        session.recorder_alive, session.logged_in = recorder_alive, logged_in
        session.now_us = session.schedule.filming_us + shift * MINUTE_US
        window = open_window(session, language="en")
        qtbot.waitUntil(lambda w=window: w.page.view is not None)
        for _ in moments(window.page, qtbot):
            left = {word for word in shown_words(window) if CHINESE.search(word)}
            assert not left


def test_no_chinese_is_left_on_the_other_pages(open_window, qtbot, look):
    offers = [UnfinishedSession(Text("上午场", "Morning"), lambda: None)]
    page = open_window(language="en", unfinished=offers).page
    qtbot.waitUntil(lambda: bool(page.offer_buttons))
    page._enrol()
    assert page.banner.isVisible()
    english = Look("en", "light")
    dialog = CloseDialog(english, page, Text("甲", "A"), Text("乙", "B"), filming=True)
    for root in (page.window(), dialog):
        assert not {word for word in shown_words(root) if CHINESE.search(word)}


def luminance(colour):
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


PAIRS = [
    (front, ground)
    for ground in ("ground", "surface", "rail")
    for front in ("text", "muted", "accent", "good", "warn", "bad", "quiet")
] + [
    ("on_accent", "accent"),
    ("on_accent", "accent_strong"),
    ("on_disabled", "disabled"),
    *(("text", f"{tone}_soft") for tone in ("good", "warn", "bad", "quiet")),
    ("muted", "quiet_soft"),
]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("front", "ground"), PAIRS)
def test_words_can_be_read_on_their_ground(theme, front, ground):
    colours = tokens()[theme]
    light, dark = sorted((luminance(colours[front]), luminance(colours[ground])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5  # WCAG 2.2, 1.4.3


def test_both_themes_define_the_same_tokens(look):
    assert set(tokens()["light"]) == set(tokens()["dark"])
    for theme in ("light", "dark"):
        assert "$" not in Look("zh", theme).style_sheet()


def controls(root):
    return [
        w
        for w in root.findChildren(QWidget)
        if w.isVisible() and w.isEnabled() and w.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]


def reached_by_tab(window, qtbot):
    seen = []
    for _ in range(60):
        focused = QApplication.focusWidget()
        if focused in seen:
            break
        seen.append(focused)
        qtbot.keyClick(focused or window, Qt.Key.Key_Tab)
    return seen


@pytest.mark.parametrize("state", list(State))
def test_every_control_is_named_and_reached_by_the_keyboard(open_window, session_in, qtbot, state):
    window = open_window(session_in(state))
    page = window.page
    qtbot.waitUntil(lambda: page.view is not None and not page._arm.isActive())
    for moment in moments(page, qtbot):
        page._arm.stop()
        page._enable()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        for control in controls(window):
            if isinstance(control, QAbstractButton | QLineEdit | QProgressBar):
                assert control.accessibleName(), (moment, control)
        buttons = [c for c in controls(window) if isinstance(c, QAbstractButton)]
        if not buttons:
            continue
        buttons[0].setFocus()
        reached = reached_by_tab(window, qtbot)
        assert [b.accessibleName() for b in buttons if b not in reached] == []


def test_the_form_is_walked_in_reading_order(open_window, qtbot):
    window = open_window()
    page = window.page
    qtbot.waitUntil(page.plan.hasFocus)
    reached = reached_by_tab(window, qtbot)
    wanted = [page.plan, page.browse, page.ticket, page.code, page.enrol]
    assert [w for w in reached if w in wanted] == wanted
    assert any(role in reached for role in page.roles.values())


def test_consent_is_walked_from_the_ticks_to_the_button(open_window, session_in, qtbot):
    window = open_window(session_in(State.ENROLLED))
    page = window.page
    qtbot.waitUntil(lambda: page.view is not None)
    page._remember(replace(page._memory, rules_read=True))
    for tick in page.consent.boxes.values():
        tick.setChecked(True)
    page._arm.stop()
    page._enable()
    assert page.moment is Moment.CONSENT
    qtbot.waitUntil(page.quiet.buttons[Call.DECLINE].isVisible)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    next(iter(page.consent.boxes.values())).setFocus()
    reached = reached_by_tab(window, qtbot)
    wanted = [*page.consent.boxes.values(), page.big, page.quiet.buttons[Call.DECLINE]]
    assert [w for w in reached if w in wanted] == wanted


def test_while_nothing_can_be_pressed_the_enter_key_finds_no_button(open_window, session_in, qtbot):
    session = session_in(State.ENROLLED)
    window = open_window(session)
    page = window.page
    window.activateWindow()
    qtbot.waitUntil(lambda: window.isActiveWindow() and page.big.hasFocus())
    qtbot.keyClick(page.big, Qt.Key.Key_Return)
    first, *others = page.consent.boxes.values()
    qtbot.waitUntil(first.hasFocus)
    for tick in (first, *others):
        qtbot.keyClick(tick, Qt.Key.Key_Space)
    qtbot.waitUntil(page.big.hasFocus)
    session.step_gate.clear()
    qtbot.keyClick(page.big, Qt.Key.Key_Return)
    had_focus = page.hasFocus()
    session.step_gate.set()
    assert had_focus
