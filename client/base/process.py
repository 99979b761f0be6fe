"""Starting another process of this program: from the sources or from the shipped bundle."""

from __future__ import annotations

import contextlib
import ctypes
import logging
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

if sys.platform == "win32":
    _DETACHED = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
    _WAYS_OUT = (_DETACHED | subprocess.CREATE_BREAKAWAY_FROM_JOB, _DETACHED)
    """Out of a job that ends its processes with us, where that job lets them go."""
else:
    _WAYS_OUT = (0,)

COMMAND_PROGRAM, WINDOW_PROGRAM = "saijian", "SaiJianApp"


def end_at_once(code: int) -> None:
    """End this process without Python's farewell.

    A driver may still hold a thread of ours in its own code. Python would end that thread there,
    which C++ answers by aborting the process: a recording that is sealed would look like a crash.
    """
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
    os._exit(code)


_ARENA_MAX = -8
"""M_ARENA_MAX of mallopt(3)."""


def keep_one_heap() -> None:
    """Let all threads of this process share one heap (glibc's way is one a thread, up to 16).

    Call it before any thread begins. With many heaps, pictures that one thread takes and another
    frees leave holes: a recorder began 13 MB larger and grew by 40 MB in 30 starts (measured).
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).mallopt(_ARENA_MAX, 1)


def give_memory_back() -> None:
    """Return freed memory to the system (glibc alone keeps it); takes some milliseconds.

    Threads that take and free pictures leave holes in its heaps, 0.4 MB a minute of recording.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)


def own_command(*arguments: str) -> list[str]:
    """Return the command line that runs this program with `arguments`.

    The shipped program is two: one with a console for the verbs, one without for the window.
    """
    if getattr(sys, "frozen", False):
        ours = Path(sys.executable)
        name = WINDOW_PROGRAM if arguments[:1] == ("window",) else COMMAND_PROGRAM
        return [str(ours.with_name(name + ours.suffix)), *arguments]
    return [sys.executable, "-m", "client", *arguments]


def spawn_detached(
    arguments: Sequence[str], log: Path, environment: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """Start this program so that it outlives us; what it prints is appended to `log`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        for flags in _WAYS_OUT:
            try:
                return subprocess.Popen(
                    own_command(*arguments),
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    env=None if environment is None else {**os.environ, **environment},
                    close_fds=True,
                    start_new_session=sys.platform != "win32",
                    creationflags=flags,
                )
            except PermissionError:
                if flags == _WAYS_OUT[-1]:
                    raise
    raise AssertionError("unreachable: the last way returns or raises")
