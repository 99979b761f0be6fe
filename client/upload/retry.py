"""When to try again: exponential back-off with full jitter, and how long a server may make us wait.

Full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter") spreads a room of computers
whose organizer has just come back.
"""

from __future__ import annotations

from collections.abc import Callable

from client.base.clock import SECOND_US
from client.remote.wire import NoResponse, Outcome

BASE_US = SECOND_US // 2
CAP_US = 30 * SECOND_US
_DOUBLINGS = 6
"""BASE_US doubled this often is beyond CAP_US."""

RETRY_STATUSES = frozenset({408, 423, 425, 429})
"""Busy, locked or overloaded: the same request may succeed later, like any 5xx."""

Random = Callable[[], float]
"""Returns a number in [0, 1)."""


class Backoff:
    """Delays that grow with each failure in a row and start again after a success."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self.failures = 0

    def delay_us(self, outcome: Outcome) -> int:
        """Count a failure; return the microseconds to wait after it, at most 30 s."""
        ceiling = min(CAP_US, BASE_US << min(self.failures, _DOUBLINGS))
        self.failures += 1
        return max(round(self._random() * ceiling), retry_after_us(outcome))

    def reset(self) -> None:
        """Start again with short delays."""
        self.failures = 0


def retry_after_us(outcome: Outcome) -> int:
    """Return what the untrusted header Retry-After asks for, in microseconds, within 0 to 30 s.

    Only whole seconds count: the other form, a date, would need the server's clock.
    """
    if isinstance(outcome, NoResponse):
        return 0
    text = outcome.headers.get("retry-after", "").strip()
    if not (text.isascii() and text.isdigit()):
        return 0
    return CAP_US if len(text) > 2 else min(CAP_US, int(text) * SECOND_US)  # noqa: PLR2004 two digits


def may_pass(outcome: Outcome) -> bool:
    """Tell whether the same request may succeed later: nobody answered, or busy, or broken."""
    if isinstance(outcome, NoResponse):
        return True
    return outcome.status in RETRY_STATUSES or outcome.status >= 500  # noqa: PLR2004 5xx
