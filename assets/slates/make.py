"""Draw the slates again: `QT_QPA_PLATFORM=offscreen .venv/bin/python assets/slates/make.py`.

Run it where Noto Sans CJK is installed and commit the pictures; the program only reads them.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QGuiApplication, QImage, QPainter

WIDTH, HEIGHT = 1280, 720
FOLDER = Path(__file__).parent
FAMILY = "Noto Sans CJK SC"
INK = QColor("#f4f6fa")
FAINT = QColor("#aab4c8")

# file: background, headline, Chinese line, English line
FULL = {
    "opening": (
        "#1d2f4f",
        "摄像头正在打开",
        "画面出现前，这段时间不计入监考证据",
        "The camera is being opened. This picture is no evidence.",
    ),
    "lost": (
        "#6b1f1f",
        "摄像头信号中断",
        "录制仍在继续，正在重新连接摄像头",
        "The camera's signal was lost. Recording goes on, trying to connect again.",
    ),
}


def _text(painter: QPainter, box: QRect, size: int, colour: QColor, text: str) -> None:
    font = QFont(FAMILY)
    font.setPixelSize(size)
    if QFontMetrics(font).horizontalAdvance(text) > box.width():
        raise SystemExit(f"too wide: {text}")
    painter.setFont(font)
    painter.setPen(colour)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def _full(name: str, background: str, headline: str, zh: str, en: str) -> None:
    image = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
    image.fill(QColor(background))
    painter = QPainter(image)
    _text(painter, QRect(40, 200, WIDTH - 80, 140), 110, INK, headline)
    _text(painter, QRect(40, 370, WIDTH - 80, 60), 40, INK, zh)
    _text(painter, QRect(40, 440, WIDTH - 80, 50), 30, FAINT, en)
    painter.end()
    image.save(str(FOLDER / f"{name}.png"))


def _simulated() -> None:
    """Colour bars with the label across the middle: nobody takes it for a room."""
    image = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    bars = ("#8a8a8a", "#8a8a22", "#228a8a", "#228a22", "#8a228a", "#8a2222", "#22228a")
    for index, colour in enumerate(bars):
        left = index * WIDTH // len(bars)
        painter.fillRect(left, 0, WIDTH // len(bars) + 1, HEIGHT, QColor(colour))
    painter.fillRect(0, 180, WIDTH, 250, QColor("#101418"))
    _text(painter, QRect(40, 185, WIDTH - 80, 160), 130, QColor("#ffd23c"), "模拟画面")
    _text(
        painter,
        QRect(40, 345, WIDTH - 80, 70),
        40,
        INK,
        "模拟摄像头 · SIMULATED CAMERA, NO EVIDENCE",
    )
    painter.end()
    image.save(str(FOLDER / "simulated.png"))


def main() -> None:
    """Write every slate beside this script."""
    application = QGuiApplication([])
    for name, parts in FULL.items():
        _full(name, *parts)
    _simulated()
    application.quit()


if __name__ == "__main__":
    main()
