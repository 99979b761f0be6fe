"""Heartbeats: a journal's head comes in, a signed receipt goes out, and heads only grow."""

from __future__ import annotations

import json
import secrets

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from client.contest.receipt import JournalHead, Receipt
from client.organizer.office import Office
from client.organizer.problems import Refusal
from client.organizer.tables import ForkRow, ReceiptRow, SessionRow
from client.remote.messages import HeartbeatReply, HeartbeatRequest

FORKS_KEPT = 100
"""The first ones prove it; more of a session only fill the disk."""


def receipt_for(
    office: Office, session: SessionRow, request: HeartbeatRequest, address: str
) -> HeartbeatReply:
    """Countersign a head; Refusal `journal_forked` (and a record of it) where it went back.

    Refusal `too_many_beats` for more of a session than any plan asks for: nothing is lost by it, as
    each head stands for all lines before it.
    """
    now = office.now_us()
    if office.beats.is_blocked(session.id, now):
        raise Refusal("too_many_beats", {"Retry-After": "10"})
    office.beats.count(session.id, now)
    with office.records.writing() as records:
        known = last_head(records, session.id)
        forked = known is not None and _contradicts(known, request.head)
        if known is not None and forked:
            if _count_forks(records, session.id) < FORKS_KEPT:
                records.add(_fork(session.id, request.head, known, now, address))
        else:
            document = _signed_receipt(records, office, session, request, address)
    if known is not None and forked:
        raise Refusal("journal_forked", seq=known.seq)
    return HeartbeatReply(receipt=document, time_us=office.now_us())


def last_head(records: Session, session: str) -> JournalHead | None:
    """Return the head of the session's latest receipt."""
    return _head(_newest(records, session))


def _contradicts(known: JournalHead, head: JournalHead) -> bool:
    return head.seq < known.seq or (head.seq == known.seq and head.sha256 != known.sha256)


def _count_forks(records: Session, session: str) -> int:
    counted = select(func.count()).select_from(ForkRow).where(ForkRow.session == session)
    return records.scalar(counted) or 0


def _fork(
    session: str, head: JournalHead, known: JournalHead, now_us: int, address: str
) -> ForkRow:
    return ForkRow(
        session=session,
        seq=head.seq,
        sha256=head.sha256,
        known_seq=known.seq,
        known_sha256=known.sha256,
        time_us=now_us,
        address=address,
    )


def _signed_receipt(
    records: Session, office: Office, session: SessionRow, request: HeartbeatRequest, address: str
) -> dict[str, object]:
    receipt = Receipt(
        session=session.id,
        head=request.head,
        time_us=office.now_us(),
        address=address,
        nonce=secrets.token_hex(32),
        other=_other_head(records, session),
        key=office.public_key,
        signature="AAAA",
    )
    document = office.sign(receipt.model_dump(mode="json"))
    records.add(
        ReceiptRow(
            session=session.id,
            seq=request.head.seq,
            sha256=request.head.sha256,
            time_us=receipt.time_us,
            address=address,
            document=json.dumps(document),
            recorded_us=request.recorded_us,
            uploaded_bytes=request.uploaded_bytes,
            pending_bytes=request.pending_bytes,
        )
    )
    return document


def _other_head(records: Session, session: SessionRow) -> JournalHead | None:
    """Return the head of the same contestant's other computer in the same paper."""
    others = select(SessionRow.id).where(
        SessionRow.ticket == session.ticket,
        SessionRow.paper == session.paper,
        SessionRow.role != session.role,
    )
    newest = (_newest(records, other) for other in records.scalars(others).all())
    return _head(max((row for row in newest if row), key=lambda row: row.id, default=None))


def _newest(records: Session, session: str) -> ReceiptRow | None:
    of_session = select(ReceiptRow).where(ReceiptRow.session == session)
    return records.scalar(of_session.order_by(ReceiptRow.id.desc()).limit(1))


def _head(row: ReceiptRow | None) -> JournalHead | None:
    return JournalHead(seq=row.seq, sha256=row.sha256) if row else None
