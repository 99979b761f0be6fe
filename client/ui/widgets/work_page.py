"""What a page has that works in place of the window's own: problems on top, a way back."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from client.base.text import Text
from client.ui.background import Background
from client.ui.look import Look
from client.ui.trouble import Trouble
from client.ui.widgets.banner import Banner
from client.ui.widgets.parts import button
from client.ui.widgets.work import CANCEL_FIRST, STILL_AT_IT, WorkLine

BACK = Text("返回", "Back")


class WorkPage(QWidget):
    """One piece of work at a time; `left` asks for the window's own page again."""

    left = Signal()

    def __init__(self, look: Look, background: Background) -> None:
        """Have a banner, a line for what is under way, and the button that leads back."""
        super().__init__()
        self._look = look
        self.banner = Banner(look)
        self.work = WorkLine(look, background)
        self.dialog: QFileDialog | None = None
        self.back = button(look.say(BACK))
        self.back.clicked.connect(self.leave)
        self.first: QWidget = self.back

    def stop(self) -> None:
        """Cancel what is under way; the page is not shown any more."""
        self.work.stop()
        if self.dialog is not None:
            self.dialog.close()

    def leave(self) -> None:
        """Go back, unless that would cancel what is under way."""
        if self.work.must_stay:
            self.banner.say(STILL_AT_IT, CANCEL_FIRST, "warn")
        else:
            self.left.emit()

    def show_problem(self, trouble: Trouble) -> None:
        """Show an error on top."""
        self.banner.show_trouble(trouble)
