"""Room for what arrives: on the organizer's disk, and of one session by its plan."""

from __future__ import annotations

import errno
import logging
import sqlite3
from collections.abc import Callable
from pathlib import Path
from threading import Lock

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from client.base.errors import SaiJianError
from client.base.files import free_bytes
from client.base.text import Text
from client.contest.attachment import is_foreign
from client.contest.sizes import Most, most_of
from client.evidence.layout import JOURNAL
from client.organizer.problems import Refusal
from client.organizer.publish import PublishedPlans
from client.organizer.tables import BundleRow, SessionRow
from client.remote.messages import BundleMeta

RESERVE_BYTES = 512 * 1024 * 1024
"""Left free for the records, seals and receipts. 64 pieces of 4 MiB that were let in at the same
moment take half of it."""
SMALLEST_BYTES = 64 * 1024
"""A bundle counts as so much at least: each is a row of the records, too."""
_RETRY = {"Retry-After": "10"}
_MIB = 1024 * 1024
_NO_SPACE = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}

log = logging.getLogger(__name__)


class Disk:
    """The disk of the organizer's folder; takes no more before the records lack room."""

    def __init__(self, path: Path, free: Callable[[Path], int] = free_bytes) -> None:
        """Watch the disk of `path`; `free` tells its free bytes."""
        self._path = path
        self._free = free
        self._lock = Lock()
        self._is_low = False

    def require(self, size: int) -> None:
        """Refusal `disk_full` where `size` more bytes would eat into the reserve."""
        free = self._free(self._path)
        if free < size + RESERVE_BYTES:
            raise self.full()
        if free >= 2 * RESERVE_BYTES:
            self._turn(is_low=False)

    def full(self) -> Refusal:
        """Return the answer for what finds no room; clients keep everything and ask again."""
        self._turn(is_low=True)
        return Refusal("disk_full", _RETRY)

    def trouble(self) -> Text | None:
        """Return what is wrong with it, for whoever runs the organizer."""
        free = self._free(self._path)
        if free >= RESERVE_BYTES:
            return None
        left = free // _MIB
        return Text(
            f"磁盘只剩 {left} MB：录像暂停接收，仍在选手电脑上，会自动重试。请腾出空间。",
            f"Only {left} MB are free: recordings are not taken now, stay on the contestants'"
            " computers, and are sent again by themselves. Make room.",
        )

    def _turn(self, *, is_low: bool) -> None:
        """Log a change, once."""
        with self._lock:
            changed, self._is_low = self._is_low != is_low, is_low
        if changed and is_low:
            log.error(
                "%s", (self.trouble() or Text("磁盘将满。", "The disk is nearly full.")).say()
            )
        elif changed:
            log.warning("%s", Text("磁盘又有空间了。", "The disk has room again.").say())


class Shares:
    """How much each session has announced, and may. Safe to use from several threads."""

    def __init__(self, plans: PublishedPlans) -> None:
        """Take the bounds from the plan that a session was enrolled under."""
        self._plans = plans
        self._most: dict[tuple[str, str], Most] = {}
        self._taken: dict[tuple[str, bool], int] = {}

    def require(self, records: Session, session: SessionRow, meta: BundleMeta) -> None:
        """Count a bundle that is announced now; Refusal `session_full` beyond what may be."""
        most, foreign = self._most_of(session), is_foreign(meta.name)
        end = meta.offset + meta.length
        if meta.name == JOURNAL and end > most.journal:
            raise _full(most.journal)
        key, limit = (session.id, foreign), most.foreign if foreign else most.own
        if key not in self._taken:
            self._taken[key] = _announced(records, session.id, foreign=foreign)
        taken = self._taken[key] + max(meta.length, SMALLEST_BYTES)
        if max(taken, end) > limit:
            raise _full(limit)
        self._taken[key] = taken

    def forget(self, session: SessionRow) -> None:
        """Count anew: an announcement was undone, or an expired one went."""
        for foreign in (False, True):
            self._taken.pop((session.id, foreign), None)

    def _most_of(self, session: SessionRow) -> Most:
        key = (session.plan_sha256, session.paper)
        if key not in self._most:
            try:
                published = self._plans.find(session.plan_sha256) or self._plans.current()
                plan = published.plan
                self._most[key] = most_of(plan, plan.paper(session.paper))
            except (OSError, SaiJianError) as error:
                raise Refusal("no_plan", _RETRY) from error
        return self._most[key]


def is_full(error: BaseException | None) -> bool:
    """Tell whether what failed is that the disk is full, of a file or of the records."""
    if isinstance(error, DBAPIError):
        error = error.orig
    if isinstance(error, sqlite3.Error):
        return error.sqlite_errorcode == sqlite3.SQLITE_FULL
    return isinstance(error, OSError) and error.errno in _NO_SPACE


def _announced(records: Session, session: str, *, foreign: bool) -> int:
    """Return the bytes of all bundles of one kind that a session announced."""
    of_session = select(BundleRow.name, BundleRow.length).where(BundleRow.session == session)
    rows = records.execute(of_session).tuples()
    return sum(max(n, SMALLEST_BYTES) for name, n in rows if is_foreign(name) == foreign)


def _full(limit: int) -> Refusal:
    return Refusal("session_full", limit=limit // _MIB)
