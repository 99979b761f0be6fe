"""Draw the slates again: `QT_QPA_PLATFORM=offscreen .venv/bin/python assets/slates/make.py`.

Run it where Noto Sans CJK is installed and commit the pictures; the program only reads them.
"""

from __future__ import annotations

from pathlib import Path

from PIL import Image
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QGuiApplication, QImage, QPainter

WIDTH, HEIGHT = 1280, 720
FOLDER = Path(__file__).parent
COLOURS = 48
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
    "screen": (
        "#6b1f1f",
        "没有屏幕画面",
        "系统没有交出屏幕画面，这段时间不计入监考证据",
        "The system hands out no screen. This picture is no evidence.",
    ),
}
LOST = {
    "absent": ("找不到摄像头", "请接上摄像头", "There is no such camera. Plug it in."),
    "address": (
        "摄像头地址不对",
        "请照手机摄像程序显示的地址填写",
        "No camera at that address. Copy the one that the phone's app shows.",
    ),
    "app": (
        "手机摄像程序没有运行",
        "请在手机上打开它并点“开始”",
        "The phone's camera app is not running. Open it and press its start.",
    ),
    "asleep": (
        "连上了，但没有画面",
        "请解锁手机，让摄像程序留在前台",
        "Connected, but no picture. Unlock the phone, keep the camera app in front.",
    ),
    "hangs": (
        "摄像头驱动没有反应",
        "请拔下摄像头再插上",
        "The camera's driver does not answer. Unplug the camera, plug it in again.",
    ),
    "held": (
        "摄像头被别的程序占用",
        "请关闭正在使用摄像头的程序",
        "Another program holds the camera. Close it.",
    ),
    "password": (
        "摄像头密码不对",
        "请把用户名和密码写进地址",
        "The camera wants a password. Put name and password into the address.",
    ),
    "refused": (
        "摄像头打不开",
        "请检查连接和系统的摄像头权限",
        "The camera cannot be opened. Check its cable and the system's permissions.",
    ),
    "silent": (
        "摄像头没有新画面",
        "请检查连接和电源",
        "The camera delivers no new picture. Check its cable and power.",
    ),
    "unreachable": (
        "摄像头没有应答",
        "请点亮手机屏幕，确认在同一网络",
        "The camera does not answer. Wake the phone, see that it is in the same network.",
    ),
}
"""headline, what to do, both in English; recording goes on and the camera is tried again."""


def _keep(image: QImage, name: str) -> None:
    """Save with 48 colours: enough for letters on one colour, and a third of the bytes."""
    path = FOLDER / f"{name}.png"
    image.save(str(path))
    drawn = Image.open(path).convert("RGB")
    few = drawn.quantize(COLOURS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    few.save(path, optimize=True)


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
    _keep(image, name)


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
    _keep(image, "simulated")


def main() -> None:
    """Write every slate beside this script."""
    application = QGuiApplication([])
    for name, parts in FULL.items():
        _full(name, *parts)
    for name, (headline, advice, english) in LOST.items():
        _full(name, "#6b1f1f", headline, f"录制仍在继续，正在重新连接；{advice}", english)
    _simulated()
    application.quit()


if __name__ == "__main__":
    main()
