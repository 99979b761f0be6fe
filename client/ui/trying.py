"""The window's trial, 试一遍: from the press of the button until nothing of it is left."""

from __future__ import annotations

import logging
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from client.attempt.rehearsal import TrialWish
from client.attempt.view import Session
from client.base.text import Text
from client.ui.background import Lane
from client.ui.guide import Memory
from client.ui.pages.status import StatusPage
from client.ui.pages.trial import TrialPage
from client.ui.start import Trial, Trials
from client.ui.trouble import NO_BROWSER, trouble_of
from client.ui.widgets.question import Question

if TYPE_CHECKING:
    from client.ui.window import Window

STOP = Text("现在退出试一遍？", "Leave the trial now?")
STOP_IS = Text(
    "录制会停下，这次试录的画面、声音和证件照片马上全部删除。随时可以再试一遍。",
    "The recording stops, and everything of this trial is deleted at once. You can always try "
    "again.",
)
GO_ON, LEAVE = Text("继续试", "Go on"), Text("退出并删除", "Leave and delete")
GONE = Text("试一遍结束了。", "The trial is over.")
GONE_IS = Text(
    "试录的画面、声音和证件照片都已删除。",
    "Its pictures, its sound and the pictures of the document are deleted.",
)
CLEARED = Text("上次的试一遍没有正常结束。", "The last trial was not ended.")
CLEARED_IS = Text(
    "它留下的画面、声音和证件照片现在都已删除。",
    "What it had left, pictures of the document included, is deleted now.",
)
PLAYS = Text("录像在浏览器里播放。", "The recording plays in the browser.")
IF_NOT = Text(
    "浏览器没有出来的话，请自己打开：{url}", "If no browser comes, open this in one: {url}"
)
COPY = Text("请在浏览器里打开：{url}", "Open this in a browser: {url}")

log = logging.getLogger(__name__)


class Trying:
    """One trial in a window; what the window showed before comes back at its end."""

    def __init__(self, window: Window, trials: Trials) -> None:
        """Begin nothing yet."""
        self._window = window
        self._trials = trials
        self._trial: Trial | None = None
        self._before: tuple[Session, Memory] | None = None
        self._closes = False
        """The window closes once nothing is left."""
        self.question: Question | None = None

    def begin(self, wish: TrialWish) -> None:
        """Make a trial ready in place of the window's page; one of the session that it shows."""
        page = self._window.page
        if isinstance(page, StatusPage):
            self._before = (page.session, page.memory)
            wish = replace(wish, like=wish.like or page.session.folder.path)
        waiting = self._show_page()
        waiting.prepare(partial(self._trials.begin, wish), self._begun)

    def _begun(self, trial: Trial) -> None:
        self._trial = trial
        if self._closes:
            self._delete()
        else:
            self._window.show_session(trial.session, Memory(is_trial=True))

    def watch(self) -> None:
        """Show the recording in the browser."""
        if self._trial is not None:
            self._window.background.run(
                Lane.LONG, self._trial.watch, self._watching, self._not_watching
            )

    def _watching(self, address: str) -> None:
        page = self._window.page
        if not isinstance(page, StatusPage):
            return
        page.show_watched()
        is_asked = QDesktopServices.openUrl(QUrl(address))  # whether one comes, nobody tells
        page.banner.say(
            PLAYS if is_asked else NO_BROWSER,
            (IF_NOT if is_asked else COPY).format(url=address),
            "quiet" if is_asked else "warn",
        )

    def _not_watching(self, error: Exception) -> None:
        log.error("watching", exc_info=error)
        self._window.show_problem(trouble_of(error))

    # ---- its end -------------------------------------------------------------------------------
    def leave(self, *, closes: bool = False) -> None:
        """End it, asked once more while it records or sends; then go back, or close the window."""
        page = self._window.page
        self._closes = self._closes or closes
        if isinstance(page, TrialPage) and not page.work.is_busy:
            self._back()
        elif isinstance(page, TrialPage):
            page.work.stop()  # what is being deleted goes on: it asks nobody
        elif isinstance(page, StatusPage) and page.must_stay_on():
            self._ask()
        else:
            self._delete()

    def _ask(self) -> None:
        if self.question is not None and self.question.isVisible():
            return
        self.question = Question(self._window.look, self._window, STOP, STOP_IS, (GO_ON, LEAVE))
        self.question.accepted.connect(self._delete)
        self.question.rejected.connect(self._stay)
        self.question.open()

    def _stay(self) -> None:
        self._closes = False

    def _delete(self) -> None:
        trial, self._trial = self._trial, None
        if trial is not None:
            self._show_page().delete(trial, partial(self._back, is_told=True))

    def _back(self, *, is_told: bool = False) -> None:
        """Show what was there before; nothing of the trial is left, or that was said."""
        self._window.end_trial(self._before)
        if is_told:
            self._window.page.banner.say(GONE, GONE_IS, "good")
        if self._closes:
            self._window.close()

    def _show_page(self) -> TrialPage:
        window = self._window
        window.aside.close()
        page = TrialPage(window.look, window.background)
        page.left.connect(self._back)
        window.show_trial_page(page)
        return page
