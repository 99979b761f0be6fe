"""Copying large files: hashed as they pass, told how far, stopped on request."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from client.base.errors import SaiJianError
from client.base.files import open_file, remove_file, sync_data
from client.base.text import Text
from client.contest.signed import Sha256

BLOCK = 1 << 20
SYNC_EVERY = 16 * BLOCK
"""Bytes between syncs: gigabytes that reach the disk at once would hold up a recorder's own."""
_O_BINARY = getattr(os, "O_BINARY", 0)


class StoppedError(SaiJianError):
    """Somebody cancelled; what had been made so far is gone again."""

    code = "E610"

    def __init__(self) -> None:
        super().__init__(
            Text("已取消。", "Cancelled."),
            Text("原来的文件没有动过，可以再来一次。", "Nothing was changed; you may do it again."),
        )


class Tally:
    """How far a piece of work has come, in bytes. One thread works, others look and may stop it."""

    def __init__(self, show: Callable[[int], None] | None = None) -> None:
        """Begin at nothing; the working thread tells `show` the bytes of each block."""
        self.done = 0
        self.total = 0
        self._show = show
        self._stopped = threading.Event()

    @property
    def percent(self) -> int:
        """Return 0 to 100; 0 while nobody knows how much there is."""
        return min(100, 100 * self.done // self.total) if self.total else 0

    def expect(self, total: int) -> None:
        """Say how many bytes there are altogether."""
        self.total = total

    def add(self, count: int) -> None:
        """Note that `count` more bytes are done; StoppedError where somebody has had enough."""
        self.done += count
        self.look()
        if self._show is not None:
            self._show(count)

    def at(self, done: int, total: int) -> None:
        """Take over how far somebody else counts."""
        self.total = total
        self.add(done - self.done)

    def look(self) -> None:
        """Raise StoppedError where somebody has had enough."""
        if self._stopped.is_set():
            raise StoppedError

    def stop(self) -> None:
        """Ask the work to end; from any thread."""
        self._stopped.set()


def hash_file(path: Path, tally: Tally) -> tuple[int, Sha256]:
    """Return bytes and SHA-256 of a file, read once."""
    digest, size = hashlib.sha256(), 0
    for block in _blocks(path, path.stat().st_size):
        digest.update(block)
        size += len(block)
        tally.add(len(block))
    return size, Sha256(digest.hexdigest())


def copy_file(source: Path, most: int, target: Path, tally: Tally) -> tuple[int, Sha256]:
    """Write the first `most` bytes of `source` to a new `target`; return their number and SHA-256.

    So one that somebody keeps writing comes to an end.

    They are on the disk when this returns. What had that name loses the name and no byte: it may
    be a second name of somebody's file. `target` may be left incomplete by an error.
    """
    digest, size = hashlib.sha256(), 0
    remove_file(target)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _O_BINARY
    with os.fdopen(os.open(target, flags, 0o600), "wb", buffering=0) as file:
        for block in _blocks(source, most):
            view = memoryview(block)
            while view:
                view = view[file.write(view) :]
            digest.update(block)
            size += len(block)
            if size % SYNC_EVERY == 0:
                sync_data(file.fileno())
            tally.add(len(block))
        os.fsync(file.fileno())
    return size, Sha256(digest.hexdigest())


def _blocks(path: Path, left: int) -> Iterator[bytes]:
    with open_file(path) as file:
        while block := file.read(min(BLOCK, left)):
            left -= len(block)
            yield block
