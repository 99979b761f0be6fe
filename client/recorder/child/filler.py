"""Fills a track's file while its pictures do not come: first the last one again, then a slate."""

from __future__ import annotations

import threading
from collections.abc import Callable

from client.base.clock import SECOND_US, monotonic_us

LOOK_US = SECOND_US * 2 // 5
"""Seldom enough to cost nothing, often enough that no two pictures lie a second apart."""
STILL_US = SECOND_US // 2
LOST_US = SECOND_US * 9 // 10
"""Awaited for so long a picture counts as lost."""


class Filler:
    """A thread beside the one that reads. That one says what it waits for, and when it has come."""

    def __init__(
        self,
        repeat: Callable[[int], None],
        show: Callable[[int, int], None],
        ended: threading.Event,
    ) -> None:
        """Prepare; `start` begins, `ended` ends.

        `repeat` takes the present moment, `show` the moment since which a picture is awaited and
        the present one; both are called twice a second in vain waiting, from this thread.
        """
        self._repeat, self._show, self._ended = repeat, show, ended
        self._thread = threading.Thread(target=self._look, name="filler", daemon=True)
        self.since_us: int | None = None
        """Since when a picture is awaited; None while nothing is."""

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def waits(self, at_us: int) -> None:
        """A picture is awaited from now on, or from earlier where one is awaited already."""
        if self.since_us is None:
            self.since_us = at_us

    def came(self) -> None:
        """Nothing is awaited any more."""
        self.since_us = None

    def join(self, timeout_s: float) -> None:
        """Wait for the end of the thread."""
        if self._thread.ident is not None:
            self._thread.join(timeout_s)

    def _look(self) -> None:
        pause_us, looked_us = LOOK_US, monotonic_us()
        while not self._ended.wait(pause_us / SECOND_US):
            since_us, now_us = self.since_us, monotonic_us()
            overslept = now_us - looked_us > pause_us + LOOK_US
            pause_us, looked_us = LOOK_US, now_us
            if since_us is None or overslept:  # nothing of this process ran: it may come yet
                continue
            left_us = since_us + LOST_US - now_us
            if left_us > 0:
                self._repeat(now_us)
                pause_us = min(left_us, LOOK_US)
            else:
                self._show(since_us, now_us)
