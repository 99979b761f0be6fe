"""Time: one monotonic clock that counts sleep, and wall time as a reading beside it."""

from __future__ import annotations

import sys
import time
import uuid
from functools import lru_cache
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


if sys.platform == "win32":
    import ctypes
    import winreg
    from ctypes import POINTER, byref, c_void_p
    from ctypes.wintypes import DWORD, HKEY, LPCWSTR

    _BOOT_KEY = r"Software\SaiJian\Boot"
    _VOLATILE, _KEY_READ = 0x1, 0x20019
    _create_key = ctypes.WinDLL("advapi32").RegCreateKeyExW
    _create_key.argtypes = [
        HKEY,
        LPCWSTR,
        DWORD,
        c_void_p,
        DWORD,
        DWORD,
        c_void_p,
        POINTER(HKEY),
        POINTER(DWORD),
    ]

    @lru_cache(maxsize=1)
    def boot_id() -> str:
        """Eight hex digits that change when the computer restarts.

        They stand for the birth of a registry key that Windows keeps in memory only: the wall
        clock, which may be set, decides nothing afterwards.
        """
        handle = HKEY()
        user = HKEY(winreg.HKEY_CURRENT_USER)
        code = _create_key(
            user, _BOOT_KEY, 0, None, _VOLATILE, _KEY_READ, None, byref(handle), None
        )
        if code:
            raise ctypes.WinError(code)
        try:
            born = winreg.QueryInfoKey(handle.value or 0)[2]
        finally:
            winreg.CloseKey(handle.value or 0)
        return uuid.uuid5(uuid.NAMESPACE_OID, f"{uuid.getnode()}-{born}").hex[:8]
else:

    def boot_id() -> str:
        """Eight hex digits that change when the computer restarts."""
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")[:8]
