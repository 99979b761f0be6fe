"""The benchmark's clock: the one by which the recorder stamps its frames, and waiting by it."""

from __future__ import annotations

import threading

from client.base.clock import SECOND_US, monotonic_us


def now() -> float:
    """Return seconds of the clock that stamps frames."""
    return monotonic_us() / SECOND_US


def wait_until(moment: float, leaving: threading.Event | None = None) -> bool:
    """Sleep until `now()` is `moment`; return False when `leaving` was set before."""
    event = leaving or threading.Event()
    left = moment - now()
    return not (event.wait(left) if left > 0 else event.is_set())
