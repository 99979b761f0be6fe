"""The end of a session that goes with its starter, a rehearsal (彩排): no process of it is left.

Nothing is deleted. The recorder is asked to end and seals what it has; the uploader may be ended at
any moment by its design. A contestant's session is never left like this: it goes on by itself.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator

import psutil

from client.attempt.view import Session
from client.base.errors import SaiJianError
from client.evidence.layout import SessionFolder

SEALS_S = 20.0
"""So long a recorder that was asked to end may take until its tracks and its seal are written."""
LEAVES_S = 3.0
"""So long an uploader may still take to finish, and any process to obey."""

log = logging.getLogger(__name__)


def leave(session: Session) -> None:
    """End the session's recorder and uploader, each asked first; return once they are gone."""
    folder = session.folder
    try:
        if not folder.seal.exists():
            with contextlib.suppress(SaiJianError):
                session.end()
        session.close()
        _wait(folder, "recorder", SEALS_S)
        _wait(folder, "uploader", LEAVES_S)
    finally:
        session.close()
        end_processes(folder)


def processes_of(folder: SessionFolder, *kinds: str) -> list[psutil.Process]:
    """Return the living recorders and uploaders of a session, whoever started them."""
    return [process for process, kind in _processes(folder) if not kinds or kind in kinds]


def _processes(folder: SessionFolder) -> Iterator[tuple[psutil.Process, str]]:
    places = {str(folder.path), str(folder.path.absolute())}
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            words = process.cmdline()[-3:]
            if words[:1] and words[0] in ("recorder", "uploader") and words[-1] in places:
                yield process, words[0]


def _wait(folder: SessionFolder, kind: str, seconds: float) -> None:
    psutil.wait_procs(processes_of(folder, kind), timeout=seconds)


def end_processes(folder: SessionFolder) -> None:
    """End what still works on the session, asked or not; return once it is gone."""
    processes = processes_of(folder)
    for process in processes:
        log.warning("ended: %s", process.pid)
        with contextlib.suppress(psutil.Error):
            process.terminate()
    _, stubborn = psutil.wait_procs(processes, timeout=LEAVES_S)
    for process in stubborn:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(stubborn, timeout=LEAVES_S)
