"""When a session turns to the contest and ends by itself, on the monotonic clock."""

from __future__ import annotations

from dataclasses import dataclass

from client.base.clock import SECOND_US
from client.contest.plan import PublishedPlan
from client.contest.schedule import Schedule, schedule_of
from client.recorder.setup import RecorderSetup


@dataclass(frozen=True)
class Agenda:
    """The plan's schedule seen from the recorder; a plain recording has none, only a length.

    `clock` is organizer time minus monotonic time in microseconds.
    """

    schedule: Schedule | None
    clock: int
    seconds: float | None

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


def agenda(setup: RecorderSetup, published: PublishedPlan | None, clock: int) -> Agenda:
    """Return the agenda of one session; `clock` is this computer's UTC minus monotonic time."""
    if published is None or setup.paper is None:
        return Agenda(None, clock, setup.seconds)
    schedule = schedule_of(published.plan, published.plan.paper(setup.paper))
    return Agenda(schedule, clock + setup.clock_offset_us, None)
