"""Bytes on their way to a disk that may be slow: in order, all of them, within a bound."""

from __future__ import annotations

import threading
from collections import deque

from client.base.clock import monotonic_us

LIMIT_BYTES = 32 << 20
"""Nearly three minutes of a camera as plans usually ask for it, 13 s of the largest."""


class Backlog:
    """One thread puts, one takes."""

    def __init__(self, limit: int = LIMIT_BYTES) -> None:
        """Begin empty; `limit` in bytes."""
        self._limit = limit
        self._waiting: deque[bytes] = deque()
        self._bytes = 0
        self._is_closed = False
        self._changed = threading.Condition()
        self.times_full = 0
        """How often whoever puts had to wait."""
        self.waits: deque[tuple[int, int]] = deque()
        """From when to when, on the monotonic clock; whoever names them takes them out."""

    def put(self, data: bytes) -> None:
        """Add `data`; waits only while the bound is reached, and drops it where nobody takes."""
        with self._changed:
            if self._bytes >= self._limit and not self._is_closed:
                self._await_room()
            if not self._is_closed:
                self._waiting.append(data)
                self._bytes += len(data)
            self._changed.notify_all()

    def _await_room(self) -> None:
        self.times_full += 1
        begun_us = monotonic_us()
        self._changed.wait_for(lambda: self._bytes < self._limit or self._is_closed)
        self.waits.append((begun_us, monotonic_us()))

    @property
    def size(self) -> int:
        """Return the bytes in it."""
        return self._bytes

    def take(self) -> bytes | None:
        """Wait for the next bytes; None once it is closed and empty."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._is_closed)
            if not self._waiting:
                return None
            data = self._waiting.popleft()
            self._bytes -= len(data)
            self._changed.notify_all()
            return data

    def close(self) -> None:
        """Take nothing more; what is in it is still handed out."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
