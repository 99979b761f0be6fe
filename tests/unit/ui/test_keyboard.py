"""Without a mouse: all has a name, Tab goes as one reads, what has the focus looks it."""

import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QComboBox,
    QLineEdit,
    QListWidget,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from client.attempt.states import State
from client.ui.app import dress
from client.ui.pages import status
from client.ui.settings import Settings
from client.ui.widgets.rail import Rail
from client.ui.widgets.ribbon import Ribbon
from tests import scenes
from tests.simulators.session import made_check
from tests.unit.ui.conftest import dressed, start_point

CONTROLS = (QAbstractButton, QLineEdit, QComboBox, QListWidget)
SLOW = ("05-checking", "05-checked", "24-", "25-", "26-", "27-")
"""They work for seconds; tests of their own look at them."""
SHOWN = [name for name in scenes.scenes() if not name.startswith(SLOW)]
ASIDES = [name for name in scenes.scenes() if name.startswith(("24-", "25-", "26-"))]
LEAST_CHANGED = 40
"""Pixels by which a control with the focus differs."""


def several_failed(app, window, made):
    """Run checks that end in another order than they are shown in."""

    def late():
        time.sleep(0.2)
        return made_check("worst", "fail").probe()

    parts = {"probe": late, "fix": "network"}
    made.checks_here = (made_check("worst", "fail", **parts), made_check("less", "warn"))
    window.page.big.chosen.emit()
    scenes.wait(app, 0.8)


def deleting(app, look, settings):
    """Ask to delete a kept recording."""
    with scenes.scenes()["25-retention"](app, look, settings) as window:
        page = window.aside.page
        page._ask(next(iter(page.cards)))
        yield page.question


WALKED: dict[str, Callable] = {
    **{name: scenes.scenes()[name] for name in (*SHOWN, *ASIDES)},
    "05-several-failed": scenes.session(State.CONSENTED, then=several_failed),
    "25-deleting": contextmanager(deleting),
}


@pytest.fixture
def shown(qapp, request, monkeypatch):
    """Show one scene, as `make screenshots` draws it."""
    monkeypatch.setattr(status, "ARM_MS", 1)  # the big button takes the focus now, not later
    settings = start_point().settings
    look = dressed(qapp, start_point())
    with WALKED[request.param](qapp, look, settings) as widget:
        yield widget
    running = [t for t in threading.enumerate() if t.name.startswith("window-")]
    for thread in running:
        thread.join(10)


def walked(window):
    """Return what has the focus after each Tab, from the first of them until it comes again."""
    window.activateWindow()
    scenes.wait(QApplication.instance(), 0.05)
    seen: list[QWidget] = []
    focused = QApplication.focusWidget()
    while True:
        QTest.keyClick(focused or window, Qt.Key.Key_Tab)
        focused = QApplication.focusWidget()
        if focused in seen:
            return seen[seen.index(focused) :]
        seen.append(focused)


def place(control, window):
    """Return the part of the window and the place there: the strip on top is read first."""
    regions = [2 if isinstance(p, Rail) else 0 for p in ancestors(control) if is_region(p)]
    at = QRect(control.mapTo(window, QPoint(0, 0)), control.size())
    return (regions or [1])[0], at


def ancestors(control):
    while (control := control.parentWidget()) is not None:
        yield control


def is_region(widget):
    return isinstance(widget, Rail | Ribbon)


def is_read_before(one, other):
    """Tell whether a reader comes to the place `one` first: above, or left in the same line."""
    (region, at), (other_region, other_at) = one, other
    if region != other_region:
        return region < other_region
    if at.bottom() < other_at.center().y() and at.center().y() < other_at.top():
        return True
    is_line = at.top() <= other_at.center().y() <= at.bottom()
    return is_line and at.left() < other_at.left()


@pytest.mark.parametrize("shown", WALKED, indirect=True)
def test_every_control_of_every_picture_is_named_and_reached_by_tab_as_one_reads(shown):
    window = shown.window()
    controls = {c for kind in CONTROLS for c in shown.findChildren(kind) if c.isVisible()}
    assert controls
    assert [type(c).__name__ for c in controls if not c.accessibleName()] == []
    wanted = {c for c in controls if c.window() is window and c.isEnabled()}
    wanted -= {c for c in wanted if isinstance(c, QRadioButton) and not c.isChecked()}
    way = walked(window)
    names = [control.accessibleName() for control in way]
    assert [c.accessibleName() for c in wanted - set(way)] == []
    places = [place(control, window) for control in way]
    steps = [*pairwise(range(len(way))), (len(way) - 1, 0)]
    back = [(names[a], names[b]) for a, b in steps if is_read_before(places[b], places[a])]
    assert len(back) <= 1, back  # once round


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
