"""Draw saijian.ico from saijian.svg again.

    QT_QPA_PLATFORM=offscreen .venv/bin/python assets/icons/make.py

Commit the file; the build only reads it. Windows shows it for the programs, the installer and the
Start menu; the sizes are those that it asks for at 100 to 200 percent.
"""

from __future__ import annotations

import struct
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

FOLDER = Path(__file__).parent
SIZES = (16, 20, 24, 32, 40, 48, 64, 128, 256)
DIRECTORY, ENTRY = struct.Struct("<3H"), struct.Struct("<4B2H2I")


def draw(renderer: QSvgRenderer, size: int) -> bytes:
    """Return the icon as a PNG of `size` x `size` pixels."""
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    renderer.render(painter, QRectF(0, 0, size, size))
    painter.end()
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not image.save(buffer, "PNG"):
        raise SystemExit("PNG")
    return bytes(data.data())


def icon_file(pictures: dict[int, bytes]) -> bytes:
    """Return the pictures as one .ico: directory first, then the PNGs (Windows Vista and later)."""
    where = DIRECTORY.size + ENTRY.size * len(pictures)
    entries, bodies = b"", b""
    for size, png in pictures.items():
        side = size % 256  # 0 says 256
        entries += ENTRY.pack(side, side, 0, 0, 1, 32, len(png), where + len(bodies))
        bodies += png
    return DIRECTORY.pack(0, 1, len(pictures)) + entries + bodies


def main() -> None:
    """Write saijian.ico beside this script."""
    application = QGuiApplication([])
    renderer = QSvgRenderer(str(FOLDER / "saijian.svg"))
    pictures = {size: draw(renderer, size) for size in SIZES}
    (FOLDER / "saijian.ico").write_bytes(icon_file(pictures))
    application.quit()


if __name__ == "__main__":
    main()
