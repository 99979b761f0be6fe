"""Time: one monotonic clock that counts sleep, and wall time as a reading beside it."""

from __future__ import annotations

import sys
import time
import uuid
from pathlib import Path

SECOND_US = 1_000_000

if sys.platform == "linux":

    def monotonic_us() -> int:
        """Microseconds of the clock that stamps frames, samples and journal lines."""
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1000
else:

    def monotonic_us() -> int:
        """Microseconds of the performance counter; `time.monotonic` ticks in 15.6 ms there."""
        return time.perf_counter_ns() // 1000


def utc_us() -> int:
    """Microseconds since 1970 by the wall clock: a reading, never a basis."""
    return time.time_ns() // 1000


def boot_id() -> str:
    """Eight hex digits that change when the computer restarts and the monotonic clock with it."""
    linux = Path("/proc/sys/kernel/random/boot_id")
    if linux.exists():
        return linux.read_text(encoding="ascii")[:8]
    booted = round((utc_us() - monotonic_us()) / (60 * SECOND_US))
    return uuid.uuid5(uuid.NAMESPACE_OID, f"{uuid.getnode()}-{booted}").hex[:8]
