"""Show the known picture in a window of the place's own screen until the process is ended.

python packaging/tryout/known_window.py      prints "shown" once it is there
"""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tryout.pattern import AT, CELL, WINDOW, colours

SETTLE_MS = 500


class KnownWindow(QWidget):
    """Blocks of colour, in front of everything, in real pixels."""

    def __init__(self) -> None:
        flags = Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint
        super().__init__(None, flags)
        ratio = QGuiApplication.primaryScreen().devicePixelRatio()
        self.setGeometry(*(round(number / ratio) for number in (*AT, *WINDOW)))

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint the blocks."""
        painter = QPainter(self)
        ratio = self.devicePixelRatio()
        painter.scale(1 / ratio, 1 / ratio)
        for row, line in enumerate(colours()):
            for column, colour in enumerate(line):
                painter.fillRect(column * CELL, row * CELL, CELL, CELL, QColor(*colour))
        painter.end()


def main() -> int:
    """Show it."""
    app = QApplication(sys.argv[:1])
    window = KnownWindow()
    window.show()
    QTimer.singleShot(SETTLE_MS, lambda: print("shown", flush=True))
    return app.exec()


if __name__ == "__main__":
    sys.exit(main())
