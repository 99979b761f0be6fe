"""The camera's picture as the recorder sees it, never mirrored: what is shown is what is kept."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

from client.base.text import Text
from client.ui.look import Look

NAME = Text("摄像头画面", "Camera picture")
CLOSED = Text("摄像头未打开", "The camera is not open")
NO_PICTURE = Text("暂时没有画面", "No picture at the moment")
STALE_MS = 3000


class PreviewPicture(QWidget):
    """Shows JPEGs; says so when none has come for three seconds."""

    def __init__(self, look: Look) -> None:
        """Begin without a picture."""
        super().__init__()
        self._look = look
        self._pixmap = QPixmap()
        self._age = QElapsedTimer()
        self.is_open = False
        self.setMinimumHeight(120)
        self.set_open(is_open=False)

    def sizeHint(self) -> QSize:
        return QSize(288, 162)

    def set_open(self, *, is_open: bool) -> None:
        """Tell whether the camera is meant to be open now."""
        self.is_open = is_open
        if not is_open:
            self._pixmap = QPixmap()
        words = "" if self.has_picture() else f": {self.words()}"
        self.setAccessibleName(f"{self._look.say(NAME)}{words}")
        self.update()

    def show_jpeg(self, jpeg: bytes) -> None:
        """Show a picture; bytes that are none are passed over."""
        fresh = QPixmap()
        if fresh.loadFromData(jpeg):
            self._pixmap = fresh
            self._age.start()
            self.update()

    def has_picture(self) -> bool:
        """Tell whether a picture of the last three seconds is shown."""
        fresh = self._age.isValid() and self._age.elapsed() < STALE_MS
        return self.is_open and fresh and not self._pixmap.isNull()

    def words(self) -> str:
        """Return what stands in place of a picture."""
        return self._look.say(NO_PICTURE if self.is_open else CLOSED)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._look.colour("quiet_soft")))
        if self.has_picture():
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            size = self._pixmap.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
            place = QRect(0, 0, size.width(), size.height())
            place.moveCenter(self.rect().center())
            painter.drawPixmap(place, self._pixmap)
        else:
            painter.setPen(QColor(self._look.colour("muted")))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.words())
        painter.end()
