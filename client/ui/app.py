"""The application around the window: `run` returns when the window was closed."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication

from client.base.assets import asset
from client.ui.look import Look, font, system_theme
from client.ui.start import Enrol, StartPoint, UnfinishedSession
from client.ui.trouble import trouble_of
from client.ui.window import Window

__all__ = ["Enrol", "StartPoint", "UnfinishedSession", "run"]
log = logging.getLogger(__name__)


def run(start: StartPoint) -> int:
    """Show the window until it is closed; return the exit code. At most once a process."""
    app = application()
    look = dress(app, start)
    window = Window(start, look)
    window.closed.connect(app.quit)
    with errors_shown(window):
        window.show()
        return app.exec()


def application() -> QApplication:
    """Return the one application, sharp at any scale."""
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(
        Qt.HighDpiScaleFactorRoundingPolicy.PassThrough
    )
    app = QApplication(sys.argv[:1])
    app.setApplicationName("SaiJian")
    app.setDesktopFileName("saijian")
    app.setWindowIcon(QIcon(str(asset("icons", "saijian.svg"))))
    app.setQuitOnLastWindowClosed(False)
    return app


def dress(app: QApplication, start: StartPoint) -> Look:
    """Give the application its style, font and colours."""
    theme = system_theme() if start.theme == "system" else start.theme
    look = Look(start.language, theme)
    app.setStyle("Fusion")
    app.setFont(font())
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
