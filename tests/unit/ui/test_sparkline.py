"""The upload's rate: bars of five seconds, the figure in words, a line that is cheap to draw."""

import time

import numpy as np
import pytest
from PySide6.QtGui import QImage

from client.ui.look import Look
from client.ui.rates import BAR_S, BARS, Rates
from client.ui.widgets.sparkline import RateLine, Sparkline

PAINT_MS = 4.0


def test_the_first_count_is_no_rate():
    rates = Rates()
    assert rates.heard(400_000_000, 1000.0)  # a window that comes back finds much sent already
    assert (rates.bars, rates.kbps) == ((), None)


def test_a_bar_is_what_was_sent_in_its_time():
    rates = Rates()
    rates.heard(0, 0.0)
    assert not rates.heard(1_000_000, 4.9)
    assert rates.heard(1_250_000, 5.0)
    assert rates.bars == (2000.0,)
    assert rates.heard(1_250_000, 10.1)
    assert rates.bars == (2000.0, 0.0)
    assert rates.kbps == 1000.0


def test_a_window_that_was_not_asked_for_a_while_spreads_what_came():
    rates = Rates()
    rates.heard(0, 0.0)
    rates.heard(250_000, 10.0)
    assert rates.bars == (200.0, 200.0)
    rates.heard(250_000, 10.0 + 1000 * BAR_S)
    assert rates.bars == (0.0,) * BARS


def test_another_count_begins_anew():
    rates = Rates()
    rates.heard(500, 0.0)
    rates.heard(900, 5.0)
    assert rates.heard(100, 10.0)
    assert rates.bars == ()


@pytest.mark.parametrize(
    ("sent", "words"),
    [(0, "0 kbit/s"), (62_500, "100 kbit/s"), (624_000, "998 kbit/s"), (781_250, "1.2 Mbit/s")],
)
def test_the_figure_stands_beside_it_and_is_told(qtbot, look, sent, words):
    line = RateLine(look)
    qtbot.addWidget(line)
    assert line.value.text() == "—"
    line.heard(0, 0.0)
    line.heard(sent, BAR_S)
    assert line.value.text() == words
    assert line.value.accessibleName() == f"上传速度: {words}"
    assert words in line.line.accessibleName()


def drawn(line):
    """Return the line's pixels, each as three bytes."""
    image = line.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(-1, image.bytesPerLine())
    return rows[: image.height(), : image.width() * 3].reshape(image.height(), -1, 3).astype(int)


@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
def test_higher_is_faster_in_every_theme(qtbot, theme):
    look = Look("zh", theme)
    line = Sparkline(look)
    qtbot.addWidget(line)
    line.resize(100, 20)
    line.show()
    empty = drawn(line)
    line.show_bars((100.0,) * 18 + (800.0,) * 18)
    ys, xs = np.nonzero(np.abs(drawn(line) - empty).sum(axis=2) > 120)
    slow, fast = ys[(xs > 5) & (xs < 45)], ys[xs > 60]
    assert slow.size
    assert fast.size
    assert fast.mean() < slow.mean() - 8


def test_it_is_drawn_only_when_a_bar_is_new_and_costs_little(qapp, qtbot, look, monkeypatch):
    took_ms, paint = [], Sparkline.paintEvent

    def measured(self, event):
        before = time.thread_time()
        paint(self, event)
        took_ms.append((time.thread_time() - before) * 1000)

    monkeypatch.setattr(Sparkline, "paintEvent", measured)
    line = RateLine(look)
    qtbot.addWidget(line)
    line.resize(220, 24)
    line.show()
    qtbot.waitUntil(lambda: took_ms != [])
    took_ms.clear()
    for tick in range(0, 2000, 5):  # 200 s of views, two a second
        line.heard(tick * tick * 20, tick / 10)
        qapp.processEvents()
    assert BARS // 2 < len(took_ms) <= 200 / BAR_S + 1
    assert sum(took_ms) / len(took_ms) < PAINT_MS
