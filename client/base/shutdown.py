"""Why the computer should not be switched off now, for Windows to show; elsewhere nothing."""

from __future__ import annotations

import sys

if sys.platform == "win32":
    import ctypes
    from ctypes.wintypes import BOOL, HWND, LPCWSTR

    _user = ctypes.WinDLL("user32", use_last_error=True)
    _user.ShutdownBlockReasonCreate.argtypes = [HWND, LPCWSTR]
    _user.ShutdownBlockReasonCreate.restype = BOOL
    _user.ShutdownBlockReasonDestroy.argtypes = [HWND]
    _user.ShutdownBlockReasonDestroy.restype = BOOL

    def say_why_to_wait(window: int, why: str) -> None:
        """Show `why` where Windows lists what holds a shutdown up; on the window's own thread."""
        _user.ShutdownBlockReasonCreate(window, why)

    def no_need_to_wait(window: int) -> None:
        """Take the reason back."""
        _user.ShutdownBlockReasonDestroy(window)
else:

    def say_why_to_wait(window: int, why: str) -> None:
        """Do nothing: here only the answer to the desktop counts."""

    def no_need_to_wait(window: int) -> None:
        """Do nothing."""
