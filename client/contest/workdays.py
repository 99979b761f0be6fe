"""Working days, 工作日, as the State Council's yearly notice says (through `chinesecalendar`).

The calendar of a year is published in the autumn before it. Beyond the last year that the library
knows, Monday to Friday count, and a day that was found with their help is provisional: holidays in
between make it later.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

import chinese_calendar

from client.contest.beijing import beijing_time

_SATURDAY = 5


class LastDay(NamedTuple):
    """The last day of a period of working days."""

    day: date
    provisional: bool
    """Days of a year without a published calendar were counted."""


def beijing_day(utc_us: int) -> date:
    """Return the day in Beijing at `utc_us`, microseconds since 1970."""
    return beijing_time(utc_us).date()


def last_working_day(since_us: int, working_days: int) -> LastDay:
    """Return the day at whose end `working_days` of them have passed since `since_us`.

    The day of `since_us` in Beijing is day 0, whether people work on it or not.
    """
    day, provisional, left = beijing_day(since_us), False, working_days
    while left > 0:
        day += timedelta(days=1)
        works, published = _works(day)
        provisional = provisional or not published
        left -= works
    return LastDay(day, provisional)


def _works(day: date) -> tuple[bool, bool]:
    """Return whether people work on `day`, and whether a published calendar says so."""
    try:
        return chinese_calendar.is_workday(day), True
    except NotImplementedError:
        return day.weekday() < _SATURDAY, False
