"""A small pattern that changes every 5 s: the recorder finds it in what it recorded."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from client.base.clock import monotonic_us
from client.base.text import Text
from client.base.tick import COLUMNS, ROWS, cells, number_at
from client.ui.look import Look

CELL = 7
"""Pixels before scaling; below 6 in the picture it is not found."""
LIGHT, DARK = QColor(245, 245, 245), QColor(12, 12, 12)
WHY = Text(
    "每 5 秒变化一次：录制程序用它确认录下的就是这块屏幕。",
    "Changes every 5 s: the recorder looks for it to be sure that it records this screen.",
)


class Tick(QWidget):
    """Shows the present number while it is visible."""

    def __init__(self, look: Look) -> None:
        """Build it; `tick` draws a new number."""
        super().__init__()
        self.setFixedSize(self.sizeHint())
        self.setToolTip(look.say(WHY))
        policy = self.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.setSizePolicy(policy)
        self._number = number_at(monotonic_us())

    def sizeHint(self) -> QSize:
        """Return the size with the frame of one dark cell."""
        return QSize((COLUMNS + 2) * CELL, (ROWS + 2) * CELL)

    def tick(self) -> None:
        """Draw again where the number is another one."""
        number = number_at(monotonic_us())
        if number != self._number:
            self._number = number
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's name and shape
        """Draw the cells without smoothing."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), DARK)
        for row, line in enumerate(cells(self._number), 1):
            for column, is_light in enumerate(line, 1):
                if is_light:
                    painter.fillRect(QRect(column * CELL, row * CELL, CELL, CELL), LIGHT)
        painter.end()
