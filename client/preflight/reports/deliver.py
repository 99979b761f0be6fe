"""Puts a report into the shared folder: whole or not at all, and never without a copy here."""

from __future__ import annotations

import contextlib
import os
import queue
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from client.base.files import private_folder, remove_file, replace_file
from client.base.text import Text
from client.preflight.reports.model import SeatReport

PATIENCE_S = 20.0
"""So long a share may take; a vanished one keeps Windows waiting for a minute."""
Put = Callable[[Path, bytes], None]


@dataclass(frozen=True)
class Delivery:
    """Where a report lies now; `trouble` says why it is not where it was to be."""

    file: Path | None
    copy: Path | None
    trouble: Text | None = None


def report_name(report: SeatReport) -> str:
    """Return a file name of `report` that no other report has: `A12-primary-20241101T013000Z-…`."""
    stamp = report.when.strftime("%Y%m%dT%H%M%SZ")
    return f"{report.seat}-{report.role}-{stamp}-{secrets.token_hex(6)}.json"


def put(path: Path, data: bytes) -> None:
    """Write a new file, whole or not at all, with no more than what any share can do."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            with contextlib.suppress(OSError):  # some shares cannot
                os.fsync(file.fileno())
        replace_file(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            remove_file(temporary)
        raise


def deliver(
    name: str,
    data: bytes,
    share: Path | None,
    copies: Path,
    *,
    put: Put = put,
    patience_s: float = PATIENCE_S,
) -> Delivery:
    """Keep `data` in `copies`, then put it into `share`, if one is named, within `patience_s`.

    `share` must be there: one that is made anew may be the empty place of a share that is gone.
    Neither raises: a computer with a full disk still reports, and one without its share keeps the
    copy. A share that hangs is left behind in a daemon thread.
    """
    copy = copies / name
    lost: OSError | None = None
    try:
        private_folder(copies)
        put(copy, data)
    except OSError as error:
        lost = error
    kept = None if lost else copy
    if share is None:
        return Delivery(None, kept)
    place = share / name
    answers: queue.SimpleQueue[OSError | None] = queue.SimpleQueue()

    def work() -> None:
        try:
            put(place, data)
        except OSError as error:
            answers.put(error)
        else:
            answers.put(None)

    threading.Thread(target=work, name="deliver", daemon=True).start()
    try:
        refused = answers.get(timeout=patience_s)
    except queue.Empty:
        slow = Text(f"{patience_s:g} 秒内没有写完", f"not written within {patience_s:g} s")
        return Delivery(None, kept, slow)
    if refused is not None:
        return Delivery(None, kept, _why(refused))
    return Delivery(place, kept)


def _why(error: OSError) -> Text:
    if isinstance(error, FileNotFoundError):
        return Text("没有这个文件夹", "there is no such folder")
    said = error.strerror or type(error).__name__
    return Text(f"写不进去（{said}）", f"it cannot be written ({said})")
