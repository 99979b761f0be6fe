"""The line above everything: contest and paper, the organizer's clock, time to the next moment."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from client.base.clock import monotonic_us
from client.base.text import Text
from client.contest.plan import Paper, Plan
from client.contest.schedule import Schedule
from client.ui import times
from client.ui.look import Look
from client.ui.widgets.parts import label, set_property

CLOCK = Text("组委会时间（北京）", "Organizer's clock (Beijing)")
UNKNOWN = Text("--:--:--", "--:--:--")
FILM_BY = Text("最晚 {filming} 开始录制", "Begin recording by {filming}")
TO_START = Text("距开赛", "Starts in")
TO_END = Text("距结束", "Ends in")
OVER = Text("竞赛时间", "Contest time")
IS_OVER = Text("已结束", "is over")


def countdown(schedule: Schedule, now_us: int) -> tuple[Text, Text]:
    """Return caption and value of the time to the next moment that matters."""
    if now_us < schedule.starts_us:
        return TO_START, times.until(schedule.starts_us - now_us)
    if now_us < schedule.ends_us:
        return TO_END, times.until(schedule.ends_us - now_us)
    return OVER, IS_OVER


class Header(QFrame):
    """Ticks by this computer's monotonic clock from the organizer's last known time."""

    def __init__(self, look: Look, plan: Plan, paper: Paper, beside: QWidget | None = None) -> None:
        """Build it, `beside` next to the names; the clock is unknown until `set_time`."""
        super().__init__()
        self.setProperty("role", "header")
        self._look = look
        self._schedule: Schedule | None = None
        self._anchor: tuple[int, int] | None = None
        contest, exam = look.name(plan.name), look.name(paper.name)
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(label("strong", contest))
        names.addWidget(label("muted", exam))
        self._rule = label("small", wrap=False)
        names.addWidget(self._rule)
        self._caption = label("small", wrap=False)
        self._value = label("clock", wrap=False)
        self._clock = label("clock", look.say(UNKNOWN), wrap=False)
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 8, 20, 8)
        row.setSpacing(28)
        row.addLayout(names, 1)
        if beside is not None:
            row.addWidget(beside)
        for top, bottom in (
            (label("small", look.say(CLOCK), wrap=False), self._clock),
            (self._caption, self._value),
        ):
            column = QVBoxLayout()
            column.setSpacing(0)
            column.addWidget(top)
            column.addWidget(bottom)
            column.addStretch(1)
            row.addLayout(column)
        self._value.setMinimumWidth(110)

    def set_time(self, schedule: Schedule, organizer_now_us: int) -> None:
        """Set the organizer's clock as it is at this moment."""
        self._schedule = schedule
        self._anchor = (organizer_now_us, monotonic_us())
        words = FILM_BY.format(filming=times.hour(schedule.filming_us))
        self._rule.setText(self._look.say(words))
        self.tick()

    def now_us(self) -> int | None:
        """Return the organizer's time now, or None before it is known."""
        if self._anchor is None:
            return None
        return self._anchor[0] + monotonic_us() - self._anchor[1]

    def tick(self) -> None:
        """Show the present second."""
        now = self.now_us()
        if now is None or self._schedule is None:
            return
        caption, value = countdown(self._schedule, now)
        self._clock.setText(times.clock(now))
        self._clock.setAccessibleName(f"{self._look.say(CLOCK)} {times.clock(now)}")
        self._caption.setText(self._look.say(caption))
        self._value.setText(self._look.say(value))
        self._value.setAccessibleName(f"{self._caption.text()} {self._value.text()}")
        hurry = self._schedule.filming_us <= now < self._schedule.starts_us
        set_property(self._value, "tone", "warn" if hurry else "")
