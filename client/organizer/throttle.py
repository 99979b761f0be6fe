"""A little patience: so many times within a while, then a pause."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from client.base.clock import SECOND_US

_MINUTE_US = 60 * SECOND_US
_KEYS = 10_000


class Throttle:
    """Counts by key. A whole room behind one address guesses wrong seldom, a guesser often."""

    def __init__(self, most: int = 10, window_us: int = _MINUTE_US) -> None:
        """Allow one key `most` times within `window_us`."""
        self._most = most
        self._window_us = window_us
        self._lock = Lock()
        self._times: OrderedDict[str, list[int]] = OrderedDict()

    def is_blocked(self, key: str, now_us: int) -> bool:
        """Tell whether `key` was counted too often of late.

        A moment that is still to come was counted before the clock was set back.
        """
        with self._lock:
            recent = [at for at in self._times.get(key, ()) if 0 <= now_us - at < self._window_us]
            return len(recent) >= self._most

    def count(self, key: str, now_us: int) -> None:
        """Count once; the longest untouched key is forgotten when there are too many."""
        with self._lock:
            times = self._times.pop(key, [])
            self._times[key] = [*times[-self._most :], now_us]
            while len(self._times) > _KEYS:
                self._times.popitem(last=False)
