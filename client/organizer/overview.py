"""What the organizer sees of all sessions: heads, bytes, addresses (R11), forks, seals."""

from __future__ import annotations

import json
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from client.contest.addresses import is_within
from client.organizer.folder import OrganizerFolder
from client.organizer.records import Records
from client.organizer.tables import (
    AddressRow,
    AttachmentRow,
    BundleRow,
    ForkRow,
    ReceiptRow,
    RosterRow,
    SealRow,
    SessionRow,
)


class AddressSpan(NamedTuple):
    """An address, and the first and last moment it was seen in a row (UTC microseconds)."""

    address: str
    from_us: int
    to_us: int
    is_registered: bool | None
    """Whether the roster names it for this contestant; None where it names none."""


class Overview(NamedTuple):
    """One session as `organizer sessions` shows it."""

    session: str
    ticket: str
    name: str
    paper: str
    role: str
    enrolled_us: int
    receipts: int
    last_seq: int | None
    last_us: int | None
    addresses: list[AddressSpan]
    stored_bytes: int
    open_bundles: int
    failed_bundles: int
    forks: list[dict[str, object]]
    sealed_us: int | None
    files: dict[str, dict[str, object]]
    foreign: list[dict[str, object]]
    """Receipted foreign recordings (外部录像): name, bytes, sha256, note, received_us."""


def sessions_of(folder: OrganizerFolder) -> list[Overview]:
    """Return all sessions, the earliest enrolment first."""
    records = Records(folder.records)
    try:
        with records.reading() as reading:
            rows = reading.scalars(select(SessionRow).order_by(SessionRow.enrolled_us))
            return [_overview(reading, row) for row in rows]
    finally:
        records.close()


def _overview(records: Session, session: SessionRow) -> Overview:
    entrant = records.get(RosterRow, session.ticket)
    receipts = list(
        records.scalars(
            select(ReceiptRow).where(ReceiptRow.session == session.id).order_by(ReceiptRow.id)
        )
    )
    bundles = list(records.scalars(select(BundleRow).where(BundleRow.session == session.id)))
    seal = records.get(SealRow, session.id)
    last = receipts[-1] if receipts else None
    return Overview(
        session=session.id,
        ticket=session.ticket,
        name=entrant.name if entrant else "",
        paper=session.paper,
        role=session.role,
        enrolled_us=session.enrolled_us,
        receipts=len(receipts),
        last_seq=last.seq if last else None,
        last_us=last.time_us if last else None,
        addresses=_addresses(session, receipts, records.get(AddressRow, session.ticket)),
        stored_bytes=sum(row.received for row in bundles),
        open_bundles=sum(not row.complete for row in bundles),
        failed_bundles=sum(row.failures for row in bundles),
        forks=_forks(records, session.id),
        sealed_us=seal.time_us if seal else None,
        files=json.loads(seal.receipt)["files"] if seal else {},
        foreign=_foreign(records, session.id),
    )


def _foreign(records: Session, session: str) -> list[dict[str, object]]:
    wanted = select(AttachmentRow).where(AttachmentRow.session == session)
    listed = []
    for row in records.scalars(wanted.order_by(AttachmentRow.id)):
        line, receipt = json.loads(row.attachment), json.loads(row.receipt)
        shown = {name: line[name] for name in ("name", "bytes", "sha256", "note")}
        listed.append({**shown, "received_us": receipt["time_us"]})
    return listed


def _addresses(
    session: SessionRow, receipts: list[ReceiptRow], registered: AddressRow | None
) -> list[AddressSpan]:
    """Return the addresses in the order seen; one that comes back begins a new span."""
    seen = [(session.address, session.enrolled_us), *((r.address, r.time_us) for r in receipts)]
    spans: list[AddressSpan] = []
    for address, at in seen:
        if spans and spans[-1].address == address:
            spans[-1] = spans[-1]._replace(to_us=at)
        else:
            is_known = is_within(address, registered.ranges.split()) if registered else None
            spans.append(AddressSpan(address, at, at, is_known))
    return spans


def _forks(records: Session, session: str) -> list[dict[str, object]]:
    rows = records.scalars(select(ForkRow).where(ForkRow.session == session).order_by(ForkRow.id))
    return [
        {"seq": r.seq, "known_seq": r.known_seq, "time_us": r.time_us, "address": r.address}
        for r in rows
    ]
