"""Room that is kept back on a disk, so that a full one can still be closed in order."""

from __future__ import annotations

import contextlib
import logging
import os
import threading
from pathlib import Path

RESERVE_BYTES = 8 << 20
"""The last fragments of all tracks, the lines that cover them, close and seal take less."""
JOURNAL_BYTES = 12 << 20
"""More than the lines of 2.5 h take: 0.7 kB a second with three files, 1 kB a receipt."""
_PORTION = 64 << 10
"""So much is given back at a time: whatever else fills the disk takes its share of it."""

log = logging.getLogger(__name__)


class Reserve:
    """A file that is no evidence and takes up room. Its methods are safe from any thread."""

    def __init__(self, path: Path, portions: int = 0) -> None:
        """Name the file; nothing is taken yet. `portions`: bytes to be given back bit by bit."""
        self._path = path
        self._size = RESERVE_BYTES + portions
        self._lock = threading.Lock()

    def hold(self) -> None:
        """Take the room, or what is missing of it after a restart.

        A disk without it is said in the log, and recorded on all the same.
        """
        try:
            with self._path.open("ab") as file:
                missing = self._size - file.tell()
                if hasattr(os, "posix_fallocate"):
                    os.posix_fallocate(file.fileno(), 0, self._size)
                elif missing > 0:
                    file.write(bytes(missing))
        except OSError as error:
            log.warning("no room can be kept back: %s", error)

    def give(self) -> bool:
        """Give a portion back; False where no more is left than the end needs."""
        with self._lock, contextlib.suppress(OSError):
            left = self._path.stat().st_size - _PORTION
            if left >= RESERVE_BYTES:
                os.truncate(self._path, left)
                return True
        return False

    def let_go(self) -> bool:
        """Give all of it back; tell whether there was any."""
        with self._lock, contextlib.suppress(OSError):
            self._path.unlink()
            return True
        return False
