"""Until when the sessions on this computer are kept: 15 working days after the contest, or longer.

What lies on the disk may be damaged or changed: only what is signed makes a session free, and
whatever cannot be read is held. Nothing is deleted here.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Literal

from client.base.clock import SECOND_US
from client.base.files import FileLock
from client.contest.plan import Label
from client.contest.workdays import beijing_day, last_working_day
from client.evidence.attachments import (
    refused,
    refused_us,
    require_lists,
    settled_us,
    unanswered,
)
from client.evidence.facts import DamagedError, Facts, read_facts
from client.evidence.layout import SessionFolder
from client.evidence.spare import is_of, is_there

REMOVED = ".removed"
"""Ending of a session's folder while it is being deleted (`removal.py`)."""
Kind = Literal["contest", "rehearsal", "recording", "unknown"]


class Hold(StrEnum):
    """Why a session must stay, or that it need not."""

    RUNNING = "running"
    """Its recorder or uploader is at work."""
    UNFINISHED = "unfinished"
    """Not begun, or recorded and not sealed."""
    UNSENT = "unsent"
    """Sealed, without the organizer's storage receipt."""
    KEPT = "kept"
    """Stored by the organizer, and still inside its working days."""
    DAMAGED = "damaged"
    """Something that must be there is missing, unreadable or not as signed."""
    FREE = "free"
    """May be deleted."""


@dataclass(frozen=True)
class Retention:
    """What is known of one session on this computer."""

    folder: Path
    hold: Hold
    spare: Path | None = None
    """The place on another drive where the rest of it may lie; gone only together with it."""
    kind: Kind = "unknown"
    contest: Label | None = None
    paper: Label | None = None
    day: date | None = None
    """The day of the paper, in Beijing."""
    bytes: int = 0
    """On the disk, with the private folder."""
    kept_until: date | None = None
    """The last day on which it must be kept, in Beijing; None while that is not known."""
    provisional: bool = False
    """`kept_until` counts days of a year whose holidays were not published yet."""
    refused: int = 0
    """Foreign recordings that the organizer did not take: they are nowhere but here."""
    damage: str = ""
    """The name of what is wrong with a damaged one."""

    @property
    def is_held(self) -> bool:
        """Tell whether it must stay: everything that is not certainly free must."""
        return self.hold is not Hold.FREE


def is_session(path: Path) -> bool:
    """Tell whether anything of a session lies in `path`."""
    folder = SessionFolder(path)
    if not path.is_dir() or path.suffix == folder.private.suffix:
        return False
    files = (folder.plan, folder.journal, folder.receipts, folder.seal, folder.private)
    return any(file.exists() for file in files) or bool(folder.tracks())


def sessions_below(root: Path) -> list[Path]:
    """Return the session folders in `root`, by name; none where there is no such folder."""
    if not root.is_dir():
        return []
    return sorted(path for path in root.iterdir() if path.suffix != REMOVED and is_session(path))


def retention_of(path: Path, now_us: int) -> Retention:
    """Return how the session in `path` stands at `now_us`; never raises for what lies there."""
    found = retention_at_rest(path, now_us)
    try:
        is_running = found.hold is not Hold.DAMAGED and _is_running(SessionFolder(path))
    except OSError as error:
        return _damaged(found, error)
    return replace(found, hold=Hold.RUNNING) if is_running else found


def retention_at_rest(path: Path, now_us: int) -> Retention:
    """Return the same for whoever has shut recorder and uploader out."""
    folder = SessionFolder(path)
    found = Retention(path, Hold.DAMAGED, spare=_other_place(folder))
    try:
        found = replace(found, bytes=_size(folder))
        facts = read_facts(folder)
        if not _is_own(found.spare, facts):
            found = replace(found, spare=None)
        return _judged(found, facts, now_us)
    except DamagedError as error:
        return replace(found, damage=str(error))
    except OSError as error:
        return _damaged(found, error)


def _is_own(spare: Path | None, facts: Facts) -> bool:
    return spare is None or (facts.opening is not None and is_of(spare, facts.opening.session))


def _damaged(found: Retention, error: OSError) -> Retention:
    name = Path(error.filename or found.folder).name
    return replace(found, hold=Hold.DAMAGED, damage=name)


def _judged(found: Retention, facts: Facts, now_us: int) -> Retention:
    """Apply the rule. Nobody asked for a rehearsal or a plain recording: these are free."""
    if facts.plan is None:
        return replace(found, kind="recording", hold=Hold.FREE)
    found = replace(found, contest=facts.plan.name)
    if facts.paper is not None:
        begins_us = round(facts.paper.starts_at.timestamp() * SECOND_US)
        found = replace(found, paper=facts.paper.name, day=beijing_day(begins_us))
    if facts.plan.rehearsal:
        return replace(found, kind="rehearsal", hold=Hold.FREE)
    found = replace(found, kind="contest")
    closed_us, keys = facts.closed_us, facts.plan.organizer.keys
    folder = SessionFolder(found.folder)
    require_lists(folder)
    if facts.opening is None:  # nothing but foreign recordings
        begins = (paper.starts_at.timestamp() for paper in facts.plan.papers())
        closed_us = settled_us(folder, keys, round(max(begins) * SECOND_US))
    found = replace(found, refused=len(refused(folder, keys)))
    is_waiting = bool(unanswered(folder, keys))
    if closed_us is None or is_waiting:
        is_done = facts.is_sealed or (facts.opening is None and is_waiting)
        return replace(found, hold=Hold.UNSENT if is_done else Hold.UNFINISHED)
    settled = max(closed_us, refused_us(folder, keys))
    last = last_working_day(settled, facts.plan.retention_working_days)
    return replace(
        found,
        hold=Hold.KEPT if beijing_day(now_us) <= last.day else Hold.FREE,
        kept_until=last.day,
        provisional=last.provisional,
    )


def _is_running(folder: SessionFolder) -> bool:
    locks = (folder.recorder_lock, folder.uploader_lock)
    return any(FileLock(lock).is_held() for lock in locks)


def _other_place(folder: SessionFolder) -> Path | None:
    """Return where the rest lies or, on a drive that is not connected, may lie."""
    spare = folder.spare
    if spare is None or is_there(spare):
        return spare
    return None if is_there(spare.parent) else spare


def _size(folder: SessionFolder) -> int:
    """Return the bytes of all files of the session, without those that go away meanwhile."""
    spare = [folder.spare] if folder.spare and folder.has_spare_now else []
    places = [path for path in (folder.path, folder.private, *spare) if path.is_dir()]
    total = 0
    for file in (file for place in places for file in place.rglob("*")):
        with contextlib.suppress(FileNotFoundError):
            total += file.stat().st_size if file.is_file() else 0
    return total
