"""What is tried when the disk refuses a write or a sync."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

from client.base.text import Text
from client.base.trouble import is_full
from client.evidence.entries import Entry, Note

PAUSE_S = 0.25
TRIES, WITHIN_S = 4, 10.0
"""A file is tried so often within so long; then it is given up, and its track begins another."""

REFUSED = Text(
    "磁盘报告了一次写入错误（{name}：{reason}），已重新写入",
    "the disk reported a write error ({name}: {reason}); it is written again",
)

log = logging.getLogger(__name__)


class Mender:
    """Room on a full disk, another try after an error. Safe from any thread.

    After a failed sync the system may have dropped what it could not write (fsync(2), EIO): the
    line that names the error says when, and the hashes of the journal say whether.
    """

    def __init__(self, make_room: Callable[[Path], bool], post: Callable[[Entry], None]) -> None:
        """Begin with no errors; `make_room` is told whose disk is full. `post` must not wait."""
        self._make_room = make_room
        self._post = post
        self._lock = threading.Lock()
        self._tried: dict[str, list[float]] = {}

    def __call__(self, error: OSError) -> bool:
        """Tell whether to try again; see `AppendFile`."""
        if is_full(error):
            return self._make_room(Path(error.filename))
        tries = self._tries_of(str(error.filename))
        if tries == 1:
            log.warning("the disk refused", exc_info=error)
            name = Path(error.filename).name
            self._post(Note.of(REFUSED.format(name=name, reason=error.strerror), "warning"))
        if tries > TRIES:
            return False
        time.sleep(PAUSE_S)
        return True

    def _tries_of(self, path: str) -> int:
        """Count this one and those of late."""
        now = time.monotonic()
        with self._lock:
            recent = [at for at in self._tried.get(path, []) if now - at < WITHIN_S]
            self._tried[path] = [*recent, now]
        return len(recent) + 1
