"""At what rate a track's pictures are recorded: as asked, or less while something wants it so."""

from __future__ import annotations


class Rate:
    """Pictures a second of one track. Any thread may ask for less; the slowest wish holds.

    Each reason (`load`, `disk`) has a wish of its own and takes it back by asking for 1.
    """

    def __init__(self, fps: int) -> None:
        """Begin with `fps`, as the plan asks."""
        self._fps = fps
        self._wishes: dict[str, int] = {}

    def slow_down(self, reason: str, divisor: int) -> None:
        """Record only every `divisor`-th picture for this `reason`; 1 is the full rate again."""
        self._wishes = {**self._wishes, reason: max(1, divisor)}

    @property
    def divisor(self) -> int:
        """Return how many times slower than asked."""
        return max(self._wishes.values(), default=1)

    @property
    def fps(self) -> float:
        """Return pictures a second."""
        return self._fps / self.divisor

    @property
    def period_us(self) -> int:
        """Return microseconds from one picture to the next."""
        return 1_000_000 * self.divisor // self._fps


class Pace:
    """Takes about one picture a period. A late one does not cost the next one its place.

    A camera that runs up to a sixteenth fast is followed, else it would lose a picture at times.
    """

    def __init__(self, rate: Rate) -> None:
        """Take the first picture that comes."""
        self._rate = rate
        self._due_us = 0

    def takes(self, at_us: int) -> bool:
        """Tell whether the picture of this moment is recorded; a quarter too early will do."""
        period_us = self._rate.period_us
        if at_us < self._due_us - period_us // 4:
            return False
        early_us = max(0, self._due_us - at_us)
        due_us = self._due_us + period_us - min(early_us, period_us // 16)
        self._due_us = max(due_us, at_us)
        return True
