"""The one window: start page or session page, and what closing means."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QMainWindow, QVBoxLayout, QWidget

from client.attempt.view import Session
from client.base.text import Text
from client.ui.background import Background
from client.ui.look import Look
from client.ui.pages.enrol import EnrolPage
from client.ui.pages.status import StatusPage
from client.ui.start import StartPoint
from client.ui.trouble import Trouble
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

    closed = Signal()

    def __init__(self, start: StartPoint, look: Look) -> None:
        """Show the given session, or the start page."""
        super().__init__()
        self._look = look
        self._may_close = False
        self.dialog: CloseDialog | None = None
        self.background = Background(self)
        self.setWindowTitle(look.say(NAME))
        self.setMinimumSize(*SMALLEST)
        self.setGeometry(placed(self.screen().availableGeometry()))
        if start.session is not None:
            self.show_session(start.session)
        else:
            page = EnrolPage(start, look, self.background)
            page.opened.connect(self.show_session)
            self.setCentralWidget(page)

    @property
    def page(self) -> EnrolPage | StatusPage:
        """Return the page that is shown."""
        shown = self.centralWidget()
        assert isinstance(shown, EnrolPage | StatusPage)  # noqa: S101 - for the type checker
        return shown

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

    def closeEvent(self, event: QCloseEvent) -> None:
        page = self.page
        if not self._may_close and isinstance(page, StatusPage) and page.must_stay_on():
            event.ignore()
            self._explain(filming=page.is_filming())
            return
        event.accept()
        self.hide()
        last = None
        if isinstance(page, StatusPage):
            page.stop()
            last = page.session.close
        self.background.close(last)
        self.closed.emit()

    def _explain(self, *, filming: bool) -> None:
        if self.dialog is not None and self.dialog.isVisible():
            return
        title = STILL_RECORDING if filming else STILL_SENDING
        body = STILL_RECORDING_IS if filming else STILL_SENDING_IS
        self.dialog = CloseDialog(self._look, self, title, body)
        self.dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
        self.dialog.accepted.connect(self._leave)
        self.dialog.open()

    def _leave(self) -> None:
        self._may_close = True
        self.close()
