"""The steps of the day on the left, with their times; the organizer's telephone below them."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from client.attempt.rehearsal import NO_PHONE
from client.base.build import build_note
from client.base.text import Text
from client.contest.plan import Plan
from client.contest.schedule import Schedule
from client.ui import times
from client.ui.guide import Stage
from client.ui.look import Look, Tone
from client.ui.widgets.parts import button, copyable, label, set_property

BRAND = Text("赛鉴", "SaiJian")
DISPLAY = Text("显示设置", "Display")
CALL_US = Text("遇到问题请致电组委会", "Call the organizer")
PROGRESS = {
    "done": Text("已完成", "done"),
    "current": Text("进行中", "now"),
    "coming": Text("未开始", "later"),
}
NAMES = {
    Stage.ENROL: Text("报名信息", "Enrolment"),
    Stage.CHECK: Text("环境检测", "Computer check"),
    Stage.IDENTITY: Text("身份核验", "Identity check"),
    Stage.CONTEST: Text("登录与竞赛录制", "Log in, contest"),
    Stage.HAND_IN: Text("交卷", "Handing in"),
    Stage.UPLOAD: Text("上传", "Upload"),
    Stage.RETENTION: Text("留存", "Keeping the files"),
}
ASIDES = {
    "emergency": Text("应急办法", "Emergency"),
    "retention": Text("本机录像", "Recordings"),
    "help": Text("帮助", "Help"),
}
"""Pages that are there at any time; the window opens them."""
_TONES: dict[str, Tone] = {"done": "good", "current": "accent", "coming": "muted"}
WIDTH = 232


def stage_times(plan: Plan, schedule: Schedule) -> dict[Stage, Text]:
    """Return what stands below each step: its time from the plan."""
    opens, filming, starts, ends = (
        times.hour(us)
        for us in (schedule.opens_us, schedule.filming_us, schedule.starts_us, schedule.ends_us)
    )
    days = plan.retention_working_days
    return {
        Stage.ENROL: Text(f"{opens} 起开放", f"open from {opens}"),
        Stage.CHECK: Text(f"{filming} 前", f"before {filming}"),
        Stage.IDENTITY: Text(f"最晚 {filming} 开始", f"begin by {filming}"),
        Stage.CONTEST: Text(f"{starts}–{ends}", f"{starts}–{ends}"),
        Stage.HAND_IN: Text(f"{ends} 前", f"by {ends}"),
        Stage.UPLOAD: Text("自动进行", "by itself"),
        Stage.RETENTION: Text(f"{days} 个工作日", f"{days} working days"),
    }


class _Row(QFrame):
    def __init__(self, look: Look, name: Text) -> None:
        super().__init__()
        self.setProperty("role", "stage")
        self._look = look
        self._name = look.say(name)
        self._icon = QLabel()
        self._title = label("text", self._name)
        self.time = label("small")
        self.time.hide()
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._title)
        words.addWidget(self.time)
        row = QHBoxLayout(self)
        above = 1 if look.is_large else 7
        row.setContentsMargins(10, above, 8, above)
        row.setSpacing(10)
        row.addWidget(self._icon)
        row.addLayout(words, 1)

    def mark(self, progress: str) -> None:
        self._icon.setPixmap(self._look.picture(progress, _TONES[progress], 22))
        set_property(self, "current", "true" if progress == "current" else "false")
        set_property(self._title, "role", "strong" if progress == "current" else "text")
        self.setAccessibleName(f"{self._name}: {self._look.say(PROGRESS[progress])}")


def _row_of(*buttons: QPushButton) -> QHBoxLayout:
    """Return a row of small buttons; more than two would not fit in large type."""
    row = QHBoxLayout()
    row.setSpacing(6)
    for made in buttons:
        made.setProperty("role", "small")
        row.addWidget(made, 1)
    return row


class Rail(QWidget):
    """Seven steps; `show_stage` marks the present one. Below them, what is there at any time."""

    wanted = Signal(str)
    """Which of `ASIDES` was asked for."""

    display_wanted = Signal()
    """The person wants another language, other colours, larger type."""

    def __init__(self, look: Look) -> None:
        """Build the rail without times."""
        super().__init__()
        self._look = look
        self._current: Stage | None = None
        self.setProperty("role", "rail")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(WIDTH)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 18, 12, 16)
        column.setSpacing(3)
        column.addWidget(self._brand())
        if (note := build_note()) is not None:
            warning = label("small", look.say(note))
            set_property(warning, "tone", "warn")
            warning.setContentsMargins(10, 0, 0, 0)
            column.addWidget(warning)
        column.addSpacing(12)
        self.rows = {stage: _Row(look, NAMES[stage]) for stage in Stage}
        for row in self.rows.values():
            column.addWidget(row)
        column.addStretch(1)
        self.asides = {name: button(look.say(text)) for name, text in ASIDES.items()}
        for name, made in self.asides.items():
            made.clicked.connect(partial(self.wanted.emit, name))
        self.display = button(look.say(DISPLAY))
        self.display.clicked.connect(self.display_wanted)
        quiet = (*self.asides.values(), self.display)
        for pair in (quiet[:2], quiet[2:]):
            column.addLayout(_row_of(*pair))
            column.addSpacing(3)
        column.addSpacing(3)
        self._caption = label("small", look.say(CALL_US))
        self._phone = copyable(label("phone"))
        self._organizer = label("small")
        for widget in (self._caption, self._phone, self._organizer):
            widget.hide()
            column.addWidget(widget)
        self.show_stage(Stage.ENROL)

    def stand_beside(self, work: QLayout, page: QWidget) -> None:
        """Fill `page` with the rail and, to its right, `work`."""
        whole = QHBoxLayout(page)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self)
        whole.addLayout(work, 1)

    def phone(self) -> str:
        """Return the organizer's telephone number, empty without a plan."""
        return self._phone.text()

    def _brand(self) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(10, 0, 0, 0)
        row.setSpacing(10)
        icon = QLabel()
        icon.setPixmap(self._look.picture("saijian", "accent", 30))
        row.addWidget(icon)
        row.addWidget(label("brand", self._look.say(BRAND)), 1)
        return holder

    def show_plan(self, plan: Plan, schedule: Schedule) -> None:
        """Fill in the times and the organizer's telephone."""
        for stage, text in stage_times(plan, schedule).items():
            self.rows[stage].time.setText(self._look.say(text))
            self.rows[stage].time.show()
        self._phone.setText(plan.organizer.phone)
        self._phone.setAccessibleName(f"{self._caption.text()}: {plan.organizer.phone}")
        self._organizer.setText(self._look.name(plan.organizer.name))
        for widget in (self._caption, self._phone, self._organizer):
            widget.setVisible(plan.organizer.phone != NO_PHONE)

    def show_stage(self, current: Stage) -> None:
        """Mark what is done, what is now, what is to come."""
        if current is self._current:
            return
        self._current = current
        order = list(Stage)
        for stage, row in self.rows.items():
            behind = order.index(stage) - order.index(current)
            row.mark("done" if behind < 0 else "coming" if behind else "current")
