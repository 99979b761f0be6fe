"""Hands reports to the organizer. One that it does not have yet stays here for the next run."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from client.base.errors import OrganizerError, SaiJianError
from client.base.files import private_folder, remove_file
from client.base.text import Text
from client.preflight.reports.deliver import put
from client.preflight.reports.history import read_some
from client.preflight.reports.model import BrokenReportError, read_report

UNSENT = "unsent"
"""Folder, beside the copies, of what the organizer does not have yet."""
MOST_UNSENT = 20
Post = Callable[[bytes], None]
"""Raises OrganizerError where another time may do, RequestRefusedError where none will."""


@dataclass(frozen=True)
class Sending:
    """What came of it."""

    is_sent: bool
    """The organizer has the report of this run."""
    earlier: int = 0
    """So many of before went along."""
    why: Text | None = None
    """Why it has not."""
    is_kept: bool = False
    """It is sent with the next run."""


@dataclass(frozen=True)
class _Waiting:
    path: Path
    data: bytes


def send(name: str, data: bytes, plan_id: str, unsent: Path, post: Post) -> Sending:
    """Send the report `data`, then those of the same contest that still wait in `unsent`.

    Nothing is raised: a computer without a network or with a full disk still reports. What the
    organizer refuses does not wait any longer; the copy of it stays where copies are.
    """
    mine = unsent / name
    with contextlib.suppress(OSError):
        put(private_folder(unsent) / name, data)
    why = _sent(_Waiting(mine, data), post)
    if why is not None:
        return Sending(is_sent=False, why=why, is_kept=mine.exists())
    earlier = 0
    for waiting in _waiting(unsent, plan_id):
        if _sent(waiting, post) is not None:
            break
        earlier += 1
    return Sending(is_sent=True, earlier=earlier)


def _sent(waiting: _Waiting, post: Post) -> Text | None:
    """Return why the organizer does not have it; it waits on only where that may change."""
    why = None
    try:
        post(waiting.data)
    except OrganizerError as error:
        return error.title
    except SaiJianError as error:
        why = error.title
    with contextlib.suppress(OSError):
        remove_file(waiting.path)
    return why


def _waiting(unsent: Path, plan_id: str) -> list[_Waiting]:
    """Return what waits for this contest, newest first; the oldest beyond 20 are let go."""
    found = []
    with contextlib.suppress(OSError):
        paths = sorted(unsent.glob("*.json"), key=lambda path: path.stat().st_mtime_ns)
        for path in paths[:-MOST_UNSENT]:
            remove_file(path)
        for path in reversed(paths[-MOST_UNSENT:]):
            with contextlib.suppress(BrokenReportError):
                report = read_report(data := read_some(path))
                if report.plan is not None and report.plan.id == plan_id:
                    found.append(_Waiting(path, data))
    return found
