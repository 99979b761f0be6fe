"""Never more than the plan's share of the line, in any two seconds."""

from __future__ import annotations

from collections import deque

from client.base.clock import SECOND_US

WINDOW_US = 2 * SECOND_US
OVERHEAD = 400
"""Bytes of a request and its answer besides the body, about."""
SMALLEST_CHUNK = 256


class Pacer:
    """Says when bytes may be sent. Times are microseconds of a clock that only goes forward.

    Sends are spaced evenly, as with a token bucket whose depth is one send; the window on top makes
    the bound exact: in no two seconds more than two seconds' worth, whatever the sizes.
    """

    def __init__(self, bytes_per_second: int) -> None:
        self._rate = bytes_per_second
        self._allowance = bytes_per_second * WINDOW_US // SECOND_US
        self._sent: deque[tuple[int, int]] = deque()
        self._next_us = 0

    @property
    def chunk(self) -> int:
        """Return the largest body that keeps the flow even: a quarter of a second's worth."""
        return max(SMALLEST_CHUNK, self._rate // 4 - OVERHEAD)

    def due_us(self, body: int, now_us: int) -> int:
        """Return when a request with `body` bytes may begin: `now_us`, or later."""
        due = max(now_us, self._next_us)
        recent = sum(size for _, size in self._sent)
        for began, size in self._sent:
            if recent + body + OVERHEAD <= self._allowance:
                break
            due = max(due, began + WINDOW_US)
            recent -= size
        return due

    def spend(self, body: int, now_us: int) -> None:
        """Count a request with `body` bytes that begins now."""
        size = body + OVERHEAD
        while self._sent and self._sent[0][0] <= now_us - WINDOW_US:
            self._sent.popleft()
        self._sent.append((now_us, size))
        self._next_us = max(now_us, self._next_us) + size * SECOND_US // self._rate
