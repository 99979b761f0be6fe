"""A computer that cannot keep up records fewer pictures a second, and more again when it can.

Each picture tells how long after its due moment it was done. Means of a few seconds are judged; the
table says what a judgement does. A single hiccup or pause changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from client.base.clock import SECOND_US
from client.base.text import Text
from client.evidence.entries import Note, Source
from client.recorder.child.pace import Rate

WINDOW_US = 5 * SECOND_US // 2
BEHIND, EASY = 1.0, 0.4
"""Mean time to be done, in periods: more than one is too much; less than half would do twice."""
WORST = 4.0
"""One picture counts no more than this, else a pause of the computer would look like load."""
BEHIND_TIMES = 2
EASY_TIMES, EASY_TIMES_AT_MOST = 4, 64
"""Windows in a row before a step up: 10 s; twice as many after each step up that did not hold."""
HOLDS_TIMES = 24
"""A step up that is taken back within so many windows did not hold."""

Judgement = Literal["behind", "fair", "easy"]
Move = Literal["down", "up", "stay"]

NAMES = {
    "screen": Text("屏幕", "screen"),
    "camera": Text("摄像头", "camera"),
    "second": Text("第二摄像头", "second camera"),
}
SLOWER = Text(
    "电脑过忙，{source.zh}改为每秒 {fps:g} 帧",
    "the computer is too busy: {source.en} at {fps:g} pictures a second",
)
FASTER = Text(
    "电脑不再过忙，{source.zh}改回每秒 {fps:g} 帧",
    "the computer is less busy: {source.en} at {fps:g} pictures a second again",
)


@dataclass(frozen=True, slots=True)
class Pressure:
    """What is remembered of the judgements so far."""

    step: int = 0
    """How often the rate was halved."""
    behind: int = 0
    easy: int = 0
    needed: int = EASY_TIMES
    since_up: int = HOLDS_TIMES


def judge(periods: float) -> Judgement:
    """Judge a mean time to be done, in periods."""
    if periods > BEHIND:
        return "behind"
    return "easy" if periods < EASY else "fair"


def after(pressure: Pressure, judgement: Judgement, steps: int) -> Pressure:
    """Return what follows from one more judgement, with `steps` halvings at most."""
    behind = pressure.behind + 1 if judgement == "behind" else 0
    easy = pressure.easy + 1 if judgement == "easy" else 0
    since_up = min(HOLDS_TIMES, pressure.since_up + 1)
    seen = replace(pressure, behind=behind, easy=easy, since_up=since_up)
    return _MOVES[_move(seen, steps)](seen)


def _move(seen: Pressure, steps: int) -> Move:
    if seen.behind >= BEHIND_TIMES and seen.step < steps:
        return "down"
    if seen.easy >= seen.needed and seen.step > 0:
        return "up"
    return "stay"


def _down(seen: Pressure) -> Pressure:
    held = seen.since_up >= HOLDS_TIMES
    needed = EASY_TIMES if held else min(EASY_TIMES_AT_MOST, 2 * seen.needed)
    return Pressure(seen.step + 1, needed=needed, since_up=HOLDS_TIMES)


def _up(seen: Pressure) -> Pressure:
    return Pressure(seen.step - 1, needed=seen.needed, since_up=0)


_MOVES: dict[Move, Callable[[Pressure], Pressure]] = {
    "down": _down,
    "up": _up,
    "stay": lambda seen: seen,
}


class LoadWatch:
    """Watches one track and sets its rate. Used by the track's own thread."""

    def __init__(
        self, rate: Rate, source: Source, steps: int, post: Callable[[Note], None]
    ) -> None:
        """Watch; the rate is halved `steps` times at most."""
        self._rate, self._source, self._steps, self._post = rate, source, steps, post
        self._pressure = Pressure()
        self._begun_us = 0
        self._sum = 0.0
        self._count = 0

    def did(self, due_us: int, done_us: int) -> None:
        """Count a picture that was due at `due_us` and is done with at `done_us`."""
        self._sum += min(WORST, (done_us - due_us) / self._rate.period_us)
        self._count += 1
        if done_us - self._begun_us < WINDOW_US:
            return
        if self._begun_us:
            self._take(judge(self._sum / self._count))
        self._begun_us, self._sum, self._count = done_us, 0.0, 0

    def _take(self, judgement: Judgement) -> None:
        before = self._pressure
        self._pressure = after(before, judgement, self._steps)
        if self._pressure.step == before.step:
            return
        self._rate.slow_down("load", 2**self._pressure.step)
        slower = self._pressure.step > before.step
        said = (SLOWER if slower else FASTER).format(source=NAMES[self._source], fps=self._rate.fps)
        self._post(Note.of(said, "warning" if slower else "info", self._source))
