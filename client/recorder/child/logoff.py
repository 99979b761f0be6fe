"""The system says that it sleeps, shuts down or logs off, and waits until all is flushed.

Windows tells windows, not signals: the recorder has one that is hidden. It also gives a recorder
without console the SIGTERM that Windows lacks: `taskkill` without `/F` asks windows to close. And a
recorder whose console is closed is ended as soon as it has answered, so the answer waits for the
seal, too. On Linux logind tells, and waits while we hold a lock.
"""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable, Iterator

FLUSHES_S = 4.0
"""Windows ends a process that has not answered within 5 s."""

if sys.platform == "win32":
    import ctypes
    from ctypes import POINTER, Structure, byref, c_ssize_t
    from ctypes.wintypes import BOOL, DWORD, HANDLE, HWND, INT, LPARAM, LPCWSTR, MSG, UINT, WPARAM

    from client.base.shutdown import say_why_to_wait

    WINDOW_CLASS = "SaiJianRecorder"
    WM_DESTROY, WM_CLOSE, WM_QUERYENDSESSION, WM_ENDSESSION = 0x02, 0x10, 0x11, 0x16
    WM_POWERBROADCAST, PBT_APMSUSPEND = 0x218, 0x4
    _WM_LEAVE = 0x8001
    _WHY = "赛鉴正在保存录像 / SaiJian is saving the recording"

    _CTRL_C_EVENT = 0  # the others: Ctrl-Break, and the console or the session is closed

    _Handler = ctypes.WINFUNCTYPE(BOOL, DWORD)
    _Procedure = ctypes.WINFUNCTYPE(c_ssize_t, HWND, UINT, WPARAM, LPARAM)

    class _WindowClass(Structure):
        _fields_ = (
            ("style", UINT),
            ("procedure", _Procedure),
            ("class_extra", INT),
            ("window_extra", INT),
            ("instance", HANDLE),
            ("icon", HANDLE),
            ("cursor", HANDLE),
            ("brush", HANDLE),
            ("menu", LPCWSTR),
            ("name", LPCWSTR),
        )

    _user = ctypes.WinDLL("user32", use_last_error=True)
    _user.RegisterClassW.argtypes = [POINTER(_WindowClass)]
    _user.UnregisterClassW.argtypes = [LPCWSTR, HANDLE]
    _user.CreateWindowExW.restype = HWND
    _user.CreateWindowExW.argtypes = [DWORD, LPCWSTR, LPCWSTR, DWORD, *[INT] * 4, *[HANDLE] * 4]
    _user.DefWindowProcW.restype = c_ssize_t
    _user.DefWindowProcW.argtypes = [HWND, UINT, WPARAM, LPARAM]
    _user.GetMessageW.argtypes = [POINTER(MSG), HWND, UINT, UINT]
    _user.DispatchMessageW.argtypes = [POINTER(MSG)]
    _user.PostMessageW.argtypes = [HWND, UINT, WPARAM, LPARAM]

    _kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    _kernel.SetConsoleCtrlHandler.argtypes = [_Handler, BOOL]

    class _HiddenWindow:
        """Top-level and never shown: message-only windows are not told of a log-off."""

        def __init__(self, interrupt: Callable[[], None], flush: Callable[[], None]) -> None:
            """Make the window on a thread of its own, which alone may hear its messages."""
            self._interrupt, self._flush = interrupt, flush
            self._ended = threading.Event()
            self._made = threading.Event()
            self._window = 0
            self._procedure = _Procedure(self._hear)
            self._handler = _Handler(self._hear_console)
            _kernel.SetConsoleCtrlHandler(self._handler, 1)
            self._thread = threading.Thread(target=self._live, name="log-off", daemon=True)
            self._thread.start()
            self._made.wait()

        def close(self) -> None:
            """Let Windows end the process: all is on the disk."""
            self._ended.set()
            _user.PostMessageW(self._window, _WM_LEAVE, 0, 0)
            self._thread.join(FLUSHES_S)
            _kernel.SetConsoleCtrlHandler(self._handler, 0)

        def _live(self) -> None:
            kind = _WindowClass(procedure=self._procedure, name=WINDOW_CLASS)
            _user.RegisterClassW(byref(kind))
            self._window = _user.CreateWindowExW(
                0, WINDOW_CLASS, WINDOW_CLASS, 0, 0, 0, 0, 0, None, None, None, None
            )
            self._made.set()
            message = MSG()
            while self._window and _user.GetMessageW(byref(message), None, 0, 0) > 0:
                _user.DispatchMessageW(byref(message))
            # else the next window of this process would be answered by this one's procedure
            _user.UnregisterClassW(WINDOW_CLASS, None)

        def _hear(self, window: int, message: int, wide: int, long: int) -> int:
            if message == WM_QUERYENDSESSION:
                say_why_to_wait(window, _WHY)
                return 1
            if message == WM_ENDSESSION and wide:  # it is certain now
                self._interrupt()
                self._ended.wait(FLUSHES_S)
            elif message == WM_POWERBROADCAST:
                if wide == PBT_APMSUSPEND:
                    self._flush()
                return 1
            elif message == WM_CLOSE:
                self._interrupt()
            elif message == _WM_LEAVE:
                _user.DestroyWindow(HWND(window))
            elif message == WM_DESTROY:
                _user.PostQuitMessage(0)
            else:
                return int(_user.DefWindowProcW(window, message, wide, long))
            return 0

        def _hear_console(self, event: int) -> bool:
            if event == _CTRL_C_EVENT:
                return False  # a signal: see `build.py`
            self._interrupt()
            self._ended.wait(FLUSHES_S)
            return True

    @contextlib.contextmanager
    def told_of_log_off(interrupt: Callable[[], None], flush: Callable[[], None]) -> Iterator[None]:
        """Call `interrupt` at log-off, shutdown or when the console is closed: they wait for us.

        Call `flush` before the computer sleeps, which waits for its return.
        """
        window = _HiddenWindow(interrupt, flush)
        try:
            yield
        finally:
            window.close()
else:
    from client.recorder.child.logind import LoginWatch

    @contextlib.contextmanager
    def told_of_log_off(interrupt: Callable[[], None], flush: Callable[[], None]) -> Iterator[None]:
        """Call `interrupt` at shutdown, which waits for the end of the block.

        Call `flush` before the computer sleeps, which waits for its return. A log-off is a signal
        here (see `build.py`).
        """
        watch = LoginWatch(interrupt, flush)
        try:
            yield
        finally:
            watch.close()
