"""Reading what others may have written, never more of it than there can honestly be.

Nothing is changed in a file that is too large; whoever reads it says so.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

from client.base.files import open_file

MAX_LINE_BYTES = 1 << 20
"""Far more than an opening or a signed document takes."""
MAX_LIST_BYTES = 64 << 20
"""Of a whole list of lines: twelve hours of receipts, one a second, are half of it."""
OVERLONG = b""
"""Stands for a line that is longer; each other one has at least its end."""


class TooLargeError(OSError):
    """A file holds more bytes than any of its kind can."""

    def __init__(self, path: Path, most: int) -> None:
        """Say which, and how many bytes would have been read."""
        super().__init__(errno.EFBIG, f"more than {most} bytes", str(path))


def read_start(path: Path, most: int) -> bytes:
    """Return the first `most` bytes and one more, by which the reader knows of a larger file."""
    with open_file(path) as file:
        return file.read(most + 1)


def read_whole(path: Path, most: int) -> bytes:
    """Return all of a file of at most `most` bytes; TooLargeError for a larger one."""
    data = read_start(path, most)
    if len(data) > most:
        raise TooLargeError(path, most)
    return data


def lines_of(path: Path) -> Iterator[bytes]:
    """Yield each line with its end, the last one perhaps without; OVERLONG in place of a longer.

    TooLargeError behind MAX_LIST_BYTES: what came before it was yielded.
    """
    total = 0
    with open_file(path) as file:
        while line := file.readline(MAX_LINE_BYTES):
            total += len(line)
            is_long = len(line) == MAX_LINE_BYTES and not line.endswith(b"\n")
            while is_long and total <= MAX_LIST_BYTES and not line.endswith(b"\n"):
                line = file.readline(MAX_LINE_BYTES)
                total += len(line)
                if not line:
                    break
            if total > MAX_LIST_BYTES:
                raise TooLargeError(path, MAX_LIST_BYTES)
            yield OVERLONG if is_long else line


def whole_lines(path: Path) -> list[bytes]:
    """Return the lines that are ended, without their ends, as far as MAX_LIST_BYTES; OSError.

    A longer one is passed over, as one that is torn.
    """
    found: list[bytes] = []
    with contextlib.suppress(TooLargeError):
        found.extend(line[:-1] for line in lines_of(path) if line.endswith(b"\n"))
    return found


def is_torn(path: Path) -> bool:
    """Tell whether the file ends in the middle of a line."""
    with open_file(path) as file:
        if file.seek(0, os.SEEK_END) == 0:
            return False
        file.seek(-1, os.SEEK_END)
        return file.read(1) != b"\n"


def require_bounded(path: Path) -> None:
    """Raise TooLargeError where the list in `path` is longer than it is ever read."""
    if path.exists() and path.stat().st_size > MAX_LIST_BYTES:
        raise TooLargeError(path, MAX_LIST_BYTES)
