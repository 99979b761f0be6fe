"""The quiet button 试一遍 with what it does beside it, or why it is not there now."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from client.base.text import Text
from client.ui.look import Look
from client.ui.widgets.parts import button, label

TRY = Text("试一遍", "Try it all once")
WHAT = Text(
    "用三分钟走完全部步骤，和竞赛当天一样；录像随后全部删除。",
    "Every step as on the day, in three minutes; the recording is deleted afterwards.",
)
TOO_LATE = Text(
    "离正式录制不到一小时，来不及再试一遍了。步骤完全一样，请直接继续。",
    "Less than an hour to the recording: too late for a trial. The steps are the same; go on.",
)


class TrialOffer(QWidget):
    """`wanted`: the person wants a trial."""

    wanted = Signal()

    def __init__(self, look: Look) -> None:
        """Offer nothing yet."""
        super().__init__()
        self._look = look
        self.button = button(look.say(TRY))
        self.button.setAccessibleDescription(look.say(WHAT))
        self.button.clicked.connect(self.wanted)
        self.words = label("muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.button)
        row.addWidget(self.words, 1)
        self.hide()

    def offer(self, why_not: Text | None = None) -> None:
        """Show the button, or only why there is none."""
        self.button.setVisible(why_not is None)
        self.words.setText(self._look.say(why_not or WHAT))
        self.show()
