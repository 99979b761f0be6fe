"""A piece of long work: what is being done, how far it is, and a button that cancels it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar

from client.base.text import Text
from client.evidence.copying import StoppedError, Tally
from client.ui.background import Background, Lane
from client.ui.look import Look
from client.ui.widgets.parts import button, label

STILL_AT_IT = Text("还没有做完。", "This is not done yet.")
CANCEL_FIRST = Text("请等它完成，或者先点“取消”。", "Wait until it is done, or cancel it first.")
CANCEL = Text("取消", "Cancel")
CANCELLING = Text("正在取消……", "Cancelling…")
SHOW_MS = 150
T = TypeVar("T")


class WorkLine(QFrame):
    """Hidden while nothing is done; one piece of work at a time."""

    idle = Signal(bool)
    """Whether there is nothing to do now; told when that changes."""

    def __init__(self, look: Look, background: Background) -> None:
        """Begin with nothing to do."""
        super().__init__()
        self._look = look
        self._background = background
        self._tally: Tally | None = None
        self.must_stay = False
        """What is under way would be lost with the page: cancel it first."""
        self._words = label("strong")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.cancel = button(look.say(CANCEL))
        self.cancel.clicked.connect(self.stop)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self._words, 1)
        row.addWidget(self.bar, 2)
        row.addWidget(self.cancel)
        self._timer = QTimer(self)
        self._timer.setInterval(SHOW_MS)
        self._timer.timeout.connect(self._show)
        self.hide()

    @property
    def is_busy(self) -> bool:
        """Tell whether something is under way."""
        return self._tally is not None

    def run(
        self,
        words: Text,
        work: Callable[[Tally], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None],
        *,
        stays: bool = True,
    ) -> None:
        """Do `work` in the background; `done` or `failed` hears of it, a cancelling nobody.

        `stays`: the page is not to be left meanwhile.
        """
        if self._tally is not None:
            return
        self._tally = tally = Tally()
        self.must_stay = stays
        self._words.setText(self._look.say(words))
        self.bar.setAccessibleName(self._words.text())
        self.cancel.setText(self._look.say(CANCEL))
        self.cancel.setEnabled(True)
        self._show()
        self.show()
        self._timer.start()
        self.idle.emit(self._tally is None)
        self._background.run(
            Lane.LONG,
            partial(work, tally),
            partial(self._ended, done),
            partial(self._failed, failed),
        )

    def stop(self) -> None:
        """Ask what is under way to end."""
        if self._tally is not None:
            self._tally.stop()
            self.cancel.setText(self._look.say(CANCELLING))
            self.cancel.setEnabled(False)

    def _show(self) -> None:
        if self._tally is not None:
            known = self._tally.total > 0
            self.bar.setRange(0, 100 if known else 0)
            self.bar.setValue(self._tally.percent)

    def _ended(self, done: Callable[[T], None], result: T) -> None:
        self._finish()
        done(result)

    def _failed(self, failed: Callable[[Exception], None], error: Exception) -> None:
        self._finish()
        if not isinstance(error, StoppedError):
            failed(error)

    def _finish(self) -> None:
        self._tally, self.must_stay = None, False
        self._timer.stop()
        self.hide()
        self.idle.emit(self._tally is None)
