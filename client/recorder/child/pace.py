"""Which pictures of a camera are recorded, where it delivers more than were asked for."""

from __future__ import annotations


class Pace:
    """Takes about one picture a period. A late one does not cost the next one its place.

    A camera that runs up to a sixteenth fast is followed, else it would lose a picture at times.
    """

    def __init__(self, period_us: int) -> None:
        """Take the first picture that comes."""
        self._period_us = period_us
        self._due_us = 0

    def takes(self, at_us: int) -> bool:
        """Tell whether the picture of this moment is recorded; a quarter too early will do."""
        if at_us < self._due_us - self._period_us // 4:
            return False
        early_us = max(0, self._due_us - at_us)
        due_us = self._due_us + self._period_us - min(early_us, self._period_us // 16)
        self._due_us = max(due_us, at_us)
        return True
