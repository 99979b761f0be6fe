"""Asks the computer not to sleep while devices are open, and says in the journal what came of it.

Nothing is set that would outlive this process: the system takes it back when we are gone.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable

from client.base.text import Text
from client.evidence.entries import Note

WHY = Text("赛鉴正在录制", "SaiJian is recording")
HELD = Text(
    "已请求系统在录制期间保持唤醒，系统接受了：{what}",
    "the system was asked to stay awake while recording, and agreed to: {what}",
)
REFUSED = Text(
    "系统没有接受“不睡眠”的请求：录制期间请勿合上电脑，也不要让它睡眠",
    "the system did not take the request to stay awake: keep the lid open and it from sleeping",
)

log = logging.getLogger(__name__)


def answered(held: list[Text]) -> Note:
    """Return the journal's line about what the system took."""
    what = Text("、".join(name.zh for name in held), ", ".join(name.en for name in held))
    log.info("stay awake: %s", what.en or "refused")
    said = Text(HELD.zh.format(what=what.zh), HELD.en.format(what=what.en)) if held else REFUSED
    return Note.of(said, "info" if held else "warning")


if sys.platform == "win32":
    import ctypes
    from ctypes import POINTER, Structure, byref, c_void_p
    from ctypes.wintypes import BOOL, DWORD, HANDLE, INT, LPWSTR, ULONG

    _CONTINUOUS, _SYSTEM, _DISPLAY = 0x8000_0000, 0x1, 0x2
    _SIMPLE_STRING = 0x1
    _INVALID = c_void_p(-1).value
    _REQUESTS = {
        Text("带原因的不关屏请求", "screen stays on, with the reason"): 0,
        Text("带原因的不睡眠请求", "no sleep, with the reason"): 1,
        Text("带原因的继续运行请求", "keeps running, with the reason"): 3,
    }
    """POWER_REQUEST_TYPE. The last keeps a computer with modern standby running us."""

    class _Reason(Structure):
        """REASON_CONTEXT with a plain string."""

        _fields_ = (
            ("version", ULONG),
            ("flags", DWORD),
            ("text", LPWSTR),
            ("rest_of_union", c_void_p * 2),
        )

    _kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    _kernel.SetThreadExecutionState.argtypes = [DWORD]
    _kernel.SetThreadExecutionState.restype = DWORD
    _kernel.PowerCreateRequest.argtypes = [POINTER(_Reason)]
    _kernel.PowerCreateRequest.restype = HANDLE
    _kernel.PowerSetRequest.argtypes = [HANDLE, INT]
    _kernel.PowerSetRequest.restype = BOOL
    _kernel.CloseHandle.argtypes = [HANDLE]

    def stay_awake(post: Callable[[Note], None]) -> Callable[[], None]:
        """Ask, `post` what was answered, and return what takes it back.

        `powercfg /requests` shows the requests with our reason. What is not taken back ends with
        this process, or the calling thread.
        """
        held: list[Text] = []
        if _kernel.SetThreadExecutionState(_CONTINUOUS | _SYSTEM | _DISPLAY):
            held.append(Text("不睡眠、不关屏", "no sleep, screen stays on"))
        reason = _Reason(flags=_SIMPLE_STRING, text=f"{WHY.zh} / {WHY.en}")
        request = _kernel.PowerCreateRequest(byref(reason))
        is_there = request not in (None, _INVALID)
        if is_there:
            for name, kind in _REQUESTS.items():
                if _kernel.PowerSetRequest(request, kind):
                    held.append(name)
        post(answered(held))

        def take_back() -> None:
            _kernel.SetThreadExecutionState(_CONTINUOUS)
            if is_there:
                _kernel.CloseHandle(request)

        return take_back
else:

    def stay_awake(post: Callable[[Note], None]) -> Callable[[], None]:
        """Ask in a thread of its own, since a bus may hang; return what takes it back.

        `post` takes what was answered.
        """
        from client.recorder.child.inhibit import hold_awake

        ended = threading.Event()

        def ask() -> None:
            hold_awake(lambda held: post(answered(held)), ended)

        threading.Thread(target=ask, name="awake", daemon=True).start()
        return ended.set
