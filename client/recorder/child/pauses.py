"""Notices that nothing of this process ran for a while: the computer slept, or was stopped.

A thread looks at the clocks once a second. What it misses by more than a second and a half nobody
else in this process can have recorded either.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from client.base.clock import SECOND_US, monotonic_us, utc_us
from client.base.text import Text
from client.evidence.entries import Gap, Note, Source
from client.recorder.child.chronicle import Chronicle

BEAT_US = SECOND_US
LATE_US = 3 * SECOND_US // 2
SLEPT_US = SECOND_US
SLEPT = Text(
    "电脑睡眠了 {seconds} 秒（{begin} 到 {end}），其间没有录制",
    "the computer slept for {seconds} s ({begin} to {end}): nothing was recorded",
)
STOPPED = Text(
    "电脑或录制程序停顿了 {seconds} 秒（{begin} 到 {end}），其间没有录制",
    "computer or recorder stood still for {seconds} s ({begin} to {end}): nothing was recorded",
)

SLEEPS = Text("电脑即将睡眠，录制会中断", "the computer goes to sleep, the recording pauses")
FLUSHES_S = 1.8
"""Windows gives a program 2 s before it sleeps. It takes half a second."""

log = logging.getLogger(__name__)

if sys.platform == "win32":
    import ctypes
    from ctypes import byref, c_uint64

    _kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    _kernel.GetTickCount64.restype = c_uint64

    def slept_us() -> int:
        """Microseconds that this computer has slept since it started; in steps of 16 ms."""
        awake = c_uint64()
        _kernel.QueryUnbiasedInterruptTime(byref(awake))
        return int(_kernel.GetTickCount64()) * 1000 - awake.value // 10
else:

    def slept_us() -> int:
        """Microseconds that this computer has slept since it started."""
        if sys.platform != "linux":
            return 0
        awake = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
        return (time.clock_gettime_ns(time.CLOCK_BOOTTIME) - awake) // 1000


@dataclass(frozen=True)
class Reading:
    """The clocks at one moment."""

    mono_us: int
    slept_us: int


@dataclass(frozen=True)
class Pause:
    """Nothing ran between these moments of the monotonic clock."""

    from_us: int
    to_us: int
    is_sleep: bool

    def cause(self, now_utc_us: int) -> Text:
        """Return the sentence for the journal, with this computer's local time."""
        seconds = (self.to_us - self.from_us) / SECOND_US
        begin, end = (
            datetime.fromtimestamp(at_us / SECOND_US).astimezone().strftime("%H:%M:%S")
            for at_us in (now_utc_us - (self.to_us - self.from_us), now_utc_us)
        )
        sentence = SLEPT if self.is_sleep else STOPPED
        return sentence.format(seconds=round(seconds), begin=begin, end=end)


def read_clocks() -> Reading:
    """Read them."""
    return Reading(monotonic_us(), slept_us())


def pause_between(before: Reading, now: Reading) -> Pause | None:
    """Return the pause between two readings that should lie BEAT_US apart.

    It began somewhere in that beat; so much may be called missing that is not.
    """
    if now.mono_us - before.mono_us - BEAT_US < LATE_US:
        return None
    is_sleep = now.slept_us - before.slept_us >= SLEPT_US
    return Pause(before.mono_us, now.mono_us, is_sleep)


class PauseWatch:
    """The thread that looks, as long as the block runs in which it is entered."""

    def __init__(
        self,
        chronicle: Chronicle,
        sources: Callable[[], tuple[Source, ...]],
        read: Callable[[], Reading] = read_clocks,
    ) -> None:
        """Prepare; `sources` tells what is being recorded."""
        self._chronicle, self._sources, self._read = chronicle, sources, read
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, name="pauses", daemon=True)

    def __enter__(self) -> Self:
        """Begin to look."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Look once more, then no more: the plan's end may fall into a sleep."""
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        before = self._read()
        is_over = False
        while not is_over:
            is_over = self._ended.wait(BEAT_US / SECOND_US)
            now = self._read()
            pause = pause_between(before, now)
            if pause is not None:
                self.enter(pause)
            before = now

    def enter(self, pause: Pause) -> None:
        """Journal a pause: a sentence, and the gap of each source with that cause."""
        cause = pause.cause(utc_us())
        log.warning("%s", cause.en)
        sources = self._sources()
        self._chronicle.post(Note.of(cause, "warning"))
        for source in sources:
            self._chronicle.post(
                Gap(
                    source=source,
                    from_us=pause.from_us,
                    to_us=pause.to_us,
                    cause=cause.zh,
                    cause_en=cause.en,
                )
            )
        self._chronicle.gaps += len(sources)


def flush_before_sleep(chronicle: Chronicle, end_fragments: Callable[[], None]) -> None:
    """Say that the computer goes to sleep; return when all up to now is on the disk, or in time.

    `end_fragments` asks all tracks for it: nothing waits for a fragment or a line to be due.
    """
    now_us, begun = monotonic_us(), time.monotonic()
    chronicle.post(Note.of(SLEEPS, "warning"))
    end_fragments()
    while chronicle.is_behind(now_us) and time.monotonic() - begun < FLUSHES_S:
        chronicle.cover_soon()
        time.sleep(0.05)
    log.info("flushed before a sleep in %.2f s", time.monotonic() - begun)
