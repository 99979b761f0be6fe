"""The app's side of the uploader: one background process a session, started again when it dies."""

from __future__ import annotations

import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path

from client.base.clock import SECOND_US, monotonic_us
from client.base.files import FileLock
from client.base.process import spawn_detached
from client.evidence.attachments import owed
from client.evidence.layout import SessionFolder
from client.upload.progress import load_progress

PAUSE_US = 2 * SECOND_US
"""Not started more often than this, however quickly it dies."""


@dataclass
class _Started:
    process: subprocess.Popen[bytes]
    at_us: int


_started: dict[Path, _Started] = {}
_guard = threading.Lock()


def ensure_running(folder: SessionFolder, *, afresh: bool = False) -> None:
    """Start the session's uploader if none runs; call it every second or so, from any thread.

    The process outlives this one. One that said for good that it is done, or refused, is not
    started again by this app unless there is something new for it (`afresh`); the next start of
    the app, or `saijian upload`, tries once more.
    """
    key = folder.path.absolute()
    with _guard:
        if afresh:
            _started.pop(key, None)
        known = _started.get(key)
        if known is not None and _has_settled(known, folder):
            return
        if FileLock(folder.uploader_lock).is_held():
            return
        log = folder.log("uploader").with_suffix(".out")
        process = spawn_detached(["uploader", "--session", str(key)], log)
        _started[key] = _Started(process, monotonic_us())


def _has_settled(started: _Started, folder: SessionFolder) -> bool:
    """Tell whether the process that we started still runs, ended for good, or died just now.

    Exit codes alone do not tell: a killed process has 1 on Windows, and so has one that crashed.
    """
    code = started.process.poll()
    if code is None:
        return True
    progress = load_progress(folder)
    is_owing = progress.attached_problem is None and bool(owed(folder, None))
    if progress.state == "refused" or (code == 0 and not is_owing):
        return True
    return monotonic_us() - started.at_us < PAUSE_US
