"""Beijing time and spans, whatever zone the computer is set to."""

import time

import pytest

from client.base.text import Text
from client.ui import times

NINE_THIRTY = 1_795_311_000 * 1_000_000  # 2026-11-22 09:30:00 +08:00


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Shanghai"])
def test_clocks_show_beijing_time(zone, monkeypatch):
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert times.hour(NINE_THIRTY) == "09:30"
        assert times.clock(NINE_THIRTY + 5_999_999) == "09:30:05"
        assert times.day_and_hour(NINE_THIRTY) == "2026-11-22 09:30:00"
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "0:00:00"), (-3, "0:00:00"), (59.9, "0:00:59"), (7384, "2:03:04")]
)
def test_spans(seconds, shown):
    assert times.span(seconds) == shown


@pytest.mark.parametrize(
    ("us", "shown"),
    [
        (1, Text("0:00:01", "0:00:01")),
        (0, Text("0:00:00", "0:00:00")),
        (-5, Text("0:00:00", "0:00:00")),
        (86_400_000_000, Text("1 天 0:00:00", "1 d 0:00:00")),
    ],
)
def test_a_countdown_reaches_zero_at_the_moment_and_not_before(us, shown):
    assert times.until(us) == shown
