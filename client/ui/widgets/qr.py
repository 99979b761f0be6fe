"""A QR code, drawn sharp: black on white in every theme, with the quiet zone that scanners need."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

QUIET = 4
"""Modules of white on every side (ISO/IEC 18004)."""
SIDE = 200

Modules = tuple[tuple[bool, ...], ...]
"""Rows of a QR code without its quiet zone; True is dark."""


def modules_of(text: str) -> Modules:
    """Return the QR code of an ASCII `text` at correction level M. Loads OpenCV: for a background.

    Raises cv2.error where the text is too long.
    """
    import cv2  # not at the start of a window that may never come here

    wanted = cv2.QRCodeEncoder.Params()
    wanted.correction_level = cv2.QRCODE_ENCODER_CORRECT_LEVEL_M
    dark = cv2.QRCodeEncoder.create(wanted).encode(text) == 0
    down, across = dark.any(axis=1).nonzero()[0], dark.any(axis=0).nonzero()[0]
    bare = dark[down[0] : down[-1] + 1, across[0] : across[-1] + 1]
    return tuple(tuple(map(bool, row)) for row in bare)


def paint(painter: QPainter, modules: Modules, place: QRect) -> None:
    """Draw into the middle of `place`, a module as many whole units of the device as fit."""
    number = len(modules) + 2 * QUIET
    module = max(1, min(place.width(), place.height()) // number)
    whole = QRect(0, 0, number * module, number * module)
    whole.moveCenter(place.center())
    painter.fillRect(whole, Qt.GlobalColor.white)
    for y, row in enumerate(modules, start=QUIET):
        for x, is_dark in enumerate(row, start=QUIET):
            if is_dark:
                left, top = whole.left() + x * module, whole.top() + y * module
                painter.fillRect(left, top, module, module, Qt.GlobalColor.black)


class QrPicture(QWidget):
    """Empty until it has its modules."""

    def __init__(self, name: str) -> None:
        """`name` is told to a screen reader."""
        super().__init__()
        self._modules: Modules = ()
        self.setFixedSize(SIDE, SIDE)
        self.setAccessibleName(name)
        self.setToolTip(name)

    def show_modules(self, modules: Modules) -> None:
        """Draw this code from now on."""
        self._modules = modules
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._modules:
            return
        ratio = self.devicePixelRatioF()
        pixels = QPixmap(self.size() * ratio)
        pixels.fill(Qt.GlobalColor.transparent)
        inner = QPainter(pixels)
        paint(inner, self._modules, pixels.rect())
        inner.end()
        pixels.setDevicePixelRatio(ratio)
        painter = QPainter(self)
        painter.drawPixmap(0, 0, pixels)
        painter.end()
