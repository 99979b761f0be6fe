"""Contest work on the desktop for a comparison: a page of text, typed into, scrolled, changed."""

from __future__ import annotations

import sys

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QPlainTextEdit

TICK_MS = 100
CYCLE = 100
"""Ticks: ten seconds."""
WORDS = "竞赛录制 the quick brown fox jumps over 0123456789 "


def main() -> int:
    """Work until somebody ends it; says "shown" when the window is there."""
    app = QApplication([])
    page = QPlainTextEdit()
    page.setPlainText((WORDS * 3 + "\n") * 200)
    page.showMaximized()
    ticks = 0

    def work() -> None:
        nonlocal ticks
        ticks += 1
        now, bar = ticks % CYCLE, page.verticalScrollBar()
        if now == 0:
            page.setPlainText((f"{ticks} {WORDS}" * 3 + "\n") * 200)
        elif now < CYCLE // 20:
            bar.setValue(bar.value() + 3)
        elif now < CYCLE * 2 // 3 and now % 2:
            page.insertPlainText(WORDS[ticks % len(WORDS)])

    timer = QTimer()
    timer.timeout.connect(work)
    timer.start(TICK_MS)
    QTimer.singleShot(0, lambda: print("shown", flush=True))
    return app.exec()


if __name__ == "__main__":
    sys.exit(main())
