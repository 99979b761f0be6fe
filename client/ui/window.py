"""The one window: start page or session page, and what closing means."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QMainWindow, QWidget

from client.attempt.rehearsal import TrialWish
from client.attempt.view import Session
from client.base.text import Text
from client.ui.aside import Aside
from client.ui.background import Background, Lane
from client.ui.beside import Beside
from client.ui.guide import HOLD_HINT, NOTHING_YET, Memory
from client.ui.look import Look
from client.ui.pages.display import DisplayDialog
from client.ui.pages.enrol import EnrolPage
from client.ui.pages.status import StatusPage
from client.ui.pages.technician import TechnicianPage
from client.ui.pages.trial import TrialPage
from client.ui.session_end import WHY, SessionEnd
from client.ui.settings import Settings, save_settings
from client.ui.start import StartPoint, Wish
from client.ui.trouble import Trouble, trouble_of
from client.ui.trying import CLEARED, CLEARED_IS, Trying
from client.ui.widgets.question import Question
from client.ui.widgets.rail import Rail

WIDTH, HEIGHT = 1320, 680
TITLE_BAR = 32
SMALLEST = (1160, 620)

NAME = Text("赛鉴", "SaiJian")
RECORDING_NAME = Text("● 录制中 - 赛鉴", "● Recording - SaiJian")
KIND_NAME = Text("{kind.zh} - {name.zh}", "{kind.en} - {name.en}")
STAY = Text("留在这里", "Stay here")
CLOSE = Text("关闭窗口", "Close the window")
STILL_RECORDING = Text("录制还在继续", "The recording goes on")
STILL_RECORDING_IS = Text(
    "关闭窗口不会结束录制，摄像头、声音和屏幕都会继续录下去。再次打开赛鉴，就会回到这里。\n"
    "请不要关机，也不要注销。",
    "Closing the window does not end the recording: camera, sound and screen go on. Open SaiJian "
    "again to come back here.\nDo not switch off or log out.",
)
STILL_SENDING = Text("上传还没有完成", "The upload is not finished")
STILL_SENDING_IS = Text(
    "关闭窗口后上传会自动继续。请不要关机，也不要注销；再次打开赛鉴，就能看到进度和回执。",
    "The upload goes on by itself after the window is closed. Do not switch off or log out; open "
    "SaiJian again to see the progress and the receipt.",
)

COMES_BACK = Text(
    "万一电脑重新启动，登录后赛鉴会自动打开并继续。",
    "Should the computer restart, SaiJian opens after the log-in and goes on by itself.",
)
CLOSED = Text(
    "选手关闭了赛鉴窗口，录制继续", "the contestant closed SaiJian's window; the recording goes on"
)
REMARK_S = 2.0
"""How long closing waits for the recorder to journal its reason."""
log = logging.getLogger(__name__)


def _tell_and_close(session: Session) -> None:
    """Journal why the window goes; let go of the session whether or not that succeeds."""
    try:
        session.note(CLOSED, within_s=REMARK_S)
    finally:
        session.close()


def _forget(_: object) -> None:
    """Take a result that nobody waits for."""


def _log_it(error: Exception) -> None:
    log.error("closing", exc_info=error)


def placed(screen: QRect) -> QRect:
    """Return where the window begins: in the middle, its title bar on the screen."""
    room = screen.adjusted(0, TITLE_BAR, 0, 0)
    place = QRect(0, 0, min(WIDTH, room.width()), min(HEIGHT, room.height()))
    place.moveCenter(room.center())
    return place


class CloseDialog(Question):
    """Explains that closing the window ends nothing; while `filming`, closing must be held."""

    def __init__(
        self, look: Look, parent: QWidget, title: Text, body: Text, *, filming: bool
    ) -> None:
        """Staying is the default answer."""
        hold = HOLD_HINT if filming else None
        super().__init__(look, parent, title, body, (STAY, CLOSE), hold=hold)


class Window(QMainWindow):
    """Holds one page; closing it never ends a recording."""

    leaving = Signal()
    """It is closing for good; a later start need not come here any more."""
    closed = Signal()

    def __init__(
        self, start: StartPoint, look: Look, dress: Callable[[Settings], Look] | None = None
    ) -> None:
        """Show the start page, which opens the session that is wished for."""
        super().__init__()
        self._start = start
        self._look = look
        self._dress = dress or (lambda _: look)
        self._settings = start.settings
        self.display: DisplayDialog | None = None
        self._may_close = False
        self.dialog: CloseDialog | None = None
        self.beside: Beside | None = None
        self.background = Background(self)
        self.setWindowTitle(look.say(NAME))
        self.setMinimumSize(*SMALLEST)
        self.setGeometry(placed(self.screen().availableGeometry()))
        self.session_end = SessionEnd(self, look.say(WHY))
        self.aside = Aside(self, look, self.background)
        self.trying: Trying | None = None
        if start.trials is not None:
            self.background.run(Lane.LONG, start.trials.clear, self._cleared, _log_it)
        self._begin(start)

    @property
    def page(self) -> EnrolPage | StatusPage | TechnicianPage | TrialPage:
        """Return the page that is shown."""
        shown = self.aside.covered or self.centralWidget()
        kinds = EnrolPage | StatusPage | TechnicianPage | TrialPage
        assert isinstance(shown, kinds)  # noqa: S101 - for the type checker
        return shown

    @property
    def look(self) -> Look:
        """Return how everything looks now."""
        return self._look

    def come_to_front(self) -> None:
        """Be what the person looks at, as large as it was."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def grant(self, wish: Wish) -> None:
        """Come to the front; do what a later start asks for where nothing is under way here."""
        self.come_to_front()
        page = self.page
        if self.trying is not None:
            return
        if wish.trial is not None:
            self.try_out(wish.trial)
        elif isinstance(page, StatusPage):
            is_another = wish != Wish() and wish.folder != page.session.folder.path
            if page.is_stored() and is_another:
                self._put_away(page)
                self._begin(replace(self._start, wish=wish, problem=None))
        elif isinstance(page, EnrolPage) and wish.technician:
            self._show_technician()
        elif isinstance(page, EnrolPage):
            page.grant(wish)

    def _put_away(self, page: StatusPage) -> None:
        """Let go of a session that is done."""
        self._hide_page(page)
        self.background.run(Lane.STEP, page.session.close, _forget, _log_it)

    def _hide_page(self, page: QWidget) -> None:
        """Let the page go, as one that what is under way may still reach."""
        self.aside.close()
        if isinstance(page, StatusPage):
            page.stop()
            self._clear_beside()
        self.takeCentralWidget()
        page.setParent(self)
        page.hide()

    def _begin(self, start: StartPoint) -> None:
        if start.wish.technician:
            self._show_technician()
        else:
            self._show_start(start)
            if start.wish.trial is not None:
                self.try_out(start.wish.trial)

    # ---- a trial -------------------------------------------------------------------------------
    def try_out(self, wish: TrialWish) -> None:
        """Begin a trial, 试一遍, where nothing is under way here."""
        page, trials = self.page, self._start.trials
        is_free = isinstance(page, EnrolPage) or (
            isinstance(page, StatusPage) and not page.has_begun()
        )
        if trials is not None and self.trying is None and is_free:
            self.trying = Trying(self, trials)
            self.trying.begin(wish)

    def show_trial_page(self, page: TrialPage) -> None:
        """Show what is said while a trial is made ready or deleted."""
        self._hide_page(self.page)
        self._connect_rail(page.rail)
        self.setWindowTitle(self._look.say(NAME))
        self.session_end.hold(filming=False)
        self.setCentralWidget(page)
        page.show()  # now, not with the next event: it is to get the focus

    def end_trial(self, before: tuple[Session, Memory] | None) -> None:
        """Show again what was there before the trial."""
        self.trying = None
        if before is None:
            self._show_start(replace(self._start, wish=Wish(), problem=None))
        else:
            self.show_session(*before)

    def _cleared(self, count: int) -> None:
        if count:
            self.page.banner.say(CLEARED, CLEARED_IS, "quiet")

    def _show_technician(self) -> None:
        """Show the page that checks this computer without a session, where that is offered."""
        if self._start.technician is None:
            return
        self.aside.close()
        page = TechnicianPage(self._start.technician, self._look, self.background)
        page.left.connect(self._leave_technician)
        self._connect_rail(page.rail)
        self.setCentralWidget(page)
        page.show()  # now, not with the next event: it is to get the focus
        page.seat.setFocus()

    def _show_start(self, start: StartPoint) -> None:
        self.aside.close()
        page = EnrolPage(start, self._look, self.background)
        page.opened.connect(self.show_session)
        self._connect_rail(page.rail)
        page.technician.connect(self._show_technician)
        page.trial.wanted.connect(partial(self.try_out, TrialWish()))
        self.setCentralWidget(page)
        if start.problem is not None:
            page.show_problem(trouble_of(start.problem))

    def show_session(self, session: Session, memory: Memory = NOTHING_YET) -> None:
        """Show the page of `session` in place of the present one."""
        self.aside.close()
        page = StatusPage(session, self._look, self.background, memory)
        self._connect_rail(page.rail)
        page.offers_trial = self._start.trials is not None and not session.plan.rehearsal
        page.trial.wanted.connect(partial(self.try_out, TrialWish()))
        page.finished.connect(self._finish)
        page.watch_wanted.connect(self._watch)
        page.rail.setAccessibleName(self._look.say(NAME))
        self.setCentralWidget(page)
        self._clear_beside()
        page.state_shown.connect(self._state_shown)

    def _finish(self) -> None:
        if self.trying is not None:
            self.trying.leave()
        else:
            self.close()

    def _watch(self) -> None:
        if self.trying is not None:
            self.trying.watch()

    def _connect_rail(self, rail: Rail) -> None:
        rail.display_wanted.connect(self._choose_display)
        rail.wanted.connect(self.aside.show)

    def _stand_beside(self, page: StatusPage) -> Beside:
        """Return what stands beside the window; made with the first view, not with the page."""
        if self.beside is None:
            self.beside = Beside(self, page.session, self._look, self.background, page.kind)
            self.beside.failed.connect(page.show_problem)
            self.beside.wanted.connect(self.come_to_front)
        return self.beside

    def _clear_beside(self) -> None:
        if self.beside is not None:
            self.beside.end()
            self.beside = None

    # ---- how it looks --------------------------------------------------------------------------
    def _choose_display(self) -> None:
        self.display = DisplayDialog(self._look, self._settings, self)
        self.display.changed.connect(self._redress)
        self.display.open()

    def _redress(self, settings: Settings) -> None:
        """Show the same page again, in other clothes; nothing that was done is lost."""
        self._settings = settings
        self._look = self._dress(settings)
        self.aside.close()
        self.aside = Aside(self, self._look, self.background)
        if self._start.settings_file is not None:
            save_settings(self._start.settings_file, settings)
        page = self.page
        if isinstance(page, StatusPage):
            page.stop()
            self.show_session(page.session, page.memory)
            self._state_shown()
        elif isinstance(page, EnrolPage) and not self.background.is_busy(Lane.STEP):
            self._show_start(replace(self._start, wish=Wish(), problem=None))
            assert isinstance(self.page, EnrolPage)  # noqa: S101 - for the type checker
            self.page.take_over(page)
        elif isinstance(page, TechnicianPage):
            page.stop()
            self._show_technician()
            assert isinstance(self.page, TechnicianPage)  # noqa: S101 - for the type checker
            self.page.take_over(page)

    def _leave_technician(self) -> None:
        page = self.page
        if isinstance(page, TechnicianPage):
            page.stop()
            self._show_start(replace(self._start, wish=Wish(), problem=None))

    def show_problem(self, trouble: Trouble) -> None:
        """Show an error on whatever page is there."""
        self.page.show_problem(trouble)

    def _state_shown(self) -> None:
        page = self.page
        if isinstance(page, StatusPage) and page.view is not None:
            self._stand_beside(page).show_view(page.view)
        recording = isinstance(page, StatusPage) and page.is_filming()
        name = RECORDING_NAME if recording else NAME
        if isinstance(page, StatusPage) and page.kind is not None:
            name = KIND_NAME.format(kind=page.kind, name=name)
        self.setWindowTitle(self._look.say(name))
        self.session_end.hold(filming=recording)

    def closeEvent(self, event: QCloseEvent) -> None:
        page = self.page
        if not self._may_close and self.trying is not None:
            event.ignore()
            self.trying.leave(closes=True)
            return
        if not self._may_close and isinstance(page, StatusPage) and page.must_stay_on():
            event.ignore()
            self._explain(page)
            return
        event.accept()
        self.session_end.hold(filming=False)  # the recorder is asked by itself
        self.aside.close()
        self.leaving.emit()
        self.hide()
        last = None
        if isinstance(page, StatusPage | TechnicianPage):
            page.stop()
            self._clear_beside()
        if isinstance(page, StatusPage):
            close = partial(_tell_and_close, page.session)
            last = close if page.is_filming() else page.session.close
        self.background.close(last)
        self.closed.emit()

    def _explain(self, page: StatusPage) -> None:
        if self.dialog is not None and self.dialog.isVisible():
            return
        filming = page.is_filming()
        title = STILL_RECORDING if filming else STILL_SENDING
        body = STILL_RECORDING_IS if filming else STILL_SENDING_IS
        if not page.session.plan.rehearsal:
            body = Text(*map("\n".join, zip(body, COMES_BACK, strict=True)))
        self.dialog = CloseDialog(self._look, self, title, body, filming=filming)
        self.dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
        self.dialog.accepted.connect(self._leave)
        self.dialog.open()

    def _leave(self) -> None:
        self._may_close = True
        self.close()
