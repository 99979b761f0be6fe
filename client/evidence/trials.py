"""Deleting a trial, 试一遍, whole: the one recording that nobody may keep.

A contest's recording can never go this way: everything in the folder must be a rehearsal's by the
plan that was signed for it, and the folder must lie in the place of trials itself, linked nowhere.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from client.base.errors import PlanError, StateError, StorageError
from client.base.files import FileLock, private_folder
from client.base.text import Text
from client.contest.plan import read_plan
from client.contest.signed import Sha256
from client.evidence.entries import Opening
from client.evidence.facts import DamagedError
from client.evidence.journal import Line, read_journal
from client.evidence.layout import JOURNAL, is_track_file
from client.evidence.retention import REMOVED

OWNER = "owner.lock"
"""Held by the process whose trial it is."""


@contextlib.contextmanager
def trial_folder(root: Path) -> Iterator[Path]:
    """Give a new folder in `root` that is gone with all in it at the end; StorageError if not."""
    name = f"{datetime.now().astimezone():%Y%m%d-%H%M%S}-{os.getpid()}"
    path = private_folder(private_folder(root) / name)
    owner = FileLock(path / OWNER)
    owner.acquire()
    try:
        yield path
    finally:
        owner.release()
        delete_trial(path, root)


def abandoned_trials(root: Path) -> list[Path]:
    """Return the trials in `root` whose owner is gone; also those that are half deleted."""
    if not root.is_dir():
        return []
    return [path for path in sorted(root.iterdir()) if not FileLock(path / OWNER).is_held()]


def delete_trial(path: Path, root: Path) -> None:
    """Delete the trial at `path`, which lies in `root`, and `root` too with the last one.

    StateError where it is none, or where something still works on it; StorageError where not all of
    it could be deleted: the next time goes on with it.
    """
    require_trial(path, root)
    _require_still(path)
    if path.suffix != REMOVED:
        path = path.rename(path.with_name(path.name + REMOVED))
    shutil.rmtree(path, ignore_errors=True)
    if path.exists():
        raise StorageError(
            Text("试录的内容没有全部删除。", "Not all of the trial could be deleted."),
            Text(
                f"下次打开赛鉴会继续删除。它在 {path}。",
                f"SaiJian goes on with it when it is opened next. It is in {path}.",
            ),
        )
    with contextlib.suppress(OSError):  # others are left
        root.rmdir()


def require_trial(path: Path, root: Path) -> None:
    """Raise StateError unless all that lies in `path` belongs to a trial in `root`.

    What bears the name of something half deleted was looked through before it got that name.
    """
    if not _lies_in(path, root):
        raise _is_none(path)
    if path.suffix == REMOVED:
        return
    files = list(_files(path))
    try:
        plans = {_rehearsal(file) for file in files if _is_plan(file)}
        openings = [_opening(file) for file in files if file.name == JOURNAL]
    except (PlanError, DamagedError) as error:
        raise _is_none(path) from error
    is_recorded = any(file.name == JOURNAL or is_track_file(file.name) for file in files)
    are_rehearsals = all(
        opening is None or (opening.purpose == "rehearsal" and opening.plan_sha256 in plans)
        for opening in openings
    )
    if not are_rehearsals or None in plans or (is_recorded and not plans):
        raise _is_none(path)


def _lies_in(path: Path, root: Path) -> bool:
    """Tell whether `path` is a folder of its own right in `root`: no link, on no way."""
    real = os.path.realpath(path)
    return path.is_dir() and real == os.path.join(os.path.realpath(root), path.name)  # noqa: PTH118 - compared as text


def _files(path: Path) -> Iterator[Path]:
    for folder, _, names in os.walk(path):  # follows no link
        yield from (Path(folder, name) for name in names)


def _is_plan(file: Path) -> bool:
    return file.name == "plan.json" or (file.parent.name == "plans" and file.suffix == ".json")


def _rehearsal(file: Path) -> Sha256 | None:
    """Return the digest of the plan in `file`, None where it is not a rehearsal's; PlanError."""
    published = read_plan(file)
    return published.sha256 if published.plan.rehearsal else None


def _opening(journal: Path) -> Opening | None:
    """Return the first line, None before there is a whole one; DamagedError for any other."""
    first = next(read_journal(journal), None)
    if first is None:
        return None
    if isinstance(first, Line) and isinstance(first.entry, Opening):
        return first.entry
    raise DamagedError(journal.name)


def _require_still(path: Path) -> None:
    """Raise StateError where a process holds a lock in `path`."""
    for lock in (FileLock(file) for file in _files(path) if file.suffix == ".lock"):
        if lock.is_held():
            raise StateError(
                Text("这次试录还在进行。", "This trial is still going on."),
                Text("请先在窗口里结束它。", "End it in the window first."),
            )


def _is_none(path: Path) -> StateError:
    return StateError(
        Text(f"{path} 不是一次试录，没有删除。", f"{path} is no trial; nothing was deleted."),
        Text("请不要把其他文件放进那里。", "Do not put other files there."),
    )
