"""The camera's picture as the recorder sees it, never mirrored: what is shown is what is kept."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

from client.base.text import Text
from client.ui.look import Look

NAME = Text("摄像头画面", "Camera picture")
CLOSED = Text("摄像头未打开", "The camera is not open")
NO_PICTURE = Text("暂时没有画面", "No picture at the moment")
STALE_MS = 3000
SQUARES = 24
"""So many squares are as wide as the picture: on a card that fills it a digit is a third of one."""
SOFT_WIDTH = 128
"""Pixels: on a card that fills half of it a digit is two pixels wide."""
Area = tuple[float, float, float, float]
"""Left, top, right, bottom as parts of the picture."""


class PreviewPicture(QWidget):
    """Shows JPEGs; says so when none has come for three seconds."""

    def __init__(self, look: Look, height: int = 162) -> None:
        """Begin without a picture; `height` in pixels is what it asks for."""
        super().__init__()
        self._look = look
        self._pixmap = QPixmap()
        self._age = QElapsedTimer()
        self.is_open = False
        self._coarse: Area | None = None
        self._soft = False
        self._hint = QSize(288, height)
        self.setMinimumHeight(height)
        self.set_open(is_open=False)

    def sizeHint(self) -> QSize:
        return self._hint

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
            smooth = Qt.TransformationMode.SmoothTransformation
            self._pixmap = fresh.scaledToWidth(SOFT_WIDTH, smooth) if self._soft else fresh
            self._age.start()
            self.update()

    def set_soft(self) -> None:
        """Show every picture so unsharp that no number on a document in it can be read."""
        self._soft = True

    def set_coarse(self, area: Area | None) -> None:
        """Show this part of the picture as large squares: the screen is recorded, too."""
        if area != self._coarse:
            self._coarse = area
            self.update()

    def has_picture(self) -> bool:
        """Tell whether a picture of the last three seconds is shown."""
        fresh = self._age.isValid() and self._age.elapsed() < STALE_MS
        return self.is_open and fresh and not self._pixmap.isNull()

    def words(self) -> str:
        """Return what stands in place of a picture."""
        return self._look.say(NO_PICTURE if self.is_open else CLOSED)

    def _hidden(self) -> QPixmap:
        """Return the picture with its coarse part as squares that no digit survives."""
        wide, high = self._pixmap.width(), self._pixmap.height()
        left, top, right, bottom = self._coarse or (0.0, 0.0, 0.0, 0.0)
        first = QPoint(int(left * wide), int(top * high))
        part = QRect(first, QPoint(int(right * wide), int(bottom * high)))
        part = part.intersected(self._pixmap.rect())
        if part.isEmpty():
            return self._pixmap
        square = max(2, wide // SQUARES)
        squares = QSize(max(1, part.width() // square), max(1, part.height() // square))
        smooth = Qt.TransformationMode.SmoothTransformation
        ignore = Qt.AspectRatioMode.IgnoreAspectRatio
        coarse = self._pixmap.copy(part).scaled(squares, ignore, smooth)
        shown = QPixmap(self._pixmap)
        painter = QPainter(shown)
        painter.drawPixmap(part, coarse)
        painter.end()
        return shown

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._look.colour("quiet_soft")))
        if self.has_picture():
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            size = self._pixmap.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
            place = QRect(0, 0, size.width(), size.height())
            place.moveCenter(self.rect().center())
            painter.drawPixmap(place, self._pixmap if self._coarse is None else self._hidden())
        else:
            painter.setPen(QColor(self._look.colour("line")))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
            painter.setPen(QColor(self._look.colour("muted")))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.words())
        painter.end()
