"""The right side: what is being recorded, what is safe on the disk, what has been sent."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from client.attempt.states import State
from client.attempt.view import View
from client.base.text import Text
from client.evidence.entries import Source
from client.recorder.protocol import SourceStatus, Status
from client.ui import times
from client.ui.look import Look
from client.ui.trouble import Trouble
from client.ui.widgets.lights import NAMES, WORDS, LevelMeter, Light
from client.ui.widgets.parts import box, copyable, label, set_property
from client.ui.widgets.preview import PreviewPicture
from client.ui.widgets.sparkline import RATE, RateLine
from client.ui.widgets.tick import Tick

WIDTH = 330
LEAST_PREVIEW = 40
"""The picture makes way where there is much to say."""
FILMING = frozenset({State.IDENTITY, State.CONTEST, State.HANDED_IN})
BEFORE = frozenset({State.NEW, State.ENROLLED, State.OFFLINE, State.CONSENTED, State.PREFLIGHTED})
SOURCES: tuple[Source, ...] = ("screen", "camera", "second", "sound")

NOT_YET = Text("还没有开始录制", "Not recording yet")
RUNNING = Text("录制中", "Recording")
DISK_TROUBLE = Text("录制中，磁盘有问题", "Disk trouble")
OVER = Text("录制已结束", "The recording has ended")
COMING_BACK = Text("录制程序正在恢复……", "The recorder is coming back…")

ELAPSED = Text("已录制", "Recorded")
ON_DISK = Text("已落盘", "Safe on disk")
SENT = Text("已上传", "Sent")
ADDRESS = Text("网络地址", "Address")
GAPS = Text("录制中断", "Gaps")
LAST = Text("最近的问题", "Last problem")
FACTS = (ELAPSED, ON_DISK, SENT, RATE, ADDRESS, GAPS, LAST)

SECONDS = Text("{n} 秒", "{n} s")
NONE = Text("无", "none")
NO_VALUE = Text("—", "—")
TIMES = Text("{n} 次，原因已记录", "{n}, causes noted")


def sent_percent(view: View) -> int | None:
    """Return the whole per cent sent, 100 only when all was; None with nothing to send."""
    if view.sent.recorded_bytes <= 0:
        return None
    return min(100, view.sent.sent_bytes * 100 // view.sent.recorded_bytes)


def heard_of(view: View) -> dict[Source, SourceStatus]:
    """Return what a living recorder says of each source while it films; nothing otherwise."""
    if view.state not in FILMING or not view.recorder_alive or view.status is None:
        return {}
    return {source.source: source for source in view.status.sources}


def disk_said(view: View) -> Text | None:
    """Return what the recorder says of its disk now; None where all is well."""
    if view.status is None or not view.status.disk:
        return None
    return Text(view.status.disk, view.status.disk_en)


def headline_of(view: View) -> tuple[Text, str]:
    """Return what is said of a recording that runs, and its tone."""
    if not view.recorder_alive:
        return COMING_BACK, "bad"
    return (DISK_TROUBLE, "warn") if disk_said(view) else (RUNNING, "good")


def last_problem(view: View, look: Look, trouble: Trouble | None) -> str:
    """Return the most pressing problem in one sentence, or an empty string."""
    for source in view.status.sources if view.status else ():
        if source.state not in ("live", "off"):
            name, word = NAMES[source.source], WORDS[source.state][0]
            return look.say(Text(f"{name.zh}：{word.zh}", f"{name.en}: {word.en}"))
    problem = disk_said(view) or view.sent.problem
    if problem is not None:
        return look.say(problem)
    return look.say(trouble.title) if trouble is not None else ""


class RecordingPanel(QWidget):
    """Preview, lights, level and facts; `show_view` draws all of them."""

    def __init__(self, look: Look) -> None:
        """Build the panel as it is before any recording."""
        super().__init__()
        self._look = look
        self.setFixedWidth(WIDTH)
        self._state = label("strong", look.say(NOT_YET))
        self.tick = Tick(look)
        self.tick.hide()
        self.preview = PreviewPicture(look)
        self.preview.setMinimumHeight(LEAST_PREVIEW)
        self.lights = {source: Light(look, source) for source in SOURCES}
        self.level = LevelMeter(look)
        self.rate = RateLine(look)
        self.facts: dict[Text, QLabel] = {}
        self._heard: Status | None = None
        """What the recorder said last: it stays true after its end."""
        headline = QHBoxLayout()
        headline.addWidget(self._state, 1)
        headline.addWidget(self.tick)
        column = QVBoxLayout()
        column.addLayout(headline)
        column.addWidget(self.preview)
        for light in self.lights.values():
            column.addWidget(light)
        self.lights["second"].hide()
        column.addWidget(self.level)
        column.addSpacing(6)
        self.figures = QWidget()
        self.figures.setLayout(self._grid())
        column.addWidget(self.figures)
        column.addStretch(1)
        self._column, self._has_preview, self._has_ended = column, True, False
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(box("card", column, margin=14, spacing=4))

    def offer_preview(self, *, wanted: bool) -> None:
        """Show the camera's picture where it is wanted and has room."""
        self._has_preview = wanted
        self._make_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """Let the picture go where the words need its room; it comes back with the room."""
        for grown in (self.figures, *self.lights.values()):
            grown.updateGeometry()  # else the column goes by what they needed a moment ago
        held = 0 if self.preview.isHidden() else LEAST_PREVIEW + self._column.spacing()
        words = self._column.minimumHeightForWidth(WIDTH - 2) - held
        room = self.height() - 2 - words
        wanted = self._has_preview and not self._has_ended
        self.preview.setVisible(wanted and room >= LEAST_PREVIEW)

    def _grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(1, 1)
        top = Qt.AlignmentFlag.AlignTop
        for row, caption in enumerate(FACTS):
            grid.addWidget(label("muted", self._look.say(caption), wrap=False), row, 0, top)
            grid.addWidget(self.rate if caption is RATE else self._fact(caption), row, 1, top)
        return grid

    def _fact(self, caption: Text) -> QLabel:
        self.facts[caption] = value = label("text", self._look.say(NO_VALUE))
        return copyable(value) if caption is ADDRESS else value

    def show_view(self, view: View, trouble: Trouble | None = None) -> None:
        """Draw one moment; `trouble` is the last error that a step met."""
        filming = view.state in FILMING
        self.figures.setVisible(view.state not in BEFORE)
        self.level.setVisible(filming)
        self._has_ended = not filming and view.state not in BEFORE
        self._show_headline(view, filming=filming)
        self._show_lights(view, filming=filming)
        self._show_facts(view)
        problem = last_problem(view, self._look, trouble)
        self._set(LAST, problem or self._look.say(NONE), "warn" if problem else "")
        self._make_room()

    def _show_headline(self, view: View, *, filming: bool) -> None:
        text, tone = (NOT_YET, "quiet") if view.state in BEFORE else (OVER, "quiet")
        if filming:
            text, tone = headline_of(view)
        self._state.setText(self._look.say(text))
        self.tick.setVisible(filming)
        set_property(self._state, "tone", tone)

    def _show_lights(self, view: View, *, filming: bool) -> None:
        absent = "unknown" if filming else "waiting" if view.state in BEFORE else "closed"
        heard = heard_of(view)
        if "second" in heard:  # from then on its absence is told, too
            self.lights["second"].show()
        for source, light in self.lights.items():
            if source in heard:
                light.show_source(heard[source])
            else:
                light.show_state(absent)
        self.level.set_level(heard["sound"].level if "sound" in heard else 0.0)
        camera = heard.get("camera")
        self.preview.set_open(is_open=camera is not None and camera.state != "off")

    def _show_facts(self, view: View) -> None:
        say, nothing = self._look.say, self._look.say(NO_VALUE)
        if view.status and view.status.phase != "idle":
            self._heard = view.status
        status = self._heard
        self._set(ELAPSED, times.span(status.seconds) if status else nothing)
        on_disk = int(status.on_disk_seconds) if status else 0
        self._set(ON_DISK, say(SECONDS.format(n=on_disk)) if status else nothing)
        percent = sent_percent(view)
        self._set(SENT, f"{percent}%" if percent is not None else nothing)
        self._set(ADDRESS, view.sent.address or nothing)
        self.rate.heard(view.sent.sent_bytes)
        gaps = status.gaps if status else 0
        counted = say(TIMES.format(n=gaps)) if gaps else say(NONE)
        self._set(GAPS, counted if status else nothing, "warn" if gaps else "")

    def _set(self, caption: Text, value: str, tone: str = "") -> None:
        fact = self.facts[caption]
        fact.setText(value)
        fact.setAccessibleName(f"{self._look.say(caption)}: {value}")
        set_property(fact, "tone", tone)
