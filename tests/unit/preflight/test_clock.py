"""The clock against the organizer's: sure faults fail, doubtful ones warn, silence is unknown."""

from __future__ import annotations

import pytest

from client.base.errors import OrganizerError
from client.base.text import Text
from client.preflight.checks.clock import clock_check
from client.preflight.runner import examine
from client.remote.client import ClockReading

LIMIT = 60


def found(offset_s: float, round_trip_s: float = 0.05):
    reading = ClockReading(round(offset_s * 1e6), round(round_trip_s * 1e6), "192.0.2.1")
    return examine(clock_check(LIMIT, lambda: reading))


@pytest.mark.parametrize(
    ("offset_s", "round_trip_s", "verdict"),
    [
        (0, 0.05, "pass"),
        (-29.9, 0.05, "pass"),
        (29.9, 0.05, "pass"),
        (30.1, 0.05, "warn"),
        (-59.9, 0.05, "warn"),
        (60.1, 0.05, "fail"),
        (-60.1, 0.05, "fail"),
        (8 * 3600, 0.05, "fail"),
        (61, 4.0, "warn"),  # may be 59 as well
        (29, 4.0, "warn"),
        (0, -0.1, "unknown"),
    ],
)
def test_verdicts(offset_s: float, round_trip_s: float, verdict: str) -> None:
    assert found(offset_s, round_trip_s).verdict == verdict


def test_it_says_which_way_and_how_sure() -> None:
    assert found(12.3).evidence == Text(
        "比服务器慢 12.30 秒（误差 0.03 秒以内）。", "12.30 s behind the organizer (within 0.03 s)."
    )
    assert "快 12.30 秒" in found(-12.3).evidence.zh


def test_an_organizer_that_does_not_answer_is_unknown() -> None:
    error = OrganizerError(Text("连不上。", "Not reached."), Text("检查网络。", "Check it."))

    def nobody():
        raise error

    finding = examine(clock_check(LIMIT, nobody))
    assert (finding.verdict, finding.evidence) == ("unknown", error.title)


def test_without_an_organizer_it_is_unknown_and_says_what_to_do() -> None:
    finding = examine(clock_check(LIMIT, None))
    assert finding.verdict == "unknown"
    assert finding.advice is not None
    assert "--plan" in finding.advice.zh
