"""A clock that stands still until somebody waits."""

from __future__ import annotations

from collections.abc import Callable


class VirtualTimer:
    """A `client.upload.timer.Timer` in which an hour passes at once."""

    def __init__(self) -> None:
        self.us = 0
        self.on_wait: Callable[[], None] = lambda: None

    def now_us(self) -> int:
        return self.us

    def wait_until(self, moment_us: int) -> None:
        self.us = max(self.us, moment_us)
        self.on_wait()
