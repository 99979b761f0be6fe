"""The application around the window: `run` returns when the window was closed."""

from __future__ import annotations

import ctypes
import gc
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication, QMessageBox

from client.base.assets import asset
from client.base.errors import SaiJianError
from client.base.single import Single
from client.evidence.layout import sessions_root
from client.ui.look import Look, system_theme
from client.ui.settings import Settings
from client.ui.start import Enrol, StartPoint, UnfinishedSession, Wish
from client.ui.trouble import trouble_of
from client.ui.window import NAME, Window

__all__ = ["Enrol", "StartPoint", "UnfinishedSession", "Wish", "run"]
TASKBAR_ID = "SaiJian.SaiJian"
log = logging.getLogger(__name__)


class Door(QObject):
    """Brings what a later start asks for to the window's own thread."""

    knocked = Signal(str)


def run(start: StartPoint) -> int:
    """Show the window until it is closed; return the exit code. At most once a process.

    Where this user has the window open already, that one comes to the front and is told what was
    wished for: 0 at once.
    """
    single = Single(sessions_root().parent)
    try:
        if not single.hold_or_tell(start.wish.message()):
            return 0
    except SaiJianError as error:
        return _tell(error, start)
    try:
        return _run_alone(start, single)
    finally:
        single.close()


def _run_alone(start: StartPoint, single: Single) -> int:
    app = application()
    look = dress(app, start.settings)
    window, door = Window(start, look, partial(dress, app)), Door()
    window.leaving.connect(single.close)
    window.closed.connect(app.quit)
    door.knocked.connect(lambda message: window.grant(Wish.read(message)))
    with errors_shown(window):
        window.show()
        gc.freeze()  # what was loaded stays: looking through all of it holds the window for 30 ms
        single.listen(door.knocked.emit)
        return app.exec()


def _tell(error: SaiJianError, start: StartPoint) -> int:
    look = dress(application(), start.settings)
    QMessageBox.warning(None, look.say(NAME), error.sentence(look.language))
    return error.exit_code


def application() -> QApplication:
    """Return the one application, sharp at any scale."""
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(
        Qt.HighDpiScaleFactorRoundingPolicy.PassThrough
    )
    group_under_our_icon()
    app = QApplication(sys.argv[:1])
    app.setApplicationName("SaiJian")
    app.setDesktopFileName("saijian")
    app.setWindowIcon(QIcon(str(asset("icons", "saijian.svg"))))
    app.setQuitOnLastWindowClosed(False)
    return app


def group_under_our_icon() -> None:
    """Let Windows' taskbar show our windows as one program, Python's own or not."""
    if sys.platform == "win32":
        ctypes.windll.shell32.SetCurrentProcessExplicitAppUserModelID(TASKBAR_ID)


def dress(app: QApplication, settings: Settings) -> Look:
    """Give the application its style, font and colours; again after they were changed."""
    theme = system_theme() if settings.theme == "system" else settings.theme
    look = Look(settings.spoken, theme, settings.large)
    app.setStyle("Fusion")
    app.setFont(look.font())
    app.setPalette(look.palette())
    app.setStyleSheet(look.style_sheet())
    return look


@contextmanager
def errors_shown(window: Window) -> Iterator[None]:
    """Log and show what no slot caught; the window goes on."""

    def show(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        log.critical("uncaught", exc_info=(kind, error, trace))
        if isinstance(error, Exception):
            window.show_problem(trouble_of(error))

    before = sys.excepthook
    sys.excepthook = show
    try:
        yield
    finally:
        sys.excepthook = before
