"""The organizer's receipt as a page to keep or print: PDF, A4, made by Qt."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QRect, Qt
from PySide6.QtGui import QFont, QPageSize, QPainter, QPdfWriter

from client.base.text import Text
from client.ui.look import Look
from client.ui.widgets import qr

TITLE = Text("赛鉴 收妥回执", "SaiJian storage receipt")
PROOF = Text(
    "组委会签名的原件在场次文件夹的 receipts.jsonl 里；这一页便于查对，本身不是证明。",
    "What the organizer signed is receipts.jsonl in the session's folder; this page helps to find "
    "it and proves nothing by itself.",
)
UNITS_A_MM = 20
MARGIN_MM, GAP_MM, CAPTION_MM, CODE_MM = 20, 4, 45, 60
TITLE_PT, BODY_PT = 18, 11
WRAPPED = Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextWrapAnywhere


def receipt_pdf(look: Look, rows: list[tuple[Text, str]], code: qr.Modules) -> bytes:
    """Return the page with `rows` of captions and values, and the code below them.

    Raises OSError where Qt makes none.
    """
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(look.say(TITLE))
    writer.setCreator("SaiJian")
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageMargins(QMarginsF(*[MARGIN_MM] * 4))
    writer.setResolution(round(25.4 * UNITS_A_MM))
    painter = QPainter()
    if not painter.begin(writer):
        raise OSError(look.say(TITLE))
    _draw(painter, look, rows, code)
    painter.end()
    return bytes(buffer.data().data())


def _draw(painter: QPainter, look: Look, rows: list[tuple[Text, str]], code: qr.Modules) -> None:
    page = QRect(0, 0, painter.device().width(), painter.device().height())
    bottom = _write(painter, look, TITLE_PT, page, look.say(TITLE)) + GAP_MM * UNITS_A_MM
    for caption, value in rows:
        left = QRect(page)
        left.setTop(bottom)
        right = left.adjusted(CAPTION_MM * UNITS_A_MM, 0, 0, 0)
        left.setRight(right.left() - UNITS_A_MM)
        ends = [
            _write(painter, look, BODY_PT, place, words)
            for place, words in ((left, look.say(caption)), (right, value))
        ]
        bottom = max(ends) + GAP_MM * UNITS_A_MM
    if code:
        place = QRect(0, bottom, CODE_MM * UNITS_A_MM, CODE_MM * UNITS_A_MM)
        qr.paint(painter, code, place)
        bottom = place.bottom() + GAP_MM * UNITS_A_MM
    page.setTop(bottom)
    _write(painter, look, BODY_PT, page, look.say(PROOF))


def _write(painter: QPainter, look: Look, points: int, place: QRect, words: str) -> int:
    """Write `words` into `place`; return where they end below."""
    font = QFont(look.font())
    font.setPointSize(points)
    painter.setFont(font)
    return painter.drawText(place, int(WRAPPED), words).bottom()
