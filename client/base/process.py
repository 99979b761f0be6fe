"""Starting another process of this program: from the sources or from the shipped bundle."""

from __future__ import annotations

import contextlib
import logging
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

if sys.platform == "win32":
    import ctypes

    _DETACHED = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
    _WAYS_OUT = (_DETACHED | subprocess.CREATE_BREAKAWAY_FROM_JOB, _DETACHED)
    """Out of a job that ends its processes with us, where that job lets them go."""
    _CONTINUOUS, _SYSTEM, _DISPLAY = 0x8000_0000, 0x1, 0x2
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


def stay_awake() -> None:
    """Keep the computer and its screen from sleeping for as long as the calling thread lives."""
    if sys.platform == "win32":
        ctypes.windll.kernel32.SetThreadExecutionState(_CONTINUOUS | _SYSTEM | _DISPLAY)
