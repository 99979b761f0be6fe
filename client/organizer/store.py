"""The bytes of a session: every bundle is written at its final place in its file."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from client.base.files import private_folder, sync_data, sync_folder
from client.contest.signed import Sha256

_BLOCK = 1 << 20


def write_at(path: Path, offset: int, data: bytes) -> None:
    """Write `data` at `offset` of `path`; it is on the disk when this returns.

    Each call has a file handle of its own, so bundles of one file may arrive side by side.
    """
    private_folder(path.parent)
    fresh = not path.exists()
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags, 0o600), "r+b") as file:
        file.seek(offset)
        file.write(data)
        file.flush()
        sync_data(file.fileno())
    if fresh:
        sync_folder(path.parent)


def digest_of(path: Path, offset: int, length: int) -> Sha256 | None:
    """Return the SHA-256 of a range of a file, or None where the file ends before it."""
    digest = hashlib.sha256()
    try:
        for block in _blocks(path, offset, length):
            digest.update(block)
    except (EOFError, FileNotFoundError):
        return None
    return Sha256(digest.hexdigest())


def _blocks(path: Path, offset: int, length: int) -> Iterator[bytes]:
    """Yield a range of a file in blocks; EOFError where the file ends before it."""
    with path.open("rb") as file:
        file.seek(offset)
        left = length
        while left:
            block = file.read(min(_BLOCK, left))
            if not block:
                raise EOFError(path.name)
            left -= len(block)
            yield block
