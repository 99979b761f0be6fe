"""The bar of the contest: slim, always on top, moved by dragging, folded by a click.

It is in the recording and carries the ticking code. It takes no focus by being shown.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from client.attempt.view import View
from client.base.text import Text
from client.ui import times
from client.ui.guide import MARK, MARK_HINT
from client.ui.look import Look
from client.ui.widgets.lights import Lamp
from client.ui.widgets.noteline import NoteLine
from client.ui.widgets.parts import button, label, set_property
from client.ui.widgets.recording import (
    ADDRESS,
    NO_VALUE,
    ON_DISK,
    SECONDS,
    SENT,
    SOURCES,
    headline_of,
    heard_of,
    sent_percent,
)
from client.ui.widgets.tick import Tick

BAR = Text("赛鉴录制条", "SaiJian recording bar")
LEFT = Text("剩余", "Left")
PLAN_OVER = Text("已到时间", "time is over")
HAND_IN = Text("交卷……", "Hand in…")
HAND_IN_HINT = Text(
    "回到赛鉴窗口；在那里确认已在竞赛网站提交。",
    "Back to SaiJian's window, where you say that you have handed in on the contest site.",
)
FOLD = Text("收起", "Fold")
UNFOLD = Text("展开", "Unfold")
FACTS = (LEFT, ON_DISK, SENT, ADDRESS)
STEP = 20
"""Pixels that an arrow key moves the bar."""


class Fact(QWidget):
    """A caption above a value."""

    def __init__(self, caption: str) -> None:
        """Say nothing yet."""
        super().__init__()
        self._caption = caption
        self.value = label("text", wrap=False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(label("small", caption, wrap=False))
        column.addWidget(self.value)

    def say(self, value: str) -> None:
        """Show `value`."""
        self.value.setText(value)
        self.value.setAccessibleName(f"{self._caption}: {value}")


class ContestBar(QWidget):
    """Draws a `View` in one line."""

    marked = Signal()
    """The contestant notes that something is happening, now."""
    explained = Signal(str)
    """What it was, in the contestant's words."""
    wanted = Signal()
    """The contestant wants the window."""

    def __init__(self, look: Look, kind: Text | None = None, parent: QWidget | None = None) -> None:
        """Build it unfolded; it is hidden. `kind` names a session that is no contest."""
        flags = Qt.WindowType.Tool | Qt.WindowType.FramelessWindowHint
        super().__init__(parent, flags | Qt.WindowType.WindowStaysOnTopHint)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("role", "bar")
        self.setWindowTitle(look.say(BAR))
        self._look = look
        self._kind = kind
        self._grip: QPoint | None = None
        self._placed = False
        self._fitted: list[str] = []
        self._build()

    def _build(self) -> None:
        say = self._look.say
        self.kind = label("chip", say(self._kind) if self._kind else "", wrap=False)
        self.kind.setVisible(self._kind is not None)
        self.headline = label("strong", wrap=False)
        self._elapsed = label("clock", wrap=False)
        self.lamps = {source: Lamp(self._look, source) for source in SOURCES}
        self.lamps["second"].hide()
        self.facts = {caption: Fact(say(caption)) for caption in FACTS}
        self.mark = button(say(MARK))
        self.mark.setToolTip(say(MARK_HINT))
        self.mark.clicked.connect(self._mark)
        self.hand_in = button(say(HAND_IN))
        self.hand_in.setToolTip(say(HAND_IN_HINT))
        self.hand_in.clicked.connect(self.wanted)
        self.fold = button(say(FOLD))
        self.fold.clicked.connect(lambda: self.set_folded(folded=self._rest.isVisible()))
        self.tick = Tick(self._look)
        self._rest: QWidget = self._facts_and_buttons()
        self.note = NoteLine(self._look)
        self.note.explained.connect(self.explained)
        self.note.closed.connect(self._fit)
        self._arrange()

    def _arrange(self) -> None:
        said = QVBoxLayout()
        said.setSpacing(0)
        said.addWidget(self.kind)
        said.addWidget(self.headline)
        line = QHBoxLayout()
        line.setSpacing(12)
        line.addWidget(self.tick)
        line.addLayout(said)
        for widget in (self._elapsed, *self.lamps.values()):
            line.addWidget(widget)
        line.addWidget(self._rest)
        line.addWidget(self.fold)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 4)
        column.setSpacing(4)
        column.addLayout(line)
        column.addWidget(self.note)

    def _facts_and_buttons(self) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        for widget in (*self.facts.values(), self.mark, self.hand_in):
            row.addWidget(widget)
        return holder

    # ---- what is shown -------------------------------------------------------------------------
    def show_view(self, view: View) -> None:
        """Draw one moment of a contest."""
        say = self._look.say
        text, tone = headline_of(view)
        self.headline.setText(say(text))
        set_property(self.headline, "tone", tone)
        self._elapsed.setText(times.span(view.status.seconds) if view.status else say(NO_VALUE))
        heard = heard_of(view)
        if "second" in heard:
            self.lamps["second"].show()
        for source, lamp in self.lamps.items():
            lamp.show_state(heard[source].state if source in heard else "unknown")
        self._show_facts(view)
        self._fit_if_other_words()
        self.tick.tick()

    def _show_facts(self, view: View) -> None:
        say, nothing = self._look.say, self._look.say(NO_VALUE)
        left_us = view.schedule.ends_us - view.organizer_now_us
        percent = sent_percent(view)
        on_disk = int(view.status.on_disk_seconds) if view.status else None
        told = {
            LEFT: say(times.until(left_us)) if left_us > 0 else say(PLAN_OVER),
            ON_DISK: nothing if on_disk is None else say(SECONDS.format(n=on_disk)),
            SENT: nothing if percent is None else f"{percent}%",
            ADDRESS: view.sent.address or nothing,
        }
        for caption, value in told.items():
            self.facts[caption].say(value)

    def set_folded(self, *, folded: bool) -> None:
        """Show the state and the lights only, or everything."""
        self._rest.setVisible(not folded)
        text = self._look.say(UNFOLD if folded else FOLD)
        self.fold.setText(text)
        self.fold.setAccessibleName(text)
        self._fit()

    def _mark(self) -> None:
        """Mark this moment; what was being written of the one before is entered first."""
        if self.note.isVisible():
            self.note.explain()
        self.marked.emit()

    def ask_for_words(self, at: str) -> None:
        """Say that the mark is in the journal since `at`; offer a line for what happened."""
        self.note.ask(at)
        self._fit()
        self.activateWindow()
        self.note.words.setFocus()

    # ---- where it stands -----------------------------------------------------------------------
    def _fit_if_other_words(self) -> None:
        """Fit where there is more or less to show: a bar that is drawn anew is recorded anew."""
        words = [lamp.accessibleName() for lamp in self.lamps.values()]
        words.append(self.headline.text())
        words += ["0" * len(fact.value.text()) for fact in self.facts.values()]
        if words != self._fitted:
            self._fitted = words
            self._fit()

    def place(self, screen: QRect) -> None:
        """Stand at the top in the middle of `screen`, where it was not moved yet."""
        self._fit()
        if not self._placed:
            self._placed = True
            self.move(screen.center().x() - self.width() // 2, screen.top())

    def _fit(self) -> None:
        """Take the room that is needed; where a screen is too narrow, some facts make way."""
        self.ensurePolished()
        most = self.screen().availableGeometry().width()
        for caption in FACTS:
            self.facts[caption].show()
        for caption in reversed(FACTS):
            if self._needed() <= most:
                break
            self.facts[caption].hide()
        self._needed()
        self.adjustSize()
        self._go(self.pos())

    def _needed(self) -> int:
        """Return the width that what is shown needs."""
        for widget in (self._rest, self):
            layout = widget.layout()
            assert layout is not None  # noqa: S101 - for the type checker
            layout.activate()
        return self.sizeHint().width()

    def _go(self, wanted: QPoint) -> None:
        """Move there, or as near as the screen allows."""
        area = self.screen().availableGeometry()
        right, bottom = area.right() + 1 - self.width(), area.bottom() + 1 - self.height()
        x, y = min(wanted.x(), right), min(wanted.y(), bottom)
        self.move(max(area.left(), x), max(area.top(), y))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._grip = event.globalPosition().toPoint() - self.pos()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grip is not None:
            self._go(event.globalPosition().toPoint() - self._grip)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: ARG002 - Qt's shape
        self._grip = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if (way := _ARROWS.get(Qt.Key(event.key()))) is not None:
            self._go(self.pos() + way)
        else:
            super().keyPressEvent(event)


_ARROWS = {
    Qt.Key.Key_Left: QPoint(-STEP, 0),
    Qt.Key.Key_Right: QPoint(STEP, 0),
    Qt.Key.Key_Up: QPoint(0, -STEP),
    Qt.Key.Key_Down: QPoint(0, STEP),
}
