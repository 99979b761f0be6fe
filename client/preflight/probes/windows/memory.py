"""The memory that is plugged in, as the firmware tells it."""

from __future__ import annotations

import sys

if sys.platform == "win32":
    import ctypes
    from ctypes import POINTER, byref
    from ctypes.wintypes import BOOL

    _KB = 1024
    _installed = ctypes.WinDLL("kernel32").GetPhysicallyInstalledSystemMemory
    _installed.argtypes = [POINTER(ctypes.c_uint64)]
    _installed.restype = BOOL

    def read_installed() -> int | None:
        """Return bytes; None where the firmware's tables do not tell."""
        kilobytes = ctypes.c_uint64()
        return kilobytes.value * _KB if _installed(byref(kilobytes)) else None
