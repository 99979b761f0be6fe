"""How much sound was lost on its way from the device, in a few lines of the journal."""

from __future__ import annotations

from client.base.clock import SECOND_US
from client.base.text import Text

JUMP_US = 5_000
"""Dates of blocks that follow each other drift by less: see `capture.audio.sample_clock`."""
LONGEST_US = SECOND_US
"""What is missing longer is a `silence` of its own, with a cause."""
SETTLES_US = SECOND_US
"""The dates jump only some time after the device said that it lost something."""
EVERY_US = 60 * SECOND_US
LOST = Text(
    "声音在到达本程序前丢失了约 {ms} 毫秒（{times} 次），录音里是静音；电脑可能过忙",
    "about {ms} ms of sound ({times} times) were lost before they reached us and are silence in "
    "the recording; the computer may be too busy",
)
SHORT = Text(
    "声音在到达本程序前丢失了 {times} 次，每次不到 40 毫秒；电脑可能过忙",
    "sound was lost {times} times before it reached us, less than 40 ms each; the computer may be "
    "too busy",
)


class Losses:
    """Adds up the jumps of the dates of a source's blocks.

    `heard` is for the thread that brings the blocks, the rest for the one that watches.
    """

    def __init__(self) -> None:
        """Begin with nothing lost."""
        self._lost_us = self._jumps = 0
        self._next_us: int | None = None
        self._seen = (0, 0)
        self._seen_us = 0
        self._told = (0, 0, 0)
        self._told_us: int | None = None

    @property
    def ms(self) -> int:
        """Return how much was lost since the recorder began."""
        return self._lost_us // 1000

    def begins(self) -> None:
        """Expect another device's blocks."""
        self._next_us = None
        self._told = (self.ms, self._jumps, 0)

    def heard(self, at_us: int, size: int, rate: int) -> None:
        """Take in one block: `size` samples from `at_us` on."""
        missing_us = 0 if self._next_us is None else at_us - self._next_us
        self._next_us = at_us + size * SECOND_US // rate
        if JUMP_US < missing_us < LONGEST_US:
            self._lost_us += missing_us
            self._jumps += 1

    def news(self, now_us: int, overflows: int, *, is_last: bool = False) -> Text | None:
        """Return what is to be said, once a minute at most, but for what is to be the last.

        `overflows` is how often the device said that it lost some.
        """
        now = (self.ms, self._jumps, overflows)
        if now[1:] != self._seen:
            self._seen, self._seen_us = now[1:], now_us
        ms, jumps, said = (new - old for new, old in zip(now, self._told, strict=True))
        is_due = self._told_us is None or now_us - self._told_us >= EVERY_US
        is_settled = now_us - self._seen_us >= SETTLES_US
        times = max(jumps, said)
        if times <= 0 or not (is_last or (is_due and is_settled)):
            return None
        self._told, self._told_us = now, now_us
        return LOST.format(ms=ms, times=times) if ms else SHORT.format(times=times)
