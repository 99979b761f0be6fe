"""Notices that the wall clock was set, by the monotonic clock beside it."""

from __future__ import annotations

from client.base.clock import SECOND_US, monotonic_us, utc_us
from client.evidence.clocksteps import step_sentence
from client.evidence.entries import ClockStep

STEP_US = SECOND_US // 2
DRIFT = 500 / 1_000_000
"""So fast two clocks may part, or one be corrected by and by, without having been set (NTP)."""
READINGS = 3


class ClockWatch:
    """Remembers by how much the wall clock is ahead of the monotonic one."""

    def __init__(self) -> None:
        """Begin with what the clocks show now."""
        self._offset, self._read_us = offset_us(), monotonic_us()

    def look(self) -> ClockStep | None:
        """Return the step since the last look, if there was one."""
        offset, now_us = offset_us(), monotonic_us()
        drift = round((now_us - self._read_us) * DRIFT)
        step, self._read_us = offset - self._offset, now_us
        if abs(step) < STEP_US:
            self._offset += max(-drift, min(drift, step))
            return None
        self._offset = offset
        why = step_sentence(step)
        return ClockStep(step_us=step, cause=why.zh, cause_en=why.en)


def offset_us() -> int:
    """Return UTC minus monotonic time, by the promptest of a few readings."""
    return min(_reading() for _ in range(READINGS))[1]


def _reading() -> tuple[int, int]:
    """Return how long it took to read both clocks, and the difference."""
    before, wall = monotonic_us(), utc_us()
    return monotonic_us() - before, wall - before
