"""A field that knows what an input method handed to it, and takes nothing by paste or drop."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QInputMethodEvent, QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QLineEdit

LONGEST = 60


class TypingField(QLineEdit):
    """Keeps what was composed; `composing` is emitted when letters wait to be committed."""

    composing = Signal()

    def __init__(self) -> None:
        """Begin empty."""
        super().__init__()
        self.composed = ""
        self.saw_preedit = False
        self.setMaxLength(LONGEST)
        self.setAcceptDrops(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)

    def begin(self) -> None:
        """Forget what was typed."""
        self.clear()
        self.composed, self.saw_preedit = "", False

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Note what is composed and what is handed over."""
        if event.preeditString():
            self.saw_preedit = True
            self.composing.emit()
        self.composed += event.commitString()
        super().inputMethodEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take keys, but not the one that pastes; what is taken back is composed no more."""
        if event.matches(QKeySequence.StandardKey.Paste):
            event.accept()
            return
        super().keyPressEvent(event)
        if not self.text():
            self.composed = ""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let the middle button paste nothing."""
        if event.button() != Qt.MouseButton.MiddleButton:
            super().mouseReleaseEvent(event)
