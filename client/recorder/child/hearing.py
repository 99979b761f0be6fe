"""The organizer's clock as a session hears it that began without an enrolment.

A receipt had to come here and tells too little by its way, so the greatest of a few is the best.
Later ones are not listened to: an organizer whose clock is set wrong in the middle of a contest
must end no recording, no more than it can end one that was enrolled.
"""

from __future__ import annotations

from dataclasses import dataclass, field

ENOUGH = 3


@dataclass
class Hearing:
    """What the first receipts told: organizer's clock minus this boot's monotonic one, in us."""

    heard: list[int] = field(default_factory=list)

    def hear(self, organizers_us: int, here_us: int) -> None:
        """Take in a receipt's time, and the monotonic time at which it was here."""
        if len(self.heard) < ENOUGH:
            self.heard.append(organizers_us - here_us)

    @property
    def organizers_us(self) -> int | None:
        """Return the difference, at least; None before the first receipt."""
        return max(self.heard, default=None)
