"""Bundles as they arrive: announced, written piece by piece, checked as a whole. No HTTP here."""

from __future__ import annotations

import hashlib
import secrets
from contextlib import AbstractContextManager
from threading import Lock

from sqlalchemy import select
from sqlalchemy.orm import Session

from client.base.clock import SECOND_US
from client.contest.attachment import MOST_BYTES, is_foreign
from client.organizer.office import Office
from client.organizer.problems import Refusal
from client.organizer.room import Shares
from client.organizer.store import digest_of, write_at
from client.organizer.tables import BundleRow, SealRow, SessionRow
from client.remote.messages import BundleMeta

MAX_BUNDLE_BYTES = 64 * 1024 * 1024
LIFETIME_US = 7 * 24 * 3600 * SECOND_US
"""An unfinished upload expires this long after its last byte."""
MOST_RIVALS = 64
"""Of unfinished bundles that expired, so many make room for one that is cut otherwise. To read all
that thousands of tiny ones leave would hold up everybody's writes."""
_STRIPES = 64


class Uploads:
    """Takes bundles for all sessions. Safe to use from several threads."""

    def __init__(self, office: Office) -> None:
        """Work with the records and the folder of `office`."""
        self._office = office
        self._shares = Shares(office.plans)
        self._locks = tuple(Lock() for _ in range(_STRIPES))

    def announce(self, session: SessionRow, meta: BundleMeta) -> BundleRow:
        """Return the upload of this bundle, a new one or the one announced before.

        Raises Refusal: `too_large`, `sealed`, `bundle_conflict`, `session_full`, `disk_full`,
        `no_plan`.
        """
        if is_foreign(meta.name) and meta.offset + meta.length > MOST_BYTES:
            raise Refusal("too_large", limit=MOST_BYTES)
        try:
            return self._announce(session, meta)
        except Refusal:
            raise
        except Exception:  # it may be counted, and is not announced
            self._shares.forget(session)
            raise

    def _announce(self, session: SessionRow, meta: BundleMeta) -> BundleRow:
        now = self._office.now_us()
        with self._office.records.writing() as records:
            rivals = _overlapping(records, session.id, meta)
            for row in rivals:
                if (row.offset, row.length, row.sha256) == (meta.offset, meta.length, meta.sha256):
                    row.touched_us = now
                    return row
            self._may_add(records, session, meta, rivals, now)
            row = BundleRow(
                id=secrets.token_hex(16),
                session=session.id,
                received=0,
                complete=False,
                failures=0,
                touched_us=now,
                **meta.model_dump(),
            )
            records.add(row)
            return row

    def find(self, session: SessionRow, upload_id: str) -> BundleRow:
        """Return an upload of this session; Refusal `upload_unknown` or `upload_expired`."""
        with self._office.records.reading() as records:
            row = records.get(BundleRow, upload_id)
        if row is None or row.session != session.id:
            raise Refusal("upload_unknown")
        if has_expired(row, self._office.now_us()):
            raise Refusal("upload_expired")
        return row

    def write(
        self, session: SessionRow, upload_id: str, offset: int, data: bytes, sha256: bytes
    ) -> BundleRow:
        """Put one piece on the disk and return the upload with its new `received`.

        Raises Refusal: `checksum_mismatch` (nothing kept), `offset_conflict`, `too_long`,
        `sealed`, `disk_full`, `bundle_mismatch` (all bytes came and are not the announced ones: the
        upload begins again at 0).
        """
        if hashlib.sha256(data).digest() != sha256:
            raise Refusal("checksum_mismatch")
        with self._lock(upload_id):
            row = self.find(session, upload_id)
            if offset != row.received:
                raise Refusal(
                    "offset_conflict", {"Upload-Offset": str(row.received)}, offset=row.received
                )
            if offset + len(data) > row.length:
                raise Refusal("too_long")
            if data:
                self._put(row, data)
            return row

    def _put(self, row: BundleRow, data: bytes) -> None:
        """Write and sync the bytes first, then remember them."""
        path = self._office.folder.session(row.session) / row.name
        self._is_open(row)
        self._office.disk.require(len(data))
        try:
            write_at(path, row.offset + row.received, data)
        except OSError as error:
            raise self._office.disk.full() from error
        row.received += len(data)
        row.touched_us = self._office.now_us()
        failed = False
        if row.received == row.length:
            row.complete = digest_of(path, row.offset, row.length) == row.sha256
            failed = not row.complete
        if failed:
            row.received = 0
            row.failures += 1
        with self._office.records.writing() as records:
            records.merge(row)
        if failed:
            raise Refusal("bundle_mismatch")

    def _is_open(self, row: BundleRow) -> None:
        if is_foreign(row.name):
            return
        with self._office.records.reading() as records:
            if records.get(SealRow, row.session) is not None:
                raise Refusal("sealed")

    def _may_add(
        self,
        records: Session,
        session: SessionRow,
        meta: BundleMeta,
        rivals: list[BundleRow],
        now_us: int,
    ) -> None:
        if not is_foreign(meta.name) and records.get(SealRow, session.id) is not None:
            raise Refusal("sealed")
        for row in rivals:
            if row.complete or not has_expired(row, now_us) or len(rivals) >= MOST_RIVALS:
                taken = f"{row.offset}-{row.offset + row.length}"
                raise Refusal("bundle_conflict", name=meta.name, range=taken)
            records.delete(row)
            records.flush()
            self._shares.forget(session)
        self._office.disk.require(meta.length)
        self._shares.require(records, session, meta)

    def _lock(self, upload_id: str) -> AbstractContextManager[bool]:
        """Return the lock that keeps two pieces of one upload apart."""
        return self._locks[hash(upload_id) % _STRIPES]


def has_expired(row: BundleRow, now_us: int) -> bool:
    """Tell whether an unfinished upload was left alone for too long."""
    return not row.complete and now_us > row.touched_us + LIFETIME_US


def _overlapping(records: Session, session: str, meta: BundleMeta) -> list[BundleRow]:
    """Return the bundles that this one overlaps, at most MOST_RIVALS that begin within it.

    They never overlap each other, so of those that begin before it only the last one can reach it.
    """
    of_file = select(BundleRow).where(BundleRow.session == session, BundleRow.name == meta.name)
    at, end = BundleRow.offset, meta.offset + meta.length
    before = of_file.where(at < meta.offset).order_by(at.desc()).limit(1)
    within = of_file.where(at >= meta.offset, at < end).order_by(at).limit(MOST_RIVALS)
    found = [*records.scalars(before), *records.scalars(within)]
    return [row for row in found if row.offset + row.length > meta.offset]
