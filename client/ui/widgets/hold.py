"""A button that may ask to be held down for three seconds, by mouse or keyboard."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QEvent, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy

from client.ui.look import Look

HOLD_MS = 3000
TICK_MS = 40


class HoldButton(QPushButton):
    """Emits `chosen` on a click, or after `HOLD_MS` of pressing where it asks to be held."""

    chosen = Signal()

    def __init__(self, look: Look, role: str = "big") -> None:
        """Begin as a plain button."""
        super().__init__()
        self.setProperty("role", role)
        if role == "big":
            self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._look = look
        self._colour = "on_accent" if role == "big" else "accent"
        self._hold = False
        self._since = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)
        self.clicked.connect(self._clicked)
        self.pressed.connect(self._pressed)
        self.released.connect(self._let_go)

    def offer(self, text: str, hint: str = "", *, hold: bool = False) -> None:
        """Show `text`; `hint` is told to a screen reader and, by the page, below the button."""
        self._let_go()
        self._hold = hold
        self.setText(text)
        self.setAccessibleName(text)
        self.setAccessibleDescription(hint)

    def progress(self) -> float:
        """Return how much of the holding is done, 0 to 1."""
        return min(1.0, self._since.elapsed() / HOLD_MS) if self._timer.isActive() else 0.0

    def _clicked(self) -> None:
        if not self._hold:
            self.chosen.emit()

    def _pressed(self) -> None:
        if self._hold:
            self._since.start()
            self._timer.start()

    def _let_go(self) -> None:
        self._timer.stop()
        self.update()

    def _tick(self) -> None:
        self.update()
        if self.progress() >= 1.0:
            self._let_go()
            self.setDown(False)
            self.chosen.emit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange and not self.isEnabled():
            self._let_go()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        super().keyPressEvent(_space_for_enter(event))

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        super().keyReleaseEvent(_space_for_enter(event))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        done = self.progress()
        if done <= 0:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._look.colour(self._colour)))
        bar = QRectF(8, self.height() - 12, (self.width() - 16) * done, 6)
        painter.drawRoundedRect(bar, 3, 3)
        painter.end()


def _space_for_enter(event: QKeyEvent) -> QKeyEvent:
    """Return the event with Enter turned into Space, which every Qt button understands."""
    if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        return event
    return QKeyEvent(
        event.type(), Qt.Key.Key_Space, event.modifiers(), " ", event.isAutoRepeat(), event.count()
    )
