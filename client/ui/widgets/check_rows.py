"""One check on the page: small while it runs, with found, asked and what to do where it failed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from client.base.text import Text
from client.preflight.check import Check, Outcome
from client.preflight.fixes import FixName, label_of
from client.ui.checks import VERDICTS
from client.ui.look import Look
from client.ui.widgets.parts import button, clear, copyable, label, set_property

AGAIN = Text("再试一次", "Try again")
FOUND = Text("测得", "Found")
ASKED = Text("要求", "Asked")
TO_DO = Text("怎么办", "What to do")
WAITING = Text("等待中", "waiting")
TRYING = Text("正在再试……", "trying again…")
SHOW_PASSED = Text("显示通过的 {n} 项", "Show the {n} that passed")
HIDE_PASSED = Text("收起通过的 {n} 项", "Hide the {n} that passed")
_ICON, _SMALL_ICON, COLUMNS = 22, 16, 2


class SmallRow(QWidget):
    """Shape, title and the word of a verdict in one line."""

    def __init__(self, look: Look, title: Text) -> None:
        """Begin as waiting."""
        super().__init__()
        self._look = look
        self.title = look.say(title)
        self._icon = QLabel()
        self._word = label("small", wrap=False)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 1, 12, 1)
        row.setSpacing(8)
        row.addWidget(self._icon)
        row.addWidget(label("text", self.title), 1)
        row.addWidget(self._word)
        self._icon.setPixmap(look.picture("waiting", "muted", _SMALL_ICON))
        self._say(look.say(WAITING))

    def show_outcome(self, outcome: Outcome) -> None:
        """Show its verdict; what was found is told to the pointer and to a screen reader."""
        word, shape, tone = VERDICTS[outcome.finding.verdict]
        self._icon.setPixmap(self._look.picture(shape, tone, _SMALL_ICON))
        set_property(self._word, "tone", tone)
        self._say(self._look.say(word), self._look.say(outcome.finding.evidence))

    def _say(self, word: str, more: str = "") -> None:
        self._word.setText(word)
        self.setToolTip(more)
        self.setAccessibleName(f"{self.title}: {word}")
        self.setAccessibleDescription(more)


class LiveGrid(QWidget):
    """All checks of a run in two columns, as they end."""

    def __init__(self, look: Look) -> None:
        """Begin empty."""
        super().__init__()
        self._look = look
        self.rows: dict[str, SmallRow] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(20)
        self._grid.setVerticalSpacing(0)

    def show_checks(self, checks: Sequence[Check[Any]]) -> None:
        """Show `checks` as waiting."""
        clear(self._grid)
        self.rows = {check.name: SmallRow(self._look, check.title) for check in checks}
        high = -(-len(self.rows) // COLUMNS)
        for place, row in enumerate(self.rows.values()):
            self._grid.addWidget(row, place % high, place // high)

    def show_outcome(self, outcome: Outcome) -> None:
        """Show the verdict of one of them."""
        if (row := self.rows.get(outcome.check.name)) is not None:
            row.show_outcome(outcome)


class CheckRow(QFrame):
    """A check that did not pass: found, asked, what to do, and the buttons for it."""

    again = Signal(str)
    """Run this check alone."""
    fix = Signal(str)
    """Do this for me."""

    def __init__(self, look: Look, outcome: Outcome, *, can_run: bool = True) -> None:
        """Draw it. `can_run`: it runs by itself, so that it can be tried again from here."""
        super().__init__()
        self.setProperty("role", "card")
        self.name, self.outcome, self.is_running = outcome.check.name, outcome, False
        finding = outcome.finding
        word, shape, tone = VERDICTS[finding.verdict]
        icon = QLabel()
        icon.setPixmap(look.picture(shape, tone, _ICON))
        self.title = title = label("strong", look.say(outcome.check.title))
        self.verdict = verdict = label("strong", look.say(word), wrap=False)
        set_property(verdict, "tone", tone)
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(icon)
        head.addWidget(title, 1)
        head.addWidget(verdict)
        self.buttons: list[QPushButton] = []
        if finding.fix is not None:
            head.addWidget(self._fix_button(look, finding.fix))
        if can_run:
            retry = self._button(AGAIN, look)
            retry.clicked.connect(lambda: self.again.emit(self.name))
            head.addWidget(retry)
        lines = [(FOUND, finding.evidence), (ASKED, outcome.check.requirement)]
        if finding.advice is not None:
            lines.append((TO_DO, finding.advice))
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 8, 10, 10)
        column.setSpacing(3)
        column.addLayout(head)
        column.addLayout(_facts(look, lines))
        said = " ".join(f"{look.say(caption)}: {look.say(text)}" for caption, text in lines)
        self.setAccessibleName(f"{title.text()}: {verdict.text()} {said}")

    def show_running(self, look: Look) -> None:
        """Say that it is tried again just now."""
        self.is_running = True
        set_property(self.verdict, "tone", "quiet")
        self.verdict.setText(look.say(TRYING))
        self.setAccessibleName(f"{self.title.text()}: {self.verdict.text()}")

    def _fix_button(self, look: Look, fix: FixName) -> QPushButton:
        made = self._button(label_of(fix), look)
        made.clicked.connect(lambda: self.fix.emit(fix))
        return made

    def _button(self, text: Text, look: Look) -> QPushButton:
        made = button(look.say(text))
        self.buttons.append(made)
        return made


class PassedList(QWidget):
    """What passed, folded together behind one button."""

    def __init__(self, look: Look) -> None:
        """Begin folded and empty."""
        super().__init__()
        self._look = look
        self._count = 0
        self.toggle = button("")
        self.toggle.setCheckable(True)
        self.toggle.toggled.connect(self._fold)
        self.grid = LiveGrid(look)
        self.grid.hide()
        row = QHBoxLayout()
        row.addWidget(self.toggle)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(row)
        column.addWidget(self.grid)

    def show_outcomes(self, outcomes: Sequence[Outcome]) -> None:
        """List `outcomes`; nothing is shown where none passed."""
        self._count = len(outcomes)
        self.grid.show_checks([outcome.check for outcome in outcomes])
        for outcome in outcomes:
            self.grid.show_outcome(outcome)
        self.setVisible(bool(outcomes))
        self._fold(self.toggle.isChecked())

    def _fold(self, is_open: bool) -> None:
        words = HIDE_PASSED if is_open else SHOW_PASSED
        self.toggle.setText(self._look.say(words.format(n=self._count)))
        self.toggle.setAccessibleName(self.toggle.text())
        self.grid.setVisible(is_open)


def _facts(look: Look, lines: Sequence[tuple[Text, Text]]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(1)
    grid.setColumnStretch(1, 1)
    top = Qt.AlignmentFlag.AlignTop
    for number, (caption, text) in enumerate(lines):
        grid.addWidget(label("small", look.say(caption), wrap=False), number, 0, top)
        role = "text" if caption is TO_DO else "small"
        grid.addWidget(copyable(label(role, look.say(text))), number, 1)
    return grid
