"""Beijing time, by which contests run, whatever a computer is set to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from client.base.clock import SECOND_US

BEIJING = timedelta(hours=8)
"""Ahead of UTC, all year."""


def beijing_time(utc_us: int) -> datetime:
    """Return the wall time in Beijing at `utc_us`, microseconds since 1970, to the second."""
    return datetime.fromtimestamp(utc_us // SECOND_US, UTC) + BEIJING
