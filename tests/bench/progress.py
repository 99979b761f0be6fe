"""What the person who waits is told."""

from __future__ import annotations

import sys
import time


class Progress:
    """Tells what runs now and about how long the rest takes."""

    def __init__(self, seconds: float) -> None:
        """Expect to take `seconds` altogether."""
        self._expected = seconds
        self._planned = 0.0
        self._began = time.monotonic()

    def begin(self, what: str, seconds: float) -> None:
        """Say that `what` begins, which was planned to take `seconds`."""
        left = self._expected - self._planned
        if self._planned > 0:  # by what the parts so far really took
            left *= (time.monotonic() - self._began) / self._planned
        self._planned += seconds
        clock = time.strftime("%H:%M:%S")
        sys.stderr.write(f"{clock}  {what}   （剩余约 / about {left / 60:.0f} min left）\n")
        sys.stderr.flush()

    def say(self, what: str) -> None:
        """Say something about what just ended."""
        sys.stderr.write(f"          {what}\n")
        sys.stderr.flush()
