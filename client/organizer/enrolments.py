"""Enrolment: ticket and one-time code become a signed first line of trust and a token."""

from __future__ import annotations

import hmac
import json
import secrets
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from client.base.errors import SaiJianError
from client.base.files import private_folder, write_atomically
from client.contest.contestant import Ticket, ticket_digest
from client.contest.plan import Plan, PublishedPlan
from client.contest.receipt import Enrolment, Seat
from client.contest.schedule import schedule_of
from client.contest.signed import Document, sha256
from client.organizer.numbers import registered_number
from client.organizer.office import Office, line_of
from client.organizer.problems import Refusal
from client.organizer.roster import code_digest
from client.organizer.tables import AddressRow, RosterRow, SessionRow, TokenRow
from client.remote.messages import EnrolmentReply, EnrolmentRequest

_TOKEN_BYTES = 32
_TOKENS_KEPT = 8


def enrol(office: Office, request: EnrolmentRequest, address: str) -> EnrolmentReply:
    """Enrol a session, or give the same enrolment again to the same session key.

    Raises Refusal: `unknown_ticket`, `too_many_tries`, `plan_unknown`, `unknown_paper`,
    `code_used`, `session_taken`.
    """
    now = office.now_us()
    entrant = _entrant(office, request, address, now)
    published = _published(office, request.plan_sha256)
    if published is None:
        raise Refusal("plan_unknown")
    paper = _paper(published.plan, entrant, request.paper, now)
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    with office.records.writing() as records:
        known = _known(records, request, entrant, paper)
        enrolment = (
            json.loads(known.enrolment)
            if known
            else _add(records, office, request, entrant, published, paper, address)
        )
        _add_token(records, request.session, token, now)
        registered = records.get(AddressRow, entrant.ticket)
        document = registered_number(records, entrant.ticket, office.key)
    _lay_out(office, request.session, published)
    return EnrolmentReply(
        token=token,
        enrolment=enrolment,
        name=entrant.name,
        addresses=tuple(registered.ranges.split()) if registered else (),
        document=document,
        seat=seat_of(entrant),
        time_us=office.now_us(),
        address=address,
    )


def _published(office: Office, digest: str) -> PublishedPlan | None:
    try:
        return office.plans.find(digest)
    except (OSError, SaiJianError) as error:
        raise Refusal("no_plan") from error


def session_of_token(office: Office, token: str) -> SessionRow:
    """Return the session that `token` was issued for; Refusal `token_unknown` else."""
    with office.records.reading() as records:
        row = records.get(TokenRow, sha256(token.encode()))
        session = records.get(SessionRow, row.session) if row else None
    if session is None:
        raise Refusal("token_unknown", {"WWW-Authenticate": "Bearer"})
    return session


def seat_of(entrant: RosterRow) -> Seat | None:
    """Return the seat that the roster gives, if it gives one."""
    if entrant.site is None or entrant.room is None or entrant.seat is None:
        return None
    return Seat(site=entrant.site, room=entrant.room, seat=entrant.seat)


def _entrant(office: Office, request: EnrolmentRequest, address: str, now_us: int) -> RosterRow:
    """Return the roster's row; an unknown ticket and a wrong code get the same answer."""
    key = f"{line_of(address)} {request.ticket}"
    if office.throttle.is_blocked(key, now_us):
        raise Refusal("too_many_tries", {"Retry-After": "60"})
    with office.records.reading() as records:
        row = records.get(RosterRow, request.ticket)
    digest = code_digest(request.ticket, request.code)
    if row is None or not hmac.compare_digest(row.code_digest, digest):
        office.throttle.count(key, now_us)
        raise Refusal("unknown_ticket")
    return row


def _paper(plan: Plan, entrant: RosterRow, asked: str | None, now_us: int) -> str:
    """Return the paper to sit: the one asked for, or this ticket's next one by our clock."""
    allowed = entrant.papers.split() or [paper.id for paper in plan.papers()]
    papers = [paper for paper in plan.papers() if paper.id in allowed]
    if asked is not None:
        if asked not in {paper.id for paper in papers}:
            raise Refusal("unknown_paper")
        return asked
    coming = [p for p in papers if schedule_of(plan, p).stops_us > now_us]
    if not coming:
        raise Refusal("unknown_paper")
    return min(coming, key=lambda p: p.starts_at).id


def _known(
    records: Session, request: EnrolmentRequest, entrant: RosterRow, paper: str
) -> SessionRow | None:
    """Return the session that enrolled with this code before; Refusal where it is another's."""
    by_code = records.scalar(
        select(SessionRow).where(
            SessionRow.ticket == entrant.ticket,
            SessionRow.paper == paper,
            SessionRow.role == request.role.value,
            SessionRow.code_digest == entrant.code_digest,
        )
    )
    if by_code is not None:
        same = (by_code.session_key, by_code.id) == (request.session_key, request.session)
        if not same:
            raise Refusal("code_used")
        return by_code
    if records.get(SessionRow, request.session) is not None:
        raise Refusal("session_taken")
    return None


def _add(
    records: Session,
    office: Office,
    request: EnrolmentRequest,
    entrant: RosterRow,
    published: PublishedPlan,
    paper: str,
    address: str,
) -> Document:
    enrolment = Enrolment(
        contest=published.plan.id,
        paper=paper,
        session=request.session,
        session_key=request.session_key,
        ticket_digest=ticket_digest(published.plan.id, Ticket(entrant.ticket)),
        role=request.role,
        plan_sha256=published.sha256,
        seat=seat_of(entrant),
        group=entrant.group,
        address=address,
        time_us=office.now_us(),
        key=office.public_key,
        signature="AAAA",
    )
    document = office.sign(enrolment.model_dump(mode="json"))
    records.add(
        SessionRow(
            id=request.session,
            ticket=entrant.ticket,
            paper=paper,
            role=request.role.value,
            code_digest=entrant.code_digest,
            session_key=request.session_key,
            plan_sha256=published.sha256,
            enrolment=json.dumps(document),
            address=address,
            enrolled_us=enrolment.time_us,
        )
    )
    records.flush()
    return document


def _add_token(records: Session, session: str, token: str, now_us: int) -> None:
    """Issue a further token; only the newest few of a session stay good, this one in any case.

    After a clock was set back those before it would look newer.
    """
    newest = select(TokenRow).where(TokenRow.session == session).order_by(TokenRow.issued_us.desc())
    for row in records.scalars(newest.offset(_TOKENS_KEPT - 1)):
        records.delete(row)
    records.add(TokenRow(digest=sha256(token.encode()), session=session, issued_us=now_us))


def _lay_out(office: Office, session: str, published: PublishedPlan) -> Path:
    """Make the session's folder, with the plan that it was enrolled under."""
    path = private_folder(office.folder.session(session))
    if not (path / "plan.json").exists():
        write_atomically(path / "plan.json", published.raw)
    return path
