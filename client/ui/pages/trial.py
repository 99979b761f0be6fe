"""What is shown while a trial, 试一遍, is made ready and while it is deleted."""

from __future__ import annotations

import logging
from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from client.base.text import Text
from client.evidence.copying import StoppedError, Tally
from client.ui.background import Background
from client.ui.look import Look
from client.ui.start import Trial
from client.ui.trouble import Trouble, trouble_of
from client.ui.widgets.banner import Banner
from client.ui.widgets.parts import button, label
from client.ui.widgets.rail import Rail
from client.ui.widgets.work import WorkLine
from client.ui.widgets.work_page import BACK

log = logging.getLogger(__name__)
TITLE = Text("试一遍", "Trial run")
BODY = Text(
    "马上就可以开始：规则、同意、检测、身份核验、登录、竞赛、交卷、上传，和竞赛当天完全一样。",
    "In a moment: rules, consent, check, identity, login, contest, handing in, upload, all as on "
    "the day.",
)
PROMISE = Text(
    "用的是这台电脑真正的摄像头、麦克风和屏幕，在您同意之后才打开。"
    "录像不发给任何人，结束时全部删除，包括证件画面。",
    "It uses the real camera, microphone and screen of this computer, opened only after you agree. "
    "The recording is sent to nobody and deleted at the end, with the pictures of your document.",
)
PREPARING = Text("正在准备……", "Making ready…")
DELETE_TITLE = Text("正在删除这次试录", "Deleting the trial")
DELETE_BODY = Text(
    "画面、声音和证件照片都从这台电脑上删除，只要几秒。",
    "Pictures, sound and the pictures of your document go from this computer. It takes seconds.",
)
DELETING = Text("正在删除……", "Deleting…")


class TrialPage(QWidget):
    """Emits `left` when it is given up, or failed and read."""

    left = Signal()

    def __init__(self, look: Look, background: Background) -> None:
        """Do nothing yet."""
        super().__init__()
        self.banner = Banner(look)
        self.title, self.body, self.promise = label("title"), label("body"), label("muted")
        self._look = look
        self.work = WorkLine(look, background)
        self.back = button(look.say(BACK))
        self.back.clicked.connect(self.left)
        self.back.hide()
        self.rail = Rail(look)
        foot = QHBoxLayout()
        foot.addWidget(self.back)
        foot.addStretch(1)
        right = QVBoxLayout()
        right.setContentsMargins(28, 24, 28, 20)
        right.setSpacing(14)
        for widget in (self.banner, self.title, self.body, self.promise):
            right.addWidget(widget)
        right.addWidget(self.work)
        right.addLayout(foot)
        right.addStretch(1)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.rail)
        whole.addLayout(right, 1)

    def prepare(self, begin: Callable[[Tally], Trial], done: Callable[[Trial], None]) -> None:
        """Make a trial ready; `done` gets it."""

        def work(tally: Tally) -> Trial | None:
            try:
                return begin(tally)
            except StoppedError:
                return None

        def ready(trial: Trial | None) -> None:
            if trial is None:
                self.left.emit()
            else:
                done(trial)

        self._say(TITLE, BODY, PROMISE)
        self.work.run(PREPARING, work, ready, self._failed)
        self.work.cancel.setFocus()

    def delete(self, trial: Trial, done: Callable[[], None]) -> None:
        """End the trial; what fails is shown."""
        self._say(DELETE_TITLE, DELETE_BODY, Text("", ""))
        self.work.cancel.hide()
        self.work.run(DELETING, lambda _: trial.end(), lambda _: done(), self._failed)

    def show_problem(self, trouble: Trouble) -> None:
        """Show an error on top."""
        self.banner.show_trouble(trouble)

    def _say(self, title: Text, body: Text, more: Text) -> None:
        for shown, text in ((self.title, title), (self.body, body), (self.promise, more)):
            shown.setText(self._look.say(text))

    def _failed(self, error: Exception) -> None:
        log.error("trial", exc_info=error)
        self.show_problem(trouble_of(error))
        self.back.show()
        self.back.setFocus()
