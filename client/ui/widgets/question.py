"""A question before something that matters; staying is the answer of the Enter key."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from client.base.text import Text
from client.ui.look import Look
from client.ui.widgets.hold import HoldButton
from client.ui.widgets.parts import button, label


class Question(QDialog):
    """Accepted by its second button only."""

    def __init__(
        self,
        look: Look,
        parent: QWidget,
        title: Text,
        body: Text,
        answers: tuple[Text, Text],
        *,
        hold: Text | None = None,
    ) -> None:
        """`answers` are what leaves everything as it is, and what does it.

        `hold` is the hint of a second button that must be held down; None where a click is enough.
        """
        super().__init__(parent)
        self.setWindowTitle(look.say(title))
        self.setMinimumWidth(520)
        stay, leave = (look.say(answer) for answer in answers)
        hint = look.say(hold) if hold else ""
        self.stay, self.leave = button(stay), HoldButton(look, role="quiet")
        self.leave.offer(leave, hint, hold=hold is not None)
        self.stay.setDefault(True)
        self.stay.clicked.connect(self.reject)
        self.leave.chosen.connect(self.accept)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.stay)
        row.addWidget(self.leave)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(16)
        column.addWidget(label("title", look.say(title)))
        column.addWidget(label("body", look.say(body)))
        column.addLayout(row)
        if hint:
            column.addWidget(label("muted", look.say(Text(f"{leave}：{hint}", f"{leave}: {hint}"))))
        self.stay.setFocus()
