"""Deleting a session that need not be kept any more. Nothing else deletes one but `trials.py`."""

from __future__ import annotations

import shutil
from pathlib import Path

from client.base.errors import StateError
from client.base.files import FileLock
from client.base.text import Text
from client.evidence.facts import DamagedError, read_opening
from client.evidence.layout import SessionFolder
from client.evidence.retention import REMOVED, Hold, Retention, retention_at_rest, retention_of
from client.evidence.spare import is_of, require_connected


def delete_session(path: Path, now_us: int) -> None:
    """Delete the session in `path`, evidence and private folder.

    What stands in the way is asked again here, with recorder and uploader shut out: StateError
    where it must be kept, or lies in part on a drive that is not connected. A deletion that was
    interrupted is completed by the next one.
    """
    folder = SessionFolder(path)
    _require_free(retention_of(path, now_us))
    require_connected(_own_spare(folder, folder))
    locks = [FileLock(lock) for lock in (folder.recorder_lock, folder.uploader_lock)]
    if folder.private.is_dir() and not all(lock.acquire() for lock in locks):
        for lock in locks:
            lock.release()
        raise _held(Hold.RUNNING)
    try:
        _require_free(retention_at_rest(path, now_us))
        gone = path.rename(path.with_name(path.name + REMOVED))
    finally:
        for lock in locks:
            lock.release()
    for left in {gone, *path.parent.glob(f"*{REMOVED}")}:
        _finish(left)


def _finish(gone: Path) -> None:
    """Delete what belongs to a removed session; `gone` last, since it tells that there is more."""
    folder = SessionFolder(gone.with_name(gone.name.removesuffix(REMOVED)))
    spare = _own_spare(folder, SessionFolder(gone))
    if spare is not None:
        shutil.rmtree(spare, ignore_errors=True)
    shutil.rmtree(folder.private, ignore_errors=True)
    shutil.rmtree(gone, ignore_errors=True)


def _own_spare(folder: SessionFolder, evidence: SessionFolder) -> Path | None:
    """Return the place on another drive that the pointer names, if it is of this very session.

    Which session it is, the signed opening in `evidence` says; without one nothing is its own.
    """
    spare = folder.spare
    try:
        opening = read_opening(evidence) if spare is not None else None
    except (DamagedError, OSError):
        return None
    is_own = spare is not None and opening is not None and is_of(spare, opening.session)
    return spare if is_own else None


def _require_free(found: Retention) -> None:
    if found.is_held:
        raise _held(found.hold)


def _held(hold: Hold) -> StateError:
    return StateError(
        Text("这一场现在还不能删除。", "This session must not be deleted now."),
        Text(
            f"它必须保留（{hold.value}）。到期后再来删除。",
            f"It has to be kept ({hold.value}). Delete it once its time is over.",
        ),
    )
