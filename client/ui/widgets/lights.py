"""The lights, 屏幕 摄像头 麦克风: a shape, a word and a colour each; and the sound level."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from client.base.text import Text
from client.evidence.entries import Source
from client.recorder.protocol import SourceStatus
from client.recorder.remarks import pieces_lost, spare
from client.ui.look import Look, Tone
from client.ui.widgets.parts import label, set_property

NAMES: dict[Source, Text] = {
    "screen": Text("屏幕", "Screen"),
    "camera": Text("摄像头", "Camera"),
    "second": Text("第二摄像头", "2nd camera"),
    "sound": Text("麦克风", "Microphone"),
}
_ICONS: dict[Source, str] = {
    "screen": "screen",
    "camera": "camera",
    "second": "camera",
    "sound": "microphone",
}
WORDS: dict[str, tuple[Text, Tone]] = {
    "live": (Text("正在录制", "Recording"), "good"),
    "slate": (Text("画面中断，正在重连", "Picture lost, reconnecting"), "bad"),
    "silence": (Text("声音中断，正在重连", "Sound lost, reconnecting"), "bad"),
    "black": (Text("画面全黑", "Black picture"), "bad"),
    "frozen": (Text("画面不动", "Frozen picture"), "bad"),
    "muted": (Text("麦克风已静音", "Microphone muted"), "bad"),
    "off": (Text("没有录制", "Not recorded"), "warn"),
    "waiting": (Text("未打开", "Not open"), "muted"),
    "closed": (Text("已关闭", "Closed"), "muted"),
    "unknown": (Text("正在等待消息", "Waiting for news"), "warn"),
}
"""What a light can say: the states of a source, and three of its absence."""
SHORT: dict[str, Text] = {
    "slate": Text("无画面", "no picture"),
    "silence": Text("无声音", "no sound"),
    "black": Text("全黑", "black"),
    "frozen": Text("不动", "frozen"),
    "muted": Text("静音", "muted"),
    "off": Text("未录制", "off"),
    "waiting": Text("未打开", "not open"),
    "closed": Text("已关闭", "closed"),
    "unknown": Text("等待中", "waiting"),
}
"""What a lamp adds to its name where the source is not live."""
_TONES: dict[Tone, str] = {"muted": "quiet"}
"""Tones of drawings that are called otherwise in the style sheet."""
SOUND_LEVEL = Text("音量", "Sound level")
PER_CENT = Text("{n}%", "{n}%")


def shape_of(state: str) -> str:
    """Return the drawing of `assets/icons` for one of `WORDS`."""
    return "off" if state in ("waiting", "closed") else state


class Lamp(QWidget):
    """One source, short: shape and name; the word only where it is not recorded as it should."""

    def __init__(self, look: Look, source: Source) -> None:
        """Build it, waiting."""
        super().__init__()
        self._look = look
        self._name = look.say(NAMES[source])
        self._shown = ""
        self._shape = QLabel()
        self._words = label("text", wrap=False)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(5)
        row.addWidget(self._shape)
        row.addWidget(self._words)
        self.show_state("waiting")

    def show_state(self, state: str) -> None:
        """Show one of `WORDS`."""
        if self._shown == state:
            return
        self._shown = state
        word, tone = WORDS[state]
        told = f"{self._name}: {self._look.say(word)}"
        short = f"{self._name}: {self._look.say(SHORT[state])}" if state in SHORT else self._name
        self._shape.setPixmap(self._look.picture(shape_of(state), tone, 18))
        self._words.setText(short)
        set_property(self._words, "tone", _TONES.get(tone, tone))
        self.setAccessibleName(told)
        self.setToolTip(told)


class Light(QWidget):
    """One source."""

    def __init__(self, look: Look, source: Source) -> None:
        """Build the light, waiting."""
        super().__init__()
        self._look = look
        self._name = look.say(NAMES[source])
        self._shown = ""
        self._shape = QLabel()
        self._word = label("text")
        self._cause = label("small")
        picture = QLabel()
        picture.setPixmap(look.picture(_ICONS[source], "text", 22))
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._word)
        words.addWidget(self._cause)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 3, 0, 3)
        row.setSpacing(10)
        row.addWidget(picture)
        row.addWidget(label("strong", self._name, wrap=False))
        row.addLayout(words, 1)
        row.addWidget(self._shape)
        self.show_state("waiting")

    def show_state(self, state: str, cause: str = "") -> None:
        """Show one of `WORDS`, with what the recorder says of it below."""
        if self._shown == (shown := f"{state} {cause}"):
            return
        self._shown = shown
        word, tone = WORDS[state]
        self._shape.setPixmap(self._look.picture(shape_of(state), tone, 22))
        self._word.setText(self._look.say(word))
        set_property(self._word, "tone", _TONES.get(tone, tone))
        self._cause.setText("\n".join(line[:120] for line in cause.splitlines()))
        self._cause.setVisible(bool(cause))
        self.setAccessibleName(f"{self._name}: {self._word.text()} {cause}".strip())

    def show_source(self, status: SourceStatus) -> None:
        """Show what the recorder says of this source, one line for each thing."""
        said = [Text(status.cause, status.cause_en), *pieces_lost(status), *spare(status)]
        self.show_state(status.state, "\n".join(self._look.say(text) for text in said if text.zh))


class LevelMeter(QWidget):
    """Peak of the last half second, from -60 dB to full scale."""

    FLOOR_DB = 60.0

    def __init__(self, look: Look) -> None:
        """Begin at silence."""
        super().__init__()
        self._look = look
        self.fraction = 0.0
        self.setMinimumHeight(12)
        self.set_level(0.0)

    def sizeHint(self) -> QSize:
        return QSize(120, 12)

    def set_level(self, level: float) -> None:
        """Show a peak of 0 to 1."""
        decibels = 20 * math.log10(level) if level > 0 else -self.FLOOR_DB
        self.fraction = min(1.0, max(0.0, 1 + decibels / self.FLOOR_DB))
        percent = self._look.say(PER_CENT.format(n=round(self.fraction * 100)))
        self.setAccessibleName(f"{self._look.say(SOUND_LEVEL)} {percent}")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(self._look.colour("line")))
        for fraction, colour in ((1.0, "quiet_soft"), (self.fraction, "good")):
            painter.setBrush(QColor(self._look.colour(colour)))
            wide, high = (self.width() - 1) * fraction, self.height() - 4
            painter.drawRoundedRect(QRectF(0.5, 2, wide, high), 4, 4)
            painter.setPen(Qt.PenStyle.NoPen)
        painter.end()
