"""One line in which the contestant may say what happened; leaving it empty is fine."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from client.base.text import Text
from client.ui.look import Look
from client.ui.widgets.parts import button, label

NOTED = Text("已记下 {at}。发生了什么？（不写也可以）", "Noted at {at}. What happened? (optional)")
WORDS = Text("发生了什么", "What happened")
SAVE = Text("记下", "Note it")
SKIP = Text("不写", "Skip")
LONGEST = 300


class NoteLine(QWidget):
    """Hidden until it is asked for."""

    explained = Signal(str)
    """What happened, in the contestant's words; never empty."""
    closed = Signal()

    def __init__(self, look: Look) -> None:
        """Build it."""
        super().__init__()
        self._look = look
        self._noted = label("small", wrap=False)
        self.words = QLineEdit()
        self.words.setMaxLength(LONGEST)
        self.words.setAccessibleName(look.say(WORDS))
        save, skip = (button(look.say(text)) for text in (SAVE, SKIP))
        self.words.returnPressed.connect(self.explain)
        save.clicked.connect(self.explain)
        skip.clicked.connect(self._close)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._noted)
        row.addWidget(self.words, 1)
        row.addWidget(save)
        row.addWidget(skip)
        self.hide()

    def ask(self, at: str) -> None:
        """Say that a mark is in the journal since `at`; offer the line."""
        self._noted.setText(self._look.say(NOTED.format(at=at)))
        self.words.clear()
        self.show()

    def explain(self) -> None:
        """Hand over what is written, if anything is, and go."""
        words = self.words.text().strip()
        self._close()
        if words:
            self.explained.emit(words)

    def _close(self) -> None:
        self.hide()
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._close()
        else:
            super().keyPressEvent(event)
