"""A page in place of the window's own for a while: emergency, recordings, help."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtWidgets import QMainWindow, QVBoxLayout, QWidget

from client.ui.background import Background
from client.ui.look import Look
from client.ui.pages.status import StatusPage

if TYPE_CHECKING:
    from client.ui.pages.emergency import EmergencyPage
    from client.ui.pages.help import HelpPage
    from client.ui.pages.retention import RetentionPage

    AsidePage: TypeAlias = EmergencyPage | HelpPage | RetentionPage


class Aside:
    """Shows one such page at a time over whatever the window shows, and takes it away again."""

    def __init__(self, window: QMainWindow, look: Look, background: Background) -> None:
        """Show nothing yet."""
        self._window = window
        self._look = look
        self._background = background
        self.covered: QWidget | None = None
        """The window's own page, while another one stands in its place."""
        self.page: AsidePage | None = None

    def show(self, name: str) -> None:
        """Show the page called `name`, as the rail names them."""
        self.close()
        self.page = page = self._made(name)
        page.left.connect(self.close)
        self.covered = self._window.takeCentralWidget()
        self.covered.setParent(self._window)
        self.covered.hide()
        shown = self._below_clocks(page, self.covered)
        self._window.setCentralWidget(shown)
        shown.show()
        page.first.setFocus()  # no focus proxy: with one, Tab leaves out what comes after it

    def _below_clocks(self, page: QWidget, covered: QWidget) -> QWidget:
        """Return `page` below the header of a session: its clocks, and that it is a trial."""
        if not isinstance(covered, StatusPage):
            return page
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(covered.header)
        column.addWidget(page, 1)
        page.show()
        return holder

    def close(self) -> None:
        """Bring the window's own page back; what a page of ours was doing is cancelled."""
        if self.page is None or self.covered is None:
            return
        page, covered, self.covered, self.page = self.page, self.covered, None, None
        page.stop()
        holder = self._window.takeCentralWidget()
        page.setParent(self._window)  # what is under way may still reach it
        page.hide()
        if isinstance(covered, StatusPage):
            covered.take_header_back()
            holder.deleteLater()
        self._window.setCentralWidget(covered)
        covered.show()

    def _made(self, name: str) -> AsidePage:
        """Make the page; what it needs is loaded now: a window that only films does without."""
        if name == "emergency":
            from client.ui.pages.emergency import EmergencyPage

            return EmergencyPage(self._look, self._background, self._folder(), self._phone())
        if name == "help":
            from client.ui.pages.help import HelpPage

            return HelpPage(self._look, self._phone())
        from client.ui.pages.retention import RetentionPage

        return RetentionPage(self._look, self._background, self._phone())

    def _folder(self) -> Path | None:
        """Return the session that the window shows, if it shows one."""
        session = getattr(self._window.centralWidget(), "session", None)
        return None if session is None else session.folder.path

    def _phone(self) -> str:
        """Return the organizer's number as the rail shows it, empty without a plan."""
        rail = getattr(self._window.centralWidget(), "rail", None)
        return "" if rail is None else rail.phone()
