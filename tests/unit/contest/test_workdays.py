"""Working days, counted by hand on the State Council's calendars of 2025 and 2026."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from client.base.clock import SECOND_US
from client.contest.workdays import LastDay, beijing_day, last_working_day


def at(text: str) -> int:
    """Return microseconds since 1970 of a moment in Beijing."""
    return round(datetime.fromisoformat(f"{text}+08:00").timestamp() * SECOND_US)


COUNTED = {
    "an ordinary month, from a Sunday": ("2026-11-22T11:30", 15, "2026-12-11"),
    "the next day after a weekday": ("2026-11-24T11:30", 1, "2026-11-25"),
    "Friday to Monday": ("2026-11-27T11:30", 1, "2026-11-30"),
    # 1-8 October off; Sunday 28 September and Saturday 11 October worked
    "National Day 2025": ("2025-09-24T17:00", 15, "2025-10-21"),
    # 25-27 September and 1-7 October off; Sunday 20 September and Saturday 10 October worked
    "Mid-Autumn and National Day 2026": ("2026-09-19T17:00", 15, "2026-10-15"),
    # 15-23 February off; Saturdays 14 and 28 February worked
    "Spring Festival 2026": ("2026-02-07T17:00", 15, "2026-03-05"),
    "New Year 2026, with a worked Sunday": ("2025-12-31T17:00", 1, "2026-01-04"),
    "the last day of the published calendars": ("2026-12-20T11:30", 9, "2026-12-31"),
}


@pytest.mark.parametrize(("since", "days", "last"), COUNTED.values(), ids=COUNTED)
def test_the_last_day_by_the_published_calendar(since, days, last):
    assert last_working_day(at(since), days) == LastDay(date.fromisoformat(last), False)


@pytest.mark.parametrize("days", [10, 15])
def test_beyond_the_published_calendars_weekdays_count_and_the_day_is_provisional(days):
    # nine working days are left of 2026; the first of January 2027 is a Friday
    last = {10: date(2027, 1, 1), 15: date(2027, 1, 8)}[days]
    assert last_working_day(at("2026-12-20T11:30"), days) == LastDay(last, True)


def test_the_day_of_the_close_is_day_0_also_when_it_is_worked_on():
    early, late = at("2026-11-24T00:00"), at("2026-11-24T23:59")
    assert last_working_day(early, 3) == last_working_day(late, 3) == (date(2026, 11, 27), False)
    assert last_working_day(early, 0).day == date(2026, 11, 24)


def test_days_are_those_of_beijing_whatever_the_computer_is_set_to():
    before_midnight, after = at("2026-11-22T23:59:59"), at("2026-11-23T00:00")
    assert [beijing_day(us).day for us in (before_midnight, after)] == [22, 23]
    assert last_working_day(before_midnight, 1).day == date(2026, 11, 23)
    assert last_working_day(after, 1).day == date(2026, 11, 24)
