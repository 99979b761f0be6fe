"""Waiting that can be ended: every pause of the uploader goes through here, tests replace it."""

from __future__ import annotations

import time
from typing import Protocol

from client.base.clock import SECOND_US, monotonic_us


class Timer(Protocol):
    """A clock that only goes forward, and a way to wait for a moment of it."""

    def now_us(self) -> int:
        """Return the present moment in microseconds."""

    def wait_until(self, moment_us: int) -> None:
        """Return at `moment_us`, or earlier when somebody ends the waiting."""


class RealTimer:
    """The computer's monotonic clock."""

    def now_us(self) -> int:
        """Return the monotonic clock."""
        return monotonic_us()

    def wait_until(self, moment_us: int) -> None:
        """Wait for the moment."""
        time.sleep(max(0, moment_us - self.now_us()) / SECOND_US)
