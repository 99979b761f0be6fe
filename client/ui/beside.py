"""What stands beside the window during the contest: the bar, and an icon that brings notices."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QWidget

from client.attempt.states import State
from client.attempt.view import Session, View
from client.base.text import Text
from client.ui import times
from client.ui.background import Background, Lane
from client.ui.guide import MARKED
from client.ui.look import Look
from client.ui.notices import Notices
from client.ui.trouble import trouble_of
from client.ui.widgets.bar import ContestBar

BAR_IN = frozenset({State.CONTEST, State.HANDED_IN})
EXPLAINED = Text("选手说明 {at} 的意外：{words}", "the contestant on the incident of {at}: {words}")
log = logging.getLogger(__name__)


class Beside(QObject):
    """Shows the bar while a contest is recorded and `window` is not what the person looks at."""

    failed = Signal(object)
    """The `Trouble` of a remark that could not be entered."""
    wanted = Signal()
    """The person wants the window."""

    def __init__(
        self,
        window: QWidget,
        session: Session,
        look: Look,
        work: Background,
        kind: Text | None = None,
    ) -> None:
        """Show nothing yet. `kind` names a session that is no contest."""
        super().__init__(window)
        self._window, self._session, self._work = window, session, work
        self._view: View | None = None
        self._marked_at = ""
        self.bar = ContestBar(look, kind)
        self.bar.marked.connect(self._mark)
        self.bar.explained.connect(self._explain)
        self.bar.wanted.connect(self.wanted)
        self.notices = Notices(look, self, kind)
        self.notices.wanted.connect(self.wanted)
        window.installEventFilter(self)

    def show_view(self, view: View) -> None:
        """Take in one moment of the session."""
        self._view = view
        if view.state in BAR_IN:
            self.bar.show_view(view)
        self.notices.heed(view)
        self._arrange()

    def end(self) -> None:
        """Go away."""
        self._window.removeEventFilter(self)
        self._view = None
        self.bar.close()
        self.notices.end()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Come and go as the window is left and found again."""
        if event.type() in (QEvent.Type.ActivationChange, QEvent.Type.WindowStateChange):
            self._arrange()
        return super().eventFilter(watched, event)

    def _arrange(self) -> None:
        is_on = self._view is not None and self._view.state in BAR_IN
        is_away = not self._window.isActiveWindow() or self._window.isMinimized()
        if not (is_on and is_away):
            self.bar.hide()
        elif not self.bar.isVisible():
            self.bar.place(self._window.screen().availableGeometry())
            self.bar.show()

    # ---- remarks -------------------------------------------------------------------------------
    def _mark(self) -> None:
        if self._view is None:
            return
        at = times.clock(self._view.organizer_now_us)
        self._enter(MARKED, partial(self._ask_for_words, at))

    def _ask_for_words(self, at: str, _: object) -> None:
        self._marked_at = at
        self.bar.ask_for_words(at)

    def _explain(self, words: str) -> None:
        remark = EXPLAINED.format(at=self._marked_at, words=words)
        self._enter(remark, lambda _: None)

    def _enter(self, remark: Text, done: Callable[[object], None]) -> None:
        self._work.run(Lane.STEP, partial(self._session.note, remark), done, self._not_entered)

    def _not_entered(self, error: Exception) -> None:
        log.error("remark", exc_info=error)
        self.failed.emit(trouble_of(error))
        self.wanted.emit()
