"""Language, colours and type: chosen, shown at once, kept, and never at a session's cost."""

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from client.attempt.states import State
from client.contest.contestant import Role
from client.ui.background import Lane
from client.ui.look import Look, tokens
from client.ui.pages.display import DisplayDialog
from client.ui.settings import Settings, load_settings, save_settings
from client.ui.window import Window
from tests.unit.ui.conftest import dressed, start_point

CONTRAST_TEXT, CONTRAST_LARGE = 4.5, 3.0
"""WCAG 2.2, 1.4.3: of text, and of the borders of controls (1.4.11)."""


@pytest.fixture
def choosing(qtbot, qapp, tmp_path, session_in):
    """Return a function: a window on a session, whose dress is noted."""
    opened: list[Window] = []

    def show(session=None):
        start = start_point(session)
        start = type(start)(**{**vars(start), "settings_file": tmp_path / "window.json"})
        worn: list[Settings] = []

        def dress(settings):
            worn.append(settings)
            return Look(settings.spoken, "light", settings.large)

        window = Window(start, dressed(qapp, start), dress)
        qtbot.addWidget(window)
        window.show()
        opened.append(window)
        return window, worn

    yield show
    for window in opened:
        window._may_close = True
        window.close()


def test_a_session_goes_on_in_another_language(choosing, session_in, qtbot, tmp_path) -> None:
    session = session_in(State.ENROLLED)
    window, worn = choosing(session)
    qtbot.waitUntil(lambda: getattr(window.page, "view", None) is not None)
    qtbot.waitUntil(window.page.big.isEnabled)
    window.page.big.click()  # the rules are read
    qtbot.waitUntil(lambda: window.page.title.text() == "录制说明与同意")
    window.page.rail.display.click()
    window.display.buttons["language", "en"].click()
    qtbot.waitUntil(lambda: window.page.view is not None)
    qtbot.waitUntil(lambda: window.page.title.text() == "What is recorded, and your consent")
    assert window.page.session is session
    assert "close" not in session.calls
    assert worn == [Settings(language="en", theme="light")]
    assert json.loads((tmp_path / "window.json").read_bytes())["language"] == "en"


def test_what_was_typed_and_chosen_stays(choosing, qtbot) -> None:
    window, _ = choosing()
    qtbot.waitUntil(lambda: not window.background.is_busy(Lane.STEP))
    before = window.page
    for field, text in zip(
        (window.page.plan, window.page.ticket), ("http://x", "T-1"), strict=True
    ):
        field.setText(text)
    window.page.roles[Role.BACKUP].click()
    window.page.rail.display.click()
    window.display.large.click()
    assert window.page is not before
    assert (window.page.plan.text(), window.page.ticket.text()) == ("http://x", "T-1")
    assert window.page.roles[Role.BACKUP].isChecked()


def test_the_keyboard_reaches_every_choice(qtbot, look, qapp) -> None:
    window, said = qapp.activeWindow(), []
    dialog = DisplayDialog(look, Settings(), window)
    qtbot.addWidget(dialog)
    dialog.changed.connect(said.append)
    dialog.show()
    dialog.buttons["theme", "system"].setFocus()
    QTest.keyClick(dialog.buttons["theme", "system"], Qt.Key.Key_Right)
    QTest.keyClick(dialog.large, Qt.Key.Key_Space)
    assert dialog.settings.large
    assert all(button.accessibleName() for button in dialog.buttons.values())


@pytest.mark.parametrize("rubbish", [b"", b"{", b'{"theme": "pink"}', b'{"large": "yes"}'])
def test_rubbish_is_as_the_system_has_it(tmp_path: Path, rubbish: bytes) -> None:
    file = tmp_path / "window.json"
    file.write_bytes(rubbish)
    assert load_settings(file) == Settings()


def test_what_was_chosen_is_there_again(tmp_path: Path) -> None:
    chosen = Settings(language="en", theme="contrast", large=True)
    save_settings(tmp_path / "window.json", chosen)
    assert load_settings(tmp_path / "window.json") == chosen
    save_settings(tmp_path / "no" / "window.json", chosen)  # said in the log, nothing else


def test_large_type_is_a_quarter_larger_everywhere() -> None:
    plain, large = Look("zh", "light"), Look("zh", "light", is_large=True)
    for name in ("small", "base", "body", "action", "control"):
        assert large.size(name) == round(plain.size(name) * 1.25)
    for name in ("pad", "title", "big"):  # spaces, and what is large already
        assert large.size(name) == plain.size(name)
    assert f"font-size: {large.size('title')}px" in large.style_sheet()
    assert large.font().pixelSize() == large.size("base")


@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
def test_every_theme_can_be_read(theme: str) -> None:
    colours = tokens()[theme]
    assert set(colours) == set(tokens()["light"])
    for ground in ("ground", "surface", "rail"):
        for ink in ("text", "muted", "accent", "good", "warn", "bad", "quiet"):
            assert contrast(colours[ink], colours[ground]) >= CONTRAST_TEXT, (ink, ground)
        assert contrast(colours["edge"], colours[ground]) >= CONTRAST_LARGE, ground
    for tone in ("good", "warn", "bad", "quiet"):
        assert contrast(colours["text"], colours[f"{tone}_soft"]) >= CONTRAST_TEXT, tone
    assert contrast(colours["on_accent"], colours["accent"]) >= CONTRAST_TEXT
    if theme == "contrast":
        assert contrast(colours["text"], colours["ground"]) >= 20


def contrast(one: str, other: str) -> float:
    """Return the ratio of WCAG 2.2 for two colours `#RRGGBB`."""
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
