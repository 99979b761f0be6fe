"""Finds earlier reports of a computer: in the shared folder, and in the copies kept here.

A restore card wipes the copies each night; the share remembers.
"""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from client.base.errors import BadInputError
from client.base.text import Text
from client.preflight.reports.make import Place
from client.preflight.reports.model import (
    MAX_REPORT_BYTES,
    BrokenReportError,
    SeatReport,
    read_report,
)

MOST_FILES = 50
"""So many of the newest reports of a computer are looked at."""
PATIENCE_S = 10.0


class _Dated(NamedTuple):
    """A report, and when its file was written: two may be of the same second."""

    report: SeatReport
    mtime_ns: int


def read_some(path: Path) -> bytes:
    """Return the file's bytes, and no more than one too many of a report."""
    with path.open("rb") as file:
        return file.read(MAX_REPORT_BYTES + 1)


def load_report(path: Path) -> SeatReport:
    """Return the report that a person named; BadInputError where it is none."""
    try:
        return read_report(read_some(path))
    except BrokenReportError as error:
        raise BadInputError(
            Text(
                f"{path.name} 不是检查报告：{error.why.zh}。",
                f"{path.name} is no report: {error.why.en}.",
            ),
            Text("请选 --out 文件夹里的报告文件。", "Choose a file of the --out folder."),
        ) from error


def earlier(place: Place, *folders: Path, patience_s: float = PATIENCE_S) -> tuple[SeatReport, ...]:
    """Return this computer's reports, newest first; a folder that hangs or is gone has none."""
    found: list[_Dated] = []
    for folder in folders:
        answers: queue.SimpleQueue[list[_Dated]] = queue.SimpleQueue()

        def work(folder: Path = folder, answers: queue.SimpleQueue[list[_Dated]] = answers) -> None:
            answers.put(_reports(place, folder))

        threading.Thread(target=work, name="history", daemon=True).start()
        with contextlib.suppress(queue.Empty):
            found += answers.get(timeout=patience_s)
    found.sort(key=lambda dated: (dated.report.when, dated.mtime_ns), reverse=True)
    return tuple(dated.report for dated in found)


def last_good(reports: Iterable[SeatReport]) -> SeatReport | None:
    """Return what to compare with: the first good one of `reports`, or just the first."""
    known = list(reports)
    return next((report for report in known if report.is_good), known[0] if known else None)


def _reports(place: Place, folder: Path) -> list[_Dated]:
    with contextlib.suppress(OSError):
        begins = f"{place.seat}-{place.role}-"
        names = sorted(path.name for path in folder.iterdir() if path.name.startswith(begins))
        newest = [folder / name for name in names if name.endswith(".json")][-MOST_FILES:]
        return [dated for path in newest if (dated := _report(path, place)) is not None]
    return []


def _report(path: Path, place: Place) -> _Dated | None:
    with contextlib.suppress(OSError, BrokenReportError):
        if path.is_file():
            report = read_report(read_some(path))
            is_ours = (report.seat, report.role, report.host) == (
                place.seat,
                place.role,
                place.host,
            )
            return _Dated(report, path.stat().st_mtime_ns) if is_ours else None
    return None
