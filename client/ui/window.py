"""The one window: start page or session page, and what closing means."""

from __future__ import annotations

import logging
from dataclasses import replace

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QMainWindow, QVBoxLayout, QWidget

from client.attempt.view import Session
from client.base.text import Text
from client.ui.background import Background, Lane
from client.ui.look import Look
from client.ui.pages.enrol import EnrolPage
from client.ui.pages.status import StatusPage
from client.ui.session_end import WHY, SessionEnd
from client.ui.start import StartPoint, Wish
from client.ui.trouble import Trouble, trouble_of
from client.ui.widgets.parts import button, label

WIDTH, HEIGHT = 1240, 680
TITLE_BAR = 32
SMALLEST = (1160, 620)

NAME = Text("赛鉴", "SaiJian")
RECORDING_NAME = Text("● 录制中 - 赛鉴", "● Recording - SaiJian")
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
log = logging.getLogger(__name__)


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


class CloseDialog(QDialog):
    """Explains that closing the window ends nothing."""

    def __init__(self, look: Look, parent: QWidget, title: Text, body: Text) -> None:
        """Staying is the default answer."""
        super().__init__(parent)
        self.setWindowTitle(look.say(title))
        self.setMinimumWidth(520)
        self.stay, self.leave = button(look.say(STAY)), button(look.say(CLOSE))
        self.stay.setDefault(True)
        self.stay.clicked.connect(self.reject)
        self.leave.clicked.connect(self.accept)
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
        self.stay.setFocus()


class Window(QMainWindow):
    """Holds one page; closing it never ends a recording."""

    leaving = Signal()
    """It is closing for good; a later start need not come here any more."""
    closed = Signal()

    def __init__(self, start: StartPoint, look: Look) -> None:
        """Show the start page, which opens the session that is wished for."""
        super().__init__()
        self._start = start
        self._look = look
        self._may_close = False
        self.dialog: CloseDialog | None = None
        self.background = Background(self)
        self.setWindowTitle(look.say(NAME))
        self.setMinimumSize(*SMALLEST)
        self.setGeometry(placed(self.screen().availableGeometry()))
        self.session_end = SessionEnd(self, look.say(WHY))
        self._show_start(start)

    @property
    def page(self) -> EnrolPage | StatusPage:
        """Return the page that is shown."""
        shown = self.centralWidget()
        assert isinstance(shown, EnrolPage | StatusPage)  # noqa: S101 - for the type checker
        return shown

    def grant(self, wish: Wish) -> None:
        """Come to the front; do what a later start asks for where nothing is under way here."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()
        page = self.page
        if isinstance(page, EnrolPage):
            page.grant(wish)
        elif page.is_stored() and wish != Wish() and wish.folder != page.session.folder.path:
            self._put_away(page)
            self._show_start(replace(self._start, wish=wish, problem=None))

    def _put_away(self, page: StatusPage) -> None:
        """Let go of a session that is done; what is under way may still reach its page."""
        page.stop()
        self.takeCentralWidget()
        page.setParent(self)
        page.hide()
        self.background.run(Lane.STEP, page.session.close, _forget, _log_it)

    def _show_start(self, start: StartPoint) -> None:
        page = EnrolPage(start, self._look, self.background)
        page.opened.connect(self.show_session)
        self.setCentralWidget(page)
        if start.problem is not None:
            page.show_problem(trouble_of(start.problem))

    def show_session(self, session: Session) -> None:
        """Show the page of `session` in place of the present one."""
        page = StatusPage(session, self._look, self.background)
        page.finished.connect(self.close)
        page.rail.setAccessibleName(self._look.say(NAME))
        self.setCentralWidget(page)
        page.state_shown.connect(self._retitle)

    def show_problem(self, trouble: Trouble) -> None:
        """Show an error on whatever page is there."""
        self.page.show_problem(trouble)

    def _retitle(self) -> None:
        page = self.page
        recording = isinstance(page, StatusPage) and page.is_filming()
        self.setWindowTitle(self._look.say(RECORDING_NAME if recording else NAME))
        self.session_end.hold(filming=recording)

    def closeEvent(self, event: QCloseEvent) -> None:
        page = self.page
        if not self._may_close and isinstance(page, StatusPage) and page.must_stay_on():
            event.ignore()
            self._explain(page)
            return
        event.accept()
        self.leaving.emit()
        self.hide()
        last = None
        if isinstance(page, StatusPage):
            page.stop()
            last = page.session.close
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
        self.dialog = CloseDialog(self._look, self, title, body)
        self.dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
        self.dialog.accepted.connect(self._leave)
        self.dialog.open()

    def _leave(self) -> None:
        self._may_close = True
        self.close()
