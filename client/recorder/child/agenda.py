"""When a session turns to the contest and ends by itself, on the monotonic clock."""

from __future__ import annotations

from dataclasses import dataclass, replace

from client.base.clock import SECOND_US
from client.base.text import Text
from client.contest.plan import PublishedPlan
from client.contest.schedule import PUNCTUAL_US, Schedule, schedule_of
from client.evidence.clocksteps import length_of
from client.recorder.setup import RecorderSetup

CORRECTED = {
    True: Text(
        "这台电脑的时钟比组委会的快 {zh}；从现在起，开始和结束按组委会的时钟",
        "this computer's clock is {en} ahead of the organizer's; from now on the session begins "
        "and ends by the organizer's",
    ),
    False: Text(
        "这台电脑的时钟比组委会的慢 {zh}；从现在起，开始和结束按组委会的时钟",
        "this computer's clock is {en} behind the organizer's; from now on the session begins "
        "and ends by the organizer's",
    ),
}
"""By whether it was ahead."""


@dataclass(frozen=True)
class Agenda:
    """The plan's schedule seen from the recorder; a plain recording has none, only a length.

    `clock` is organizer time minus monotonic time in microseconds, by this computer's clock
    until the organizer told its own; from the enrolment on where it `is_enrolled`.
    """

    schedule: Schedule | None
    clock: int
    seconds: float | None
    is_enrolled: bool = False

    def by(self, organizers_us: int) -> Agenda:
        """Return it by what receipts tell of `clock`; the enrolment, where there was one, stays."""
        return self if self.is_enrolled else replace(self, clock=organizers_us)

    def contest_due_us(self, begun_us: int) -> int | None:
        """Return when the camera file turns to the contest by itself."""
        if self.schedule is None:
            return None
        return self.schedule.contest_by_us(begun_us + self.clock) - self.clock

    def stop_due_us(self, begun_us: int | None) -> int | None:
        """Return when the session ends by itself."""
        if self.schedule is not None:
            return self.schedule.stops_us - self.clock
        if self.seconds is None or begun_us is None:
            return None
        return begun_us + round(self.seconds * SECOND_US)

    def is_late(self, now_us: int) -> bool:
        """Tell whether filming that begins now begins later than the plan asks."""
        return self.schedule is not None and self.schedule.is_late(now_us + self.clock)


def correction_sentence(moved_us: int) -> Text | None:
    """Return what is said where the organizer's clock moved an agenda; None for a little."""
    if abs(moved_us) <= PUNCTUAL_US:
        return None
    length = length_of(abs(moved_us) / SECOND_US)
    return CORRECTED[moved_us < 0].format(zh=length.zh, en=length.en)


def agenda(setup: RecorderSetup, published: PublishedPlan | None, clock: int) -> Agenda:
    """Return the agenda of one session; `clock` is this computer's UTC minus monotonic time."""
    if published is None or setup.paper is None:
        return Agenda(None, clock, setup.seconds)
    schedule = schedule_of(published.plan, published.plan.paper(setup.paper))
    is_enrolled = setup.enrolment is not None
    return Agenda(schedule, clock + setup.clock_offset_us, None, is_enrolled)
