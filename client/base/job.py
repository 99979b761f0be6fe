"""Helpers: processes that end with us, whatever ends us. Recorder and uploader are none of them.

    with helper(own_command("organizer", "serve", folder), stdout=subprocess.PIPE) as server:
        ...

The kernel ends a helper whose owner is gone, `kill -9` and a crash included; it need not take part.
On Windows it is in a job object that ends its processes when our handle of it is closed. On Linux
it inherits one end of a pipe that signals SIGKILL to it when our end is closed: a parent-death
signal would come already when the thread that started it ends.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from typing import IO, TypeAlias

Pipe: TypeAlias = int | IO[bytes] | None
"""What `subprocess` takes for a stream."""

TERMINATES_S = 10.0
"""So long a helper that was asked to end may take."""

if sys.platform == "win32":
    import ctypes
    from ctypes.wintypes import BOOL, DWORD, HANDLE, INT, LPCVOID, LPCWSTR

    _EXTENDED_LIMITS = 9  # JobObjectExtendedLimitInformation
    _KILL_ON_CLOSE = 0x2000

    class _Limits(ctypes.Structure):
        """JOBOBJECT_EXTENDED_LIMIT_INFORMATION, of which only the flags are set."""

        _fields_ = (
            ("times", ctypes.c_int64 * 2),
            ("flags", DWORD),
            ("rest", ctypes.c_size_t * 15),
        )

    _kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    _kernel.CreateJobObjectW.argtypes = [LPCVOID, LPCWSTR]
    _kernel.CreateJobObjectW.restype = HANDLE
    _kernel.SetInformationJobObject.argtypes = [HANDLE, INT, LPCVOID, DWORD]
    _kernel.SetInformationJobObject.restype = BOOL
    _kernel.AssignProcessToJobObject.argtypes = [HANDLE, HANDLE]
    _kernel.AssignProcessToJobObject.restype = BOOL
    _kernel.CloseHandle.argtypes = [HANDLE]

    @contextlib.contextmanager
    def _tied(
        command: Sequence[str], stdin: Pipe, stdout: Pipe, stderr: Pipe
    ) -> Iterator[subprocess.Popen[bytes]]:
        job = HANDLE(_checked(_kernel.CreateJobObjectW(None, None)))
        try:
            limits = _Limits(flags=_KILL_ON_CLOSE)
            size = ctypes.sizeof(limits)
            _checked(
                _kernel.SetInformationJobObject(job, _EXTENDED_LIMITS, ctypes.byref(limits), size)
            )
            process = subprocess.Popen(
                command,
                stdin=stdin,
                stdout=stdout,
                stderr=stderr,
                creationflags=subprocess.CREATE_NO_WINDOW,
            )
            try:
                handle = HANDLE(int(process._handle))  # type: ignore[attr-defined]  # noqa: SLF001
                _checked(_kernel.AssignProcessToJobObject(job, handle))
            except BaseException:
                process.kill()
                raise
            yield process
        finally:
            _kernel.CloseHandle(job)

    def _checked(result: int | None) -> int:
        if not result:
            raise ctypes.WinError(ctypes.get_last_error())
        return result
else:
    import fcntl
    import signal

    @contextlib.contextmanager
    def _tied(
        command: Sequence[str], stdin: Pipe, stdout: Pipe, stderr: Pipe
    ) -> Iterator[subprocess.Popen[bytes]]:
        theirs, ours = os.pipe()
        try:
            try:
                process = subprocess.Popen(
                    command,
                    stdin=stdin,
                    stdout=stdout,
                    stderr=stderr,
                    pass_fds=(theirs,),
                )
                _signal_when_closed(theirs, process.pid)
            finally:
                os.close(theirs)
            yield process
        finally:
            os.close(ours)

    def _signal_when_closed(reading: int, pid: int) -> None:
        """Let the kernel kill `pid` when the last writing end is closed: fcntl(2), F_SETSIG."""
        fcntl.fcntl(reading, fcntl.F_SETOWN, pid)
        fcntl.fcntl(reading, fcntl.F_SETSIG, signal.SIGKILL)
        fcntl.fcntl(reading, fcntl.F_SETFL, fcntl.fcntl(reading, fcntl.F_GETFL) | os.O_ASYNC)


@contextlib.contextmanager
def helper(
    command: Sequence[str],
    *,
    stdin: Pipe = subprocess.DEVNULL,
    stdout: Pipe = None,
    stderr: Pipe = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run `command` until the block ends: asked first, killed after 10 s; killed when we are gone.

    Raises OSError where it cannot be started.
    """
    with _tied(command, stdin, stdout, stderr) as process, process:
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(TERMINATES_S)
            except subprocess.TimeoutExpired:
                process.kill()
