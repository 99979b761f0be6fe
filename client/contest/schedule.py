"""The moments of one paper, computed from the plan. All times are UTC microseconds since 1970."""

from __future__ import annotations

from dataclasses import dataclass

from client.base.clock import SECOND_US
from client.contest.plan import Paper, Plan

MINUTE_US = 60 * SECOND_US
PUNCTUAL_US = 10 * SECOND_US
"""Opening devices and comparing clocks takes seconds; who began that little after is not late."""

NEAR_US = 60 * MINUTE_US


@dataclass(frozen=True)
class Schedule:
    """When a session may open, must film, starts, ends and stops by itself."""

    opens_us: int
    """Not earlier than this may the session be opened."""
    filming_us: int
    """From here on camera, sound and screen must run (15 minutes before the start, R6 and R9)."""
    starts_us: int
    ends_us: int
    stops_us: int
    """Recording ends by itself here if the contestant did not end it."""
    late_identity_us: int
    """How long a latecomer's identity step may take before the contest file begins by itself."""

    def contest_by_us(self, begun_us: int) -> int:
        """Return when the camera file turns from identity to contest by itself at the latest."""
        if begun_us < self.starts_us:
            return self.starts_us
        return min(begun_us + self.late_identity_us, self.stops_us)

    def is_late(self, now_us: int) -> bool:
        """Tell whether somebody who begins filming now begins later than asked."""
        return now_us > self.filming_us + PUNCTUAL_US


def schedule_of(plan: Plan, paper: Paper) -> Schedule:
    """Compute the moments of `paper`."""
    timing = plan.timing
    starts = round(paper.starts_at.timestamp() * SECOND_US)
    ends = round(paper.ends_at.timestamp() * SECOND_US)
    return Schedule(
        opens_us=starts - round(timing.opens_minutes_before * MINUTE_US),
        filming_us=starts - round(timing.filming_minutes_before * MINUTE_US),
        starts_us=starts,
        ends_us=ends,
        stops_us=ends + round(timing.overrun_minutes * MINUTE_US),
        late_identity_us=round(timing.late_identity_minutes * MINUTE_US),
    )


def is_too_near(schedule: Schedule, now_us: int) -> bool:
    """Tell whether a session that has not begun is so near that nobody tries anything any more."""
    return schedule.filming_us - NEAR_US <= now_us < schedule.stops_us
