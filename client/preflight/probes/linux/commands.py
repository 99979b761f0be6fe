"""Asking another program for one line, without waiting for it for long."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys

WAIT_S = 2.5
_MOST = 4000


def said_by(*command: str) -> str:
    """Return what `command` prints; empty when it is not there, fails or takes too long.

    Then all that it started is ended with it: a wrapper's child would hold its output open.
    """
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        return ""
    with process:
        try:
            said, _ = process.communicate(timeout=WAIT_S)
        except subprocess.TimeoutExpired:
            _end_all(process)
            return ""
    return said[:_MOST].decode("utf-8", "replace").strip() if process.returncode == 0 else ""


def _end_all(process: subprocess.Popen[bytes]) -> None:
    if sys.platform != "win32":
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
