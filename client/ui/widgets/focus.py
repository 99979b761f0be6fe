"""Where the keyboard is: in reading order, and never handed to a button that nobody chose."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLayout, QScrollArea, QWidget
from shiboken6 import isValid


class Parking:
    """Holds the focus for a page while what had it is disabled.

    Qt hands it to the next button, and the second Enter of somebody nervous presses that.
    """

    def __init__(self, page: QWidget) -> None:
        """Hold nothing yet."""
        self._page = page
        self._from: QWidget | None = None

    def park(self) -> None:
        """Take the focus, unless it is elsewhere."""
        had = self._focused()
        if had is None or self._page.isAncestorOf(had):
            self._from = had
            self._page.setFocus()

    def give_back(self) -> None:
        """Let whatever had it have it again, unless it went elsewhere meanwhile."""
        had = self._from
        self._from = None
        if had is None or not isValid(had):  # a row that a run replaced
            return
        if had.isVisibleTo(self._page) and self._focused() is self._page:
            had.setFocus()

    def _focused(self) -> QWidget | None:
        return self._page.window().focusWidget()


def tab_through(layout: QLayout) -> None:
    """Let the Tab key go through what is in `layout` from its first to its last.

    For what is laid in later: Qt goes through widgets as they were made.
    """
    for before, after in pairwise(_controls(layout)):
        QWidget.setTabOrder(before, after)


def _controls(layout: QLayout) -> Iterator[QWidget]:
    for number in range(layout.count()):
        if (item := layout.itemAt(number)) is None:
            continue
        if (widget := item.widget()) is None:
            within = item.layout()
        elif isinstance(widget, QScrollArea):
            yield widget  # it takes the focus once it does not fit
            within = widget.widget().layout()
        else:
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
                yield widget
            within = widget.layout()
        if within is not None:
            yield from _controls(within)
