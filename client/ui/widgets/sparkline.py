"""The upload's rate: a line as small as a word, and the figure. It moves once in five seconds."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from client.base.clock import SECOND_US, monotonic_us
from client.base.text import Text
from client.ui.look import Look
from client.ui.rates import BARS, Rates
from client.ui.widgets.parts import label

RATE = Text("上传速度", "Upload rate")
NO_RATE = Text("—", "—")
KBPS = Text("{n} kbit/s", "{n} kbit/s")
MBPS = Text("{n} Mbit/s", "{n} Mbit/s")
OVER = Text("最近 3 分钟的上传速度", "Upload rate of the last 3 minutes")
KILO = 1000
LEAST_KBPS = 100.0
"""A full height is at least this: nothing that trickles should look like much."""


def told(kbps: float | None) -> Text:
    """Return a rate in words."""
    if kbps is None:
        return NO_RATE
    whole = round(kbps)
    return KBPS.format(n=whole) if whole < KILO else MBPS.format(n=f"{kbps / KILO:.1f}")


class Sparkline(QWidget):
    """Draws bars as a line over a ground line; the highest of them fills the height."""

    def __init__(self, look: Look) -> None:
        """Begin empty."""
        super().__init__()
        self._look = look
        self._bars: tuple[float, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip(look.say(OVER))

    def sizeHint(self) -> QSize:
        return QSize(60, self._look.size("base"))

    def show_bars(self, bars: tuple[float, ...]) -> None:
        """Draw these from now on."""
        if bars != self._bars:
            self._bars = bars
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._bars:
            return
        painter = QPainter(self)
        low, wide = self.height() - 1.5, self.width() - 2.0
        painter.setPen(QPen(QColor(self._look.colour("edge")), 1.0))
        painter.drawLine(QPointF(1, low + 0.5), QPointF(1 + wide, low + 0.5))
        if len(self._bars) > 1:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(self._look.colour("accent")), 1.6))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPolyline(self._line(low, wide))
        painter.end()

    def _line(self, low: float, wide: float) -> QPolygonF:
        most = max(LEAST_KBPS, *self._bars)
        first = BARS - len(self._bars)
        return QPolygonF(
            [
                QPointF(1 + wide * (first + at) / (BARS - 1), low - (low - 2) * bar / most)
                for at, bar in enumerate(self._bars)
            ]
        )


class RateLine(QWidget):
    """The line and the figure; hears the count of bytes with every view of a session."""

    def __init__(self, look: Look) -> None:
        """Know no rate yet."""
        super().__init__()
        self._look = look
        self._rates = Rates()
        self.line, self.value = Sparkline(look), label("text", look.say(NO_RATE), wrap=False)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self.value)
        row.addWidget(self.line, 1)
        self._tell()

    def heard(self, sent_bytes: int, now_s: float | None = None) -> None:
        """Take in how much was sent by now (`now_s` is for tests)."""
        now_s = monotonic_us() / SECOND_US if now_s is None else now_s
        if self._rates.heard(sent_bytes, now_s):
            self._tell()

    def _tell(self) -> None:
        words = self._look.say(told(self._rates.kbps))
        self.value.setText(words)
        self.value.setAccessibleName(f"{self._look.say(RATE)}: {words}")
        self.line.setAccessibleName(f"{self._look.say(OVER)}: {words}")
        self.line.show_bars(self._rates.bars)
