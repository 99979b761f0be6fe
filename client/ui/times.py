"""Moments and spans as a contestant reads them: Beijing time, whatever the computer is set to."""

from __future__ import annotations

from client.base.clock import SECOND_US
from client.base.text import Text
from client.contest.beijing import beijing_time

DAY_S = 24 * 3600


def hour(us: int) -> str:
    """Return the Beijing time of day `HH:MM` of UTC microseconds."""
    return beijing_time(us).strftime("%H:%M")


def clock(us: int) -> str:
    """Return the Beijing time of day `HH:MM:SS`."""
    return beijing_time(us).strftime("%H:%M:%S")


def day_and_hour(us: int) -> str:
    """Return `YYYY-MM-DD HH:MM:SS` in Beijing."""
    return beijing_time(us).strftime("%Y-%m-%d %H:%M:%S")


def span(seconds: float) -> str:
    """Return `H:MM:SS` of a length of time, never negative."""
    whole = max(0, int(seconds))
    return f"{whole // 3600}:{whole % 3600 // 60:02d}:{whole % 60:02d}"


def until(us: int) -> Text:
    """Return how long `us` microseconds are: with days beyond one day, rounded up to a second."""
    whole = max(0, -(-us // SECOND_US))
    days, rest = divmod(whole, DAY_S)
    if not days:
        return Text(span(rest), span(rest))
    return Text(f"{days} 天 {span(rest)}", f"{days} d {span(rest)}")
