"""The ribbon over each page of a session that is no contest: what it is; out of a trial, a way."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout

from client.base.text import Text
from client.ui.look import Look
from client.ui.widgets.parts import button, label, set_property

TRIAL = Text("试一遍", "Trial run")
TRIAL_IS = Text(
    "步骤和竞赛当天一样。录像只在这台电脑上，结束时全部删除，不发给任何人。",
    "The same steps as on the day. The recording stays on this computer, is sent to nobody and "
    "deleted at the end.",
)
REHEARSAL = Text("彩排", "Rehearsal")
REHEARSAL_IS = Text("这不是正式竞赛。", "This is not the contest.")
LEAVE = Text("退出试一遍", "Leave the trial")


class Ribbon(QFrame):
    """`left`: the person has had enough of the trial."""

    left = Signal()

    def __init__(self, look: Look, *, is_trial: bool, is_rehearsal: bool) -> None:
        """Hidden in a contest."""
        super().__init__()
        self.setProperty("role", "banner")
        set_property(self, "tone", "warn")
        title = label("strong", look.say(TRIAL if is_trial else REHEARSAL), wrap=False)
        words = label("text", look.say(TRIAL_IS if is_trial else REHEARSAL_IS))
        self.leave = button(look.say(LEAVE))
        self.leave.setProperty("role", "small")
        self.leave.clicked.connect(self.left)
        self.leave.setVisible(is_trial)
        self.setAccessibleName(f"{title.text()}: {words.text()}")
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 14, 6)
        row.setSpacing(12)
        row.addWidget(title)
        row.addWidget(words, 1)
        row.addWidget(self.leave)
        self.setVisible(is_rehearsal)
