"""How fast the upload is: a running count of bytes becomes kilobits a second. No Qt, no clock."""

from __future__ import annotations

from collections import deque

BAR_S = 5.0
BARS = 36
"""Three minutes."""
RECENT = 3
"""So many whole bars make the figure: parts are sent one after the other, in bursts."""


class Rates:
    """Holds the last minutes in bars of `BAR_S`; begins with the first count that it hears."""

    def __init__(self) -> None:
        """Know nothing."""
        self._bars: deque[float] = deque(maxlen=BARS)
        self._since_s: float | None = None
        """When the bar began that is being filled."""
        self._before = 0
        """Bytes when it began."""

    def heard(self, total_bytes: int, now_s: float) -> bool:
        """Take in how much was sent by now; return whether there are new bars."""
        if self._since_s is None or total_bytes < self._before:  # another count altogether
            self._bars.clear()
            self._since_s, self._before = now_s, total_bytes
            return True
        whole = int((now_s - self._since_s) / BAR_S)
        if whole == 0:
            return False
        each = (total_bytes - self._before) * 8 / 1000 / (whole * BAR_S)
        self._bars.extend([each] * min(whole, BARS))
        self._since_s += whole * BAR_S
        self._before = total_bytes
        return True

    @property
    def bars(self) -> tuple[float, ...]:
        """Return kilobits a second, the newest last."""
        return tuple(self._bars)

    @property
    def kbps(self) -> float | None:
        """Return the rate of the last seconds; None before there is one."""
        recent = self.bars[-RECENT:]
        return sum(recent) / len(recent) if recent else None
