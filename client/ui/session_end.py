"""A shutdown or log-off while filming: the window says no, and why; the person decides.

Qt asks by the same signal on Windows (WM_QUERYENDSESSION) and under an X session manager. Windows
then shows the reason, with "shut down anyway" and "cancel". The recorder is asked by itself, agrees
to everything, and seals (`recorder/child/logoff.py`).
"""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication, QSessionManager
from PySide6.QtWidgets import QWidget

from client.base.shutdown import no_need_to_wait, say_why_to_wait
from client.base.text import Text

WHY = Text(
    "赛鉴正在录制。现在关机或注销，录像会中断。",
    "SaiJian is recording. Shutting down or logging out now interrupts it.",
)


class SessionEnd(QObject):
    """Refuses the end of the desktop session while `holds` is set."""

    def __init__(self, window: QWidget, why: str) -> None:
        """Be asked from now on, as long as `window` lives."""
        super().__init__(window)
        self._window = window
        self._why = why
        self.holds = False
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)  # noqa: S101 - for the type checker
        app.commitDataRequest.connect(self._asked)

    def hold(self, *, filming: bool) -> None:
        """Refuse from now on, or no longer."""
        if filming == self.holds:
            return
        self.holds = filming
        if filming:
            say_why_to_wait(int(self._window.winId()), self._why)
        else:
            no_need_to_wait(int(self._window.winId()))

    def _asked(self, manager: QSessionManager) -> None:
        if self.holds:
            manager.cancel()
