"""The label on each page of a session that is no contest, and in a trial the way out of it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from client.base.text import Text
from client.ui.look import Look
from client.ui.widgets.parts import button, label, set_property

TRIAL = Text("试一遍", "Trial run")
TRIAL_IS = Text("录像不发给任何人，结束时全部删除", "Sent to nobody, deleted at the end")
REHEARSAL = Text("彩排", "Rehearsal")
REHEARSAL_IS = Text("这不是正式竞赛", "This is not the contest")
NARROWEST = 245
LEAVE = Text("退出试一遍", "Leave the trial")


def kind_of(*, is_trial: bool, is_rehearsal: bool) -> Text | None:
    """Return what a session is called that is no contest; None for a contest."""
    return TRIAL if is_trial else REHEARSAL if is_rehearsal else None


class Ribbon(QFrame):
    """`left`: the person has had enough of the trial."""

    left = Signal()

    def __init__(self, look: Look, kind: Text | None) -> None:
        """`kind` is of `kind_of`; hidden in a contest."""
        super().__init__()
        self.setProperty("role", "banner")
        set_property(self, "tone", "warn")
        is_trial = kind is TRIAL
        title = label("strong", look.say(kind) if kind else "", wrap=False)
        words = label("text", look.say(TRIAL_IS if is_trial else REHEARSAL_IS))
        words.setMinimumWidth(NARROWEST)
        self.leave = button(look.say(LEAVE))
        self.leave.setProperty("role", "small")
        self.leave.clicked.connect(self.left)
        self.leave.setVisible(is_trial)
        self.setAccessibleName(f"{title.text()}: {words.text()}")
        said = QVBoxLayout()
        said.setSpacing(0)
        said.addWidget(title)
        said.addWidget(words)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 4, 8, 4)
        row.setSpacing(8)
        row.addLayout(said, 1)
        row.addWidget(self.leave)
        self.setVisible(kind is not None)
