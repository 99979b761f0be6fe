"""Slopes: what a minute takes, whatever start-up took."""

import pytest

from tests.bench.measure import FULL, Plan, a_minute, at, moments


def test_a_reading_between_two_lies_on_the_line():
    times, values = [0.0, 1.0, 3.0], [0.0, 4.0, 8.0]
    assert at(0.25, times, values) == 1.0
    assert at(2.0, times, values) == 6.0
    assert at(1.0, times, values) == 4.0
    assert at(9.0, times, values) == 8.0


@pytest.mark.parametrize("start_up", [0.0, 5.0])
def test_start_up_is_no_part_of_a_slope(start_up):
    times = [float(n) for n in range(121)]
    values = [start_up + 0.02 * moment for moment in times]
    assert a_minute((60.0, 120.0), times, values) == pytest.approx(1.2)
    assert a_minute((15.0, 60.0), times, values) == pytest.approx(1.2)
    assert a_minute(None, times, values) is None


def test_every_border_of_a_span_is_looked_at():
    looked = moments(FULL.seconds)
    assert looked == sorted(set(looked))
    assert {0.1, 15.0, 60.0, 120.0} <= set(looked)
    assert looked[-1] == FULL.seconds


def test_a_plan_lasts_until_its_last_figure_or_longer():
    assert Plan(None, (5.0, 25.0)).seconds == 25
    assert Plan((5.0, 25.0), None).seconds == 25
    assert Plan(None, (60.0, 120.0), until=1800.0).seconds == 1800
