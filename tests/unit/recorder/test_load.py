"""A track that cannot keep up is slowed down, and hurried again once the computer has time."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable

import pytest

from client.base.clock import SECOND_US
from client.evidence.entries import Note
from client.recorder.child.load import EASY_TIMES, EASY_TIMES_AT_MOST, LoadWatch, Pressure, after
from client.recorder.child.pace import Rate

BEGIN = 7_000_000_000


class Track:
    """The screen track's loop on a clock of its own: what a picture costs is given."""

    def __init__(self, fps: int = 10, steps: int = 2) -> None:
        self.rate = Rate(fps)
        self.said: list[Note] = []
        self.load = LoadWatch(self.rate, "screen" if steps == 2 else "camera", steps, self.say)
        self.now = BEGIN
        self.due = BEGIN
        self.changes: list[tuple[float, float]] = []

    def say(self, note: Note) -> None:
        self.said.append(note)
        self.changes.append(((self.now - BEGIN) / SECOND_US, self.rate.fps))

    def run(self, seconds: float, cost_s: Callable[[], float]) -> None:
        until = self.now + round(seconds * SECOND_US)
        while self.now < until:
            self.now += round(cost_s() * SECOND_US)
            self.load.did(self.due, self.now)
            period = self.rate.period_us
            self.due = max(self.due + period, self.now - period)
            self.now = max(self.now, self.due)


def test_overload_steps_down_until_it_is_bearable_and_up_when_it_is_gone():
    track = Track()
    track.run(30, lambda: 0.15)
    assert [fps for _, fps in track.changes] == [5]
    assert track.changes[0][0] < 10
    track.run(30, lambda: 0.02)
    assert [fps for _, fps in track.changes] == [5, 10]
    assert [note.level for note in track.said] == ["warning", "info"]
    assert track.said[0].zh == "电脑过忙，屏幕改为每秒 5 帧"
    assert track.said[1].en == "the computer is less busy: screen at 10 pictures a second again"


def test_the_rate_is_halved_twice_at_most():
    track = Track()
    track.run(120, lambda: 0.9)
    assert [fps for _, fps in track.changes] == [5, 2.5]
    camera = Track(15, steps=1)
    camera.run(60, lambda: 0.9)
    assert [fps for _, fps in camera.changes] == [7.5]
    assert camera.said[0].zh == "电脑过忙，摄像头改为每秒 7.5 帧"


def test_a_busy_computer_that_keeps_up_changes_nothing():
    """Two processes on both cores: each picture takes twice as long, some wait for a processor."""
    dice = random.Random(6)
    track = Track()
    track.run(300, lambda: min(0.14, dice.expovariate(1 / 0.06)))
    assert track.said == []


@pytest.mark.parametrize("pause_s", [0.5, 5, 3600])
def test_a_single_pause_of_the_computer_is_no_load(pause_s):
    track = Track()
    track.run(20, lambda: 0.03)
    track.run(1, lambda: pause_s)
    track.run(20, lambda: 0.03)
    assert track.said == []


def test_a_rate_that_does_not_hold_is_tried_less_and_less_often():
    """At 5 a second it looks easy, at 10 it is not: the tries must become rare, not endless."""
    track = Track()
    track.run(600, lambda: 0.13 if track.rate.divisor == 1 else 0.05)
    ups = [at for at, fps in track.changes if fps == 10]
    waits = [later - before for before, later in itertools.pairwise(ups)]
    assert len(ups) <= 7
    assert waits == sorted(waits)
    assert waits[-1] >= 4 * EASY_TIMES * 2.5


def test_headroom_must_last():
    dice = random.Random(3)
    track = Track()
    track.run(15, lambda: 0.15)
    track.run(60, lambda: dice.choice((0.05, 0.15)))
    assert [fps for _, fps in track.changes] == [5]


def test_the_patience_has_an_end():
    pressure = Pressure(step=1, needed=EASY_TIMES_AT_MOST)
    for _ in range(EASY_TIMES_AT_MOST):
        pressure = after(pressure, "easy", 2)
    assert pressure.step == 0
    for _ in range(2):
        pressure = after(pressure, "behind", 2)
    assert pressure == Pressure(step=1, needed=EASY_TIMES_AT_MOST)
