"""A wall clock that was set is told as a person would; one that drifts or is corrected is not."""

from __future__ import annotations

import pytest

from client.base.clock import SECOND_US
from client.evidence.clocksteps import step_sentence
from client.recorder.child import clockwatch
from client.recorder.child.clockwatch import ClockWatch


class Clocks:
    """Two clocks, and how long it takes to read them."""

    def __init__(self, monkeypatch) -> None:
        self.mono, self.ahead, self.stall = 10**12, 10**15, 0
        monkeypatch.setattr(clockwatch, "monotonic_us", lambda: self.mono)
        monkeypatch.setattr(clockwatch, "utc_us", self.read_wall)

    def read_wall(self) -> int:
        wall, self.mono, self.stall = self.mono + self.ahead, self.mono + self.stall, 0
        return wall


@pytest.fixture
def clocks(monkeypatch) -> Clocks:
    return Clocks(monkeypatch)


def test_each_step_is_told_once(clocks):
    watch = ClockWatch()
    clocks.ahead += 3600 * SECOND_US
    step = watch.look()
    assert step.step_us == 3600 * SECOND_US
    assert step.cause == "电脑的时钟被拨快了 1 小时；录像的时间不受影响"
    assert watch.look() is None
    clocks.ahead -= 7200 * SECOND_US
    assert watch.look().cause_en.startswith("the computer's clock was set back by 2 h;")


def test_a_clock_that_is_corrected_by_and_by_was_not_set(clocks):
    watch = ClockWatch()
    for _ in range(5000):
        clocks.mono += 2 * SECOND_US
        clocks.ahead += 2 * 400
        assert watch.look() is None


def test_small_steps_add_up(clocks):
    watch, told = ClockWatch(), []
    for _ in range(10):
        clocks.mono += 2 * SECOND_US
        clocks.ahead += SECOND_US // 5
        told.append(watch.look())
    assert 2 <= sum(step is not None for step in told) <= 5


def test_a_process_that_is_stopped_while_it_reads_sees_no_step(clocks):
    watch = ClockWatch()
    clocks.stall = 5 * SECOND_US
    assert watch.look() is None


@pytest.mark.parametrize(
    ("step_us", "words"),
    [
        (700_000, "the computer's clock was set forward by 0.7 s;"),
        (-90_000_000, "the computer's clock was set back by 1 min 30 s;"),
        (90_061_000_000, "the computer's clock was set forward by 1 d 1 h 1 min 1 s;"),
    ],
)
def test_lengths_in_words(step_us, words):
    assert step_sentence(step_us).en.startswith(words)
