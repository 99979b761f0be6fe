"""What Windows does when somebody types Ctrl-C or closes a console: a thread in each process."""

from __future__ import annotations

import subprocess
import sys

CTRL_C_EVENT, CTRL_BREAK_EVENT, CTRL_CLOSE_EVENT = 0, 1, 2

if sys.platform == "win32":
    import ctypes
    from ctypes.wintypes import DWORD, HANDLE

    _kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    _kernel.CreateRemoteThread.restype = HANDLE
    _kernel.CreateRemoteThread.argtypes = [HANDLE, *[ctypes.c_void_p] * 4, DWORD, ctypes.c_void_p]
    _routine = ctypes.cast(ctypes.WinDLL("kernelbase").CtrlRoutine, ctypes.c_void_p)


def console_event(process: subprocess.Popen[bytes], event: int) -> None:
    """Tell the process of the event as the console does."""
    owner = HANDLE(int(process._handle))
    thread = _kernel.CreateRemoteThread(owner, None, None, _routine, event, 0, None)
    assert thread, ctypes.get_last_error()


def hear_ctrl_c() -> None:
    """Let processes started from now on hear Ctrl-C, which we may have been started without."""
    _kernel.SetConsoleCtrlHandler(None, 0)
