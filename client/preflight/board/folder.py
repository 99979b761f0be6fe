"""The reports folder, read again and again: only files that are new or changed are opened."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from client.base.text import Text
from client.preflight.board.exceptions import EXCEPTIONS_FILE
from client.preflight.reports.history import read_some
from client.preflight.reports.model import (
    BrokenReportError,
    SeatReport,
    printable,
    read_report,
    require_size,
)
from client.preflight.reports.plain import PLAIN_KIND, read_plain

MOST_FILES = 20_000
_OUR_TIME = range(1_577_836_800, 4_102_444_800)
"""Seconds since 1970 from 2020 to 2100."""


@dataclass(frozen=True)
class Filed:
    """One file of the folder: a report, or why it is none."""

    name: str
    size: int
    mtime_ns: int
    report: SeatReport | None
    why: Text | None = None

    @property
    def written(self) -> datetime:
        """Return the file's own time; the beginning of 2020 where that is none of our time."""
        seconds = self.mtime_ns // 10**9
        return datetime.fromtimestamp(seconds if seconds in _OUR_TIME else _OUR_TIME[0], UTC)


class ReportFolder:
    """Keeps what it read; one user at a time."""

    def __init__(self, path: Path) -> None:
        """Name the folder; nothing is read yet."""
        self.path = path
        self._known: dict[str, Filed] = {}
        self.is_cut = False
        """More files lie there than are looked at."""

    def look(self) -> tuple[Filed, ...]:
        """Return all files that are there now; OSError where the folder cannot be listed."""
        with os.scandir(self.path) as entries:
            names = [entry for entry in entries if _is_meant(entry)]
        self.is_cut = len(names) > MOST_FILES
        found = {}
        for entry in names[:MOST_FILES]:
            try:
                filed = self._filed(entry)
            except FileNotFoundError:
                continue
            found[entry.name] = filed
        self._known = found
        return tuple(found.values())

    def _filed(self, entry: os.DirEntry[str]) -> Filed:
        stat = entry.stat(follow_symlinks=False)
        known = self._known.get(entry.name)
        if known is not None and (known.size, known.mtime_ns) == (stat.st_size, stat.st_mtime_ns):
            return known
        return read_filed(Path(entry.path), stat.st_size, stat.st_mtime_ns)


def read_filed(path: Path, size: int, mtime_ns: int) -> Filed:
    """Read one file; whatever is in it, the answer is a `Filed`. FileNotFoundError when it is gone.

    A file that could not be read is looked at again next time.
    """
    name = printable(path.name, 255)
    blank = Filed(name, size, mtime_ns, None)
    try:
        require_size(size)
        data = read_some(path)
        if PLAIN_KIND in data[:200]:
            report = read_plain(data, path.name, blank.written)
        else:
            report = read_report(data)
    except BrokenReportError as error:
        return Filed(name, size, mtime_ns, None, error.why)
    except FileNotFoundError:
        raise
    except OSError as error:
        said = printable(error.strerror or type(error).__name__, 100)
        return Filed(name, size, -1, None, Text(f"读不出（{said}）", f"unreadable ({said})"))
    return Filed(name, size, mtime_ns, report)


def _is_meant(entry: os.DirEntry[str]) -> bool:
    name = entry.name
    if name.startswith(".") or not name.lower().endswith(".json") or name == EXCEPTIONS_FILE:
        return False
    try:
        return entry.is_file(follow_symlinks=False)
    except OSError:
        return False
