"""A little patience against guessing: so many failures a minute, then a pause."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from client.base.clock import SECOND_US

_WINDOW_US = 60 * SECOND_US
_KEYS = 10_000


class Throttle:
    """Counts failures by key. A whole room behind one address fails seldom, a guesser often."""

    def __init__(self, most: int = 10) -> None:
        """Allow `most` failures of one key within a minute."""
        self._most = most
        self._lock = Lock()
        self._failures: OrderedDict[str, list[int]] = OrderedDict()

    def is_blocked(self, key: str, now_us: int) -> bool:
        """Tell whether `key` failed too often in the last minute."""
        with self._lock:
            recent = [at for at in self._failures.get(key, ()) if now_us - at < _WINDOW_US]
            return len(recent) >= self._most

    def failed(self, key: str, now_us: int) -> None:
        """Count a failure; the longest untouched key is forgotten when there are too many."""
        with self._lock:
            times = self._failures.pop(key, [])
            self._failures[key] = [*times[-self._most :], now_us]
            while len(self._failures) > _KEYS:
                self._failures.popitem(last=False)
