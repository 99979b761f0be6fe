"""The sound's time line: samples slaved to the monotonic clock.

Sample n belongs at `origin_us + n / rate`. A device whose clock runs a little fast or slow is
resampled by a fraction of a per cent; samples that never came become silence; samples that come
after their time was filled are left out. The time line never jumps.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from client.base.clock import SECOND_US

Samples = NDArray[np.float32]

JUMP_US = 100_000
"""A block further off than this was lost or late, not drifting."""
_SMOOTHING = 0.02
_CORRECT_WITHIN_S = 4.0
_MAX_STRETCH = 0.025
"""Reached at JUMP_US: a device that lost 80 ms is within 40 ms of its time after 4 s."""


@dataclass
class SoundLine:
    """One source's time line. Not thread-safe: the film thread alone feeds it."""

    rate: int
    origin_us: int
    samples: int = 0
    """Written so far."""
    silent: int = 0
    """Of these, samples of inserted silence."""
    _settled: bool = False
    """Whether the last samples were the device's own; the first ones are placed exactly."""
    _error_us: float = 0.0
    _owed: float = 0.0
    """Samples that stretching has earned but not yet added."""
    _last: float = 0.0

    @property
    def end_us(self) -> int:
        """Return the moment at which the next sample belongs."""
        return self.origin_us + self.samples * SECOND_US // self.rate

    def place(self, block: Samples, at_us: int) -> Samples:
        """Return what to append for `block`, captured from `at_us` on."""
        error_us = at_us - self.end_us
        bound_us = JUMP_US if self._settled else 0
        self._settled = True
        if error_us > bound_us:
            silence = self.silence_until(at_us)
            self._settled = True
            return np.concatenate([silence, self._take(block)])
        if error_us < -bound_us:
            late = -error_us * self.rate // SECOND_US
            return self._take(block[late:])
        self._error_us += _SMOOTHING * (error_us - self._error_us)
        return self._take(self._stretched(block))

    def silence_until(self, until_us: int) -> Samples:
        """Return the silence that fills the line up to `until_us`; empty when it is there."""
        missing = max(0, (until_us - self.end_us) * self.rate // SECOND_US)
        self.silent += missing
        self._error_us = 0.0
        self._settled = False
        return self._take(np.zeros(missing, np.float32))

    def _take(self, block: Samples) -> Samples:
        self.samples += block.size
        if block.size:
            self._last = float(block[-1])
        return block

    def _stretched(self, block: Samples) -> Samples:
        stretch = self._error_us / SECOND_US / _CORRECT_WITHIN_S
        self._owed += block.size * min(max(stretch, -_MAX_STRETCH), _MAX_STRETCH)
        extra = round(self._owed)
        self._owed -= extra
        size = block.size + extra
        if extra == 0 or block.size == 0:
            return block
        source = np.concatenate([[self._last], block])
        positions = np.linspace(block.size / size, block.size, size)
        return np.interp(positions, np.arange(source.size), source).astype(np.float32)
