"""What is known of this computer's memory."""

from __future__ import annotations

from client.contest.values import Count, Value


class MemoryFacts(Value):
    """Bytes; None: the system does not tell."""

    installed: Count | None
    """What is plugged in, what graphics and firmware keep for themselves included."""
    usable: Count | None
    """What the system can use of it."""
    free: Count | None
    """What programs can still get."""
