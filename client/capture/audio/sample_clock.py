"""When was this block of samples captured? Arrival times jitter, and sound servers guess.

A sample cannot have been captured after it was delivered, and of many blocks some are delivered
promptly. So the earliest deliveries of the last half second, counted back by the samples since,
show where sample 0 lies on our clock: seen stable to 0.2 ms through PulseAudio, whose own figure
was 60 ms wrong for a second and then moved. The estimate follows a sound card that runs fast or
slow, does not follow a late thread, and jumps only where samples were lost. What the device itself
says is used for its constant delay alone: the least it ever said. Pure arithmetic; no device.
"""

from __future__ import annotations

from collections import deque

from client.base.clock import SECOND_US
from client.capture.delay import Delay

WINDOW_BLOCKS = 25
WINDOW_US = SECOND_US // 2
"""One delivery at least is so old: else a burst after a pause would be all that is looked at."""
SETTLE_US = 250_000
"""Sound servers begin with a burst of old sound: no block is dated until this long after it."""
JUMP_US = 40_000
"""A difference that no sound card's drift explains: samples are missing."""
SLEW = 0.002
"""Largest correction otherwise, as a part of the time that passes; nobody hears 0.2%."""
BELIEVED_BLOCKS = 150
"""So many ages are seen before their least is believed (sound servers begin with rubbish)."""
MOST_DELAY_US = 150_000


class SampleClock:
    """Dates blocks of one stream by the monotonic clock."""

    def __init__(self, rate: int) -> None:
        """Begin at sample 0 of a stream of `rate` samples a second."""
        self.is_settled = False
        """Whether enough was seen to date blocks."""
        self._rate = rate
        self._samples = 0
        self._blocks = 0
        self._begun_us: int | None = None
        self._seen: deque[tuple[int, float]] = deque()
        """When each block of the window arrived, and where sample 0 would be if it was prompt."""
        self._origin_us: float | None = None
        self._least_delay_us = float(MOST_DELAY_US)
        self._delay_us = 0.0

    def saw(self, size: int, arrived_us: int, age_us: float) -> int:
        """Count in a block of `size` samples delivered at `arrived_us`; return its first sample.

        `age_us` is how old the device says the block's first sample is.
        """
        first = self._samples
        self._samples += size
        self._blocks += 1
        if self._begun_us is None:
            self._begun_us = arrived_us
        self._seen.append((arrived_us, arrived_us - self._span(self._samples)))
        while len(self._seen) > WINDOW_BLOCKS and self._seen[1][0] <= arrived_us - WINDOW_US:
            self._seen.popleft()
        self._least_delay_us = min(self._least_delay_us, max(age_us - self._span(size), 0.0))
        self.is_settled = self.is_settled or arrived_us - self._begun_us >= SETTLE_US
        if self.is_settled:
            self._follow(self._span(size) * SLEW)
        return first

    def at_us(self, sample: int) -> int:
        """Return the moment of a sample by the present estimate; only once settled."""
        if self._origin_us is None:
            raise ValueError("not settled")
        return round(self._origin_us - self._delay_us + self._span(sample))

    def delay(self) -> Delay:
        """Return the delay that the device tells, once it is believed; `at_us` takes it off."""
        seen = sorted(origin for _, origin in self._seen.copy())
        spread_us = round(seen[len(seen) // 2] - seen[0]) if seen else 0
        if self._is_delay_believed:
            return Delay(round(self._least_delay_us), "device", spread_us)
        return Delay(None, "nobody", spread_us)

    def lost_samples(self) -> None:
        """Begin the window anew: what was seen before says nothing any more."""
        self._seen.clear()

    def _follow(self, most_us: float) -> None:
        earliest = min(origin for _, origin in self._seen)
        if self._origin_us is None:
            self._origin_us = earliest
        elif len(self._seen) >= WINDOW_BLOCKS:
            error = earliest - self._origin_us
            jumps = abs(error) > JUMP_US
            self._origin_us += error if jumps else min(max(error, -most_us), most_us)
        if self._is_delay_believed:
            error = self._least_delay_us - self._delay_us
            self._delay_us += min(max(error, -most_us), most_us)

    @property
    def _is_delay_believed(self) -> bool:
        return self._blocks >= BELIEVED_BLOCKS and self._least_delay_us < MOST_DELAY_US

    def _span(self, samples: int) -> float:
        return samples * SECOND_US / self._rate
