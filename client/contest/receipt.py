"""What the organizer signs for one session: enrolment, receipts, the storage receipt."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from client.contest.contestant import Role
from client.contest.values import Base64, Count, HexDigest, HexKey, Micros, Slug, Uuid, Value

Address = Annotated[str, Field(min_length=2, max_length=45, pattern=r"^[0-9A-Fa-f.:]+$")]
"""IP address as the server saw it."""
Strict = Annotated[Role, Field(strict=False)]


class Seat(Value):
    """A place in a room of a site, 考点、考场、座位号."""

    site: Slug
    room: Slug
    seat: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,16}$")]


class Enrolment(Value):
    """First line of trust: this session key belongs to this contestant, says the organizer."""

    kind: Literal["saijian.enrolment/1"] = "saijian.enrolment/1"
    contest: Slug
    paper: Slug
    session: Uuid
    session_key: HexKey
    ticket_digest: HexDigest
    role: Strict
    plan_sha256: HexDigest
    seat: Seat | None
    group: Slug | None
    address: Address
    time_us: Micros
    key: HexKey
    signature: Base64


class JournalHead(Value):
    """The last line of a journal: its number and the SHA-256 of its bytes without the newline."""

    seq: Count
    sha256: HexDigest


class Receipt(Value):
    """Answer to a heartbeat: the organizer saw this head at this moment from this address."""

    kind: Literal["saijian.receipt/1"] = "saijian.receipt/1"
    session: Uuid
    head: JournalHead
    time_us: Micros
    address: Address
    nonce: HexDigest
    other: JournalHead | None
    key: HexKey
    signature: Base64


class StoredFile(Value):
    """What the organizer re-hashed of one file."""

    bytes: Count
    sha256: HexDigest


class StorageReceipt(Value):
    """The organizer stored and re-hashed everything; without it nothing is AUTHENTIC."""

    kind: Literal["saijian.storage/1"] = "saijian.storage/1"
    session: Uuid
    seal_sha256: HexDigest
    head: JournalHead
    files: dict[str, StoredFile]
    time_us: Micros
    address: Address
    key: HexKey
    signature: Base64
