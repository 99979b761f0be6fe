"""Which bytes of a file have not come, or are not on the disk any more as they came."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from client.organizer.office import Office
from client.organizer.problems import Refusal
from client.organizer.store import digest_of
from client.organizer.tables import BundleRow

_NAMED = 12
log = logging.getLogger(__name__)


class Missing(NamedTuple):
    """A byte range of a file, half open."""

    name: str
    start: int
    end: int


def missing_of(name: str, rows: Iterable[BundleRow], length: int) -> list[Missing]:
    """Return the ranges of the file `name` of `length` bytes that no complete bundle covers."""
    missing = []
    position = 0
    whole = (row for row in rows if row.name == name and row.complete)
    for row in sorted(whole, key=lambda row: row.offset):
        if position < min(row.offset, length):
            missing.append(Missing(name, position, min(row.offset, length)))
        position = max(position, row.offset + row.length)
    if position < length:
        missing.append(Missing(name, position, length))
    return missing


def require_none(missing: Sequence[Missing]) -> None:
    """Refusal `incomplete`, which names the first few, where there are any."""
    if not missing:
        return
    named = [f"{name} [{start}, {end})" for name, start, end in missing[:_NAMED]]
    more = [f"+{len(missing) - _NAMED}"] if len(missing) > _NAMED else []
    raise Refusal("incomplete", missing="; ".join(named + more))


def require_as_they_came(office: Office, rows: Iterable[BundleRow]) -> None:
    """Refusal `incomplete` where bundles that arrived whole are not on the disk as they came.

    They begin again at 0: the client has them yet. A disk failed, or somebody changed its files, or
    put back a backup that is older than the records.
    """
    lost = [row for row in rows if row.complete and not _is_there(office, row)]
    if lost:
        with office.records.writing() as records:
            for row in lost:
                row.complete, row.received, row.touched_us = False, 0, office.now_us()
                row.failures += 1
                records.merge(row)
        missing = [Missing(row.name, row.offset, row.offset + row.length) for row in lost]
        log.error("%s: not on the disk as it came: %s", lost[0].session, missing)
        require_none(missing)


def _is_there(office: Office, row: BundleRow) -> bool:
    path = office.folder.session(row.session) / row.name
    return digest_of(path, row.offset, row.length) == row.sha256
