"""Without a mouse: every control of every picture has a name; what has the focus looks it."""

import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QComboBox,
    QLineEdit,
    QListWidget,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from client.ui.app import dress
from client.ui.pages import status
from client.ui.settings import Settings
from tests import scenes
from tests.unit.ui.conftest import start_point

CONTROLS = (QAbstractButton, QLineEdit, QComboBox, QListWidget)
SLOW = ("05-checking", "05-checked", "24-", "25-", "26-", "27-")
"""They work for seconds; tests of their own look at them."""
SHOWN = [name for name in scenes.scenes() if not name.startswith(SLOW)]
LEAST_CHANGED = 40
"""Pixels by which a control with the focus differs."""


@pytest.fixture
def shown(qapp, request, monkeypatch):
    """Show one scene, as `make screenshots` draws it."""
    monkeypatch.setattr(status, "ARM_MS", 1)  # the big button takes the focus now, not later
    settings = start_point().settings
    look = dress(qapp, settings)
    qapp.setProperty("theme", settings.theme)
    with scenes.scenes()[request.param](qapp, look, settings) as widget:
        yield widget
    running = [t for t in threading.enumerate() if t.name.startswith("window-")]
    for thread in running:
        thread.join(10)


@pytest.mark.parametrize("shown", SHOWN, indirect=True)
def test_every_control_of_every_picture_is_named(shown):
    controls = [c for kind in CONTROLS for c in shown.findChildren(kind) if c.isVisible()]
    assert controls
    assert [type(c).__name__ for c in controls if not c.accessibleName()] == []


def a_push_button(role: str) -> QPushButton:
    made = QPushButton("按钮")
    made.setProperty("role", role)
    return made


@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
@pytest.mark.parametrize(
    "make",
    [
        *((lambda role=role: a_push_button(role)) for role in ("quiet", "small", "big")),
        lambda: QCheckBox("同意"),
        lambda: QRadioButton("主机"),
        QLineEdit,
        QComboBox,
        QListWidget,
    ],
    ids=["quiet", "small", "big", "tick", "radio", "line", "choice", "list"],
)
def test_the_focus_is_seen(qapp, qtbot, theme, make):
    dress(qapp, Settings(language="zh", theme=theme))
    qapp.setProperty("theme", None)  # the next test dresses it again
    holder, control, other = QWidget(), make(), QPushButton("别处")
    column = QVBoxLayout(holder)
    column.addWidget(control)
    column.addWidget(other)
    qtbot.addWidget(holder)
    holder.show()
    holder.activateWindow()
    qtbot.waitExposed(holder)
    pictures = []
    for focused in (other, control):
        focused.setFocus(Qt.FocusReason.TabFocusReason)
        qtbot.waitUntil(focused.hasFocus)
        pictures.append(control.grab().toImage())
    before, after = pictures
    changed = sum(
        before.pixel(x, y) != after.pixel(x, y)
        for x in range(before.width())
        for y in range(before.height())
    )
    assert changed >= LEAST_CHANGED
