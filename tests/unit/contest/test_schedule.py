from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from client.contest.plan import Paper, Timing
from client.contest.schedule import MINUTE_US, PUNCTUAL_US, schedule_of

BEIJING = timezone(timedelta(hours=8))


class Planned:
    """The one part of a plan that a schedule needs."""

    def __init__(self, **minutes):
        self.timing = Timing(**minutes)


def paper(start="09:30:00", end="11:30:00"):
    day = "2024-11-16T"
    return Paper(
        id="one",
        name={"zh": "一"},
        starts_at=f"{day}{start}+08:00",
        ends_at=f"{day}{end}+08:00",
    )


def utc(hour, minute=0):
    return round(datetime(2024, 11, 16, hour, minute, tzinfo=UTC).timestamp()) * 1_000_000


def test_the_moments_of_the_morning_paper():
    schedule = schedule_of(Planned(), paper())
    assert schedule.opens_us == utc(0, 30)
    assert schedule.filming_us == utc(1, 15)
    assert schedule.starts_us == utc(1, 30)
    assert schedule.ends_us == utc(3, 30)
    assert schedule.stops_us == utc(3, 40)
    assert schedule.late_identity_us == 5 * MINUTE_US


@pytest.mark.parametrize(
    ("begun", "late", "contest_by"),
    [
        ((1, 0), False, (1, 30)),
        ((1, 15), False, (1, 30)),
        ((1, 16), True, (1, 30)),
        ((1, 30), True, (1, 35)),
        ((2, 0), True, (2, 5)),
        ((3, 38), True, (3, 40)),
    ],
)
def test_when_the_camera_file_turns_to_contest_by_itself(begun, late, contest_by):
    schedule = schedule_of(Planned(), paper())
    assert schedule.is_late(utc(*begun)) == late
    assert schedule.contest_by_us(utc(*begun)) == utc(*contest_by)


def test_opening_the_devices_takes_seconds_and_makes_nobody_late():
    schedule = schedule_of(Planned(), paper())
    assert not schedule.is_late(schedule.filming_us + PUNCTUAL_US)
    assert schedule.is_late(schedule.filming_us + PUNCTUAL_US + 1)


def test_rehearsals_may_count_parts_of_minutes():
    timing = {"opens_minutes_before": 1.5, "filming_minutes_before": 0.25}
    schedule = schedule_of(Planned(**timing, overrun_minutes=0.1), paper())
    assert schedule.starts_us - schedule.filming_us == 15_000_000
    assert schedule.starts_us - schedule.opens_us == 90_000_000
    assert schedule.stops_us - schedule.ends_us == 6_000_000


MINUTES = st.floats(0, 1440)


@given(MINUTES, MINUTES, MINUTES, MINUTES, st.integers(-(10**6), 10**6))
def test_the_moments_are_in_order_and_whole_microseconds(one, two, late, overrun, seconds):
    timing = {
        "opens_minutes_before": max(one, two),
        "filming_minutes_before": min(one, two),
        "late_identity_minutes": late,
        "overrun_minutes": overrun,
    }
    schedule = schedule_of(Planned(**timing), paper())
    moments = [
        schedule.opens_us,
        schedule.filming_us,
        schedule.starts_us,
        schedule.ends_us,
        schedule.stops_us,
    ]
    assert moments == sorted(moments)
    assert all(type(moment) is int for moment in moments)
    begun = schedule.starts_us + seconds * 1_000_000
    assert schedule.starts_us <= schedule.contest_by_us(begun) <= schedule.stops_us
