"""Putting a roster into the records: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy import delete, select

from client.contest.plan import read_plan
from client.evidence.keys import load_key
from client.organizer.folder import OrganizerFolder
from client.organizer.numbers import digests_of, replace_numbers
from client.organizer.records import Records
from client.organizer.roster import Entrant, code_digest, parse_roster
from client.organizer.tables import AddressRow, RosterRow


class Enlisted(NamedTuple):
    """How a roster differs from the one before."""

    added: int
    changed: int
    removed: int
    total: int
    numbers: int
    """Rows with the number of a document: the file that was loaded holds it in clear."""


def load_roster(
    folder: OrganizerFolder, untrusted: bytes, announce: Callable[[int], None] = lambda _: None
) -> Enlisted:
    """Make this the roster. Enrolments that were made stay; a new code opens a new enrolment.

    BadInputError names the first wrong line, and nothing was changed. `announce` is told how many
    numbers of documents there are before the digests of them are made, which takes a while.
    """
    plan = read_plan(folder.plan).plan if folder.plan.exists() else None
    entrants = parse_roster(untrusted, plan)
    shown = [(entrant.ticket, entrant.document) for entrant in entrants if entrant.document]
    announce(len(shown))
    numbers = digests_of(shown, load_key(folder.key))
    records = Records(folder.records)
    try:
        with records.writing() as writing:
            before = {row.ticket: row for row in writing.scalars(select(RosterRow))}
            after = {entrant.ticket: _row(entrant) for entrant in entrants}
            for ticket in before.keys() - after.keys():
                writing.delete(before[ticket])
            changed = sum(
                _values(before[t]) != _values(after[t]) for t in before.keys() & after.keys()
            )
            for row in after.values():
                writing.merge(row)
            replace_numbers(writing, numbers)
            writing.execute(delete(AddressRow))
            writing.add_all(
                AddressRow(ticket=entrant.ticket, ranges=" ".join(entrant.addresses))
                for entrant in entrants
                if entrant.addresses
            )
    finally:
        records.close()
    added = len(after.keys() - before.keys())
    removed = len(before.keys() - after.keys())
    return Enlisted(added, changed, removed, len(after), len(numbers))


def _row(entrant: Entrant) -> RosterRow:
    seat = entrant.seat
    return RosterRow(
        ticket=entrant.ticket,
        code_digest=code_digest(entrant.ticket, entrant.code),
        name=entrant.name,
        group=entrant.group,
        school=entrant.school,
        site=seat.site if seat else None,
        room=seat.room if seat else None,
        seat=seat.seat if seat else None,
        papers=" ".join(entrant.papers),
    )


def _values(row: RosterRow) -> tuple[object, ...]:
    return tuple(getattr(row, column.key) for column in RosterRow.__table__.columns)
