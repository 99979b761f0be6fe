from __future__ import annotations

from client.organizer.throttle import Throttle

SECOND = 1_000_000


def test_so_many_times_within_a_while_then_a_pause():
    throttle = Throttle(most=3, window_us=60 * SECOND)
    for second in (0, 10, 20):
        assert not throttle.is_blocked("a", second * SECOND)
        throttle.count("a", second * SECOND)
    assert throttle.is_blocked("a", 59 * SECOND)
    assert not throttle.is_blocked("b", 59 * SECOND)
    assert not throttle.is_blocked("a", 61 * SECOND)


def test_a_clock_that_is_set_back_keeps_nobody_out():
    throttle = Throttle(most=3, window_us=60 * SECOND)
    for _ in range(3):
        throttle.count("a", 3600 * SECOND)
    assert not throttle.is_blocked("a", 0)
    for _ in range(3):
        throttle.count("a", 0)
    assert throttle.is_blocked("a", 0)
