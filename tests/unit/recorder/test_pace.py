"""Pictures at the rate that was asked for, whatever the camera's rate and its lateness."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from client.base.clock import SECOND_US
from client.recorder.child.pace import Pace, Rate

PERIOD = SECOND_US // 15
BEGIN = 7_000_000_000


def taken(moments: list[int]) -> list[int]:
    pace = Pace(Rate(15))
    return [at for at in moments if pace.takes(at)]


def delivered(rate: float, seconds: int, late_us: int = 0) -> list[int]:
    """Moments of a camera of this rate, each up to `late_us` late."""
    dice = random.Random(1)
    return [
        BEGIN + round(n * SECOND_US / rate + dice.uniform(0, late_us))
        for n in range(round(rate * seconds))
    ]


@pytest.mark.parametrize(
    ("rate", "late_us"),
    [*((rate, late) for rate in (5, 10, 14.9, 15, 15.1) for late in (0, PERIOD // 3)), (15.5, 0)],
)
def test_of_a_camera_of_that_rate_or_less_every_picture_is_taken(rate: float, late_us: int):
    moments = delivered(rate, 60, late_us)
    assert len(taken(moments)) >= 0.995 * len(moments)


@pytest.mark.parametrize(("rate", "most"), [(25, 16.1), (30, 16.1), (60, 16.1), (120, 16.1)])
def test_of_a_faster_one_about_as_many_as_were_asked_for(rate: float, most: float):
    kept = taken(delivered(rate, 60))
    assert 60 * 15 * 0.83 <= len(kept) <= 60 * most
    assert max(b - a for a, b in pairwise(kept)) <= 1.5 * PERIOD


def test_a_late_picture_does_not_cost_the_next_one():
    late = [BEGIN, BEGIN + PERIOD + PERIOD * 2 // 3, BEGIN + 2 * PERIOD, BEGIN + 3 * PERIOD]
    assert taken(late) == late


def test_after_a_pause_there_is_no_burst():
    moments = [BEGIN, *(BEGIN + 10 * SECOND_US + n * PERIOD // 4 for n in range(40))]
    assert len(taken(moments)) <= 1 + 1 + 40 // 4


def test_the_slowest_wish_holds_until_it_is_taken_back():
    rate = Rate(10)
    rate.slow_down("load", 2)
    rate.slow_down("disk", 5)
    assert (rate.divisor, rate.fps, rate.period_us) == (5, 2.0, SECOND_US // 2)
    rate.slow_down("disk", 1)
    assert rate.period_us == SECOND_US // 5
    rate.slow_down("load", 1)
    assert rate.period_us == SECOND_US // 10


def test_pictures_are_taken_at_the_rate_of_the_moment():
    rate = Rate(15)
    pace = Pace(rate)
    moments = delivered(15, 20)
    full = sum(pace.takes(at) for at in moments[:150])
    rate.slow_down("load", 3)
    slow = sum(pace.takes(at) for at in moments[150:])
    assert full == 150
    assert slow == pytest.approx(50, abs=1)
