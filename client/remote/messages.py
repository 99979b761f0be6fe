"""Bodies of the organizer's API, shared by client and server. Uploads are tus 1.0 (see docs)."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from client.contest.attachment import FOREIGN_NAME, Attachment
from client.contest.receipt import JournalHead, Seat, Strict
from client.contest.registered import RegisteredNumber
from client.contest.values import AddressRanges, Count, HexDigest, HexKey, Micros, Slug, Uuid, Value

TicketNumber = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,40}$")]
CodeText = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{4,40}$")]
_PART = r"([0-9]{2}|[1-9][0-9]{2,3})"
UploadName = Annotated[
    str,
    Field(
        pattern=rf"^((screen|identity|contest|second)-{_PART}\.mp4|journal\.jsonl|{FOREIGN_NAME})$"
    ),
]
"""A track, the journal, or a foreign recording that is attached."""


class EnrolmentRequest(Value):
    """`POST /enrolments`. The same session key asking again gets the same enrolment back."""

    ticket: TicketNumber
    code: CodeText
    paper: Slug | None = None
    """None: the ticket's next paper by the organizer's clock."""
    role: Strict
    session: Uuid
    session_key: HexKey
    plan_sha256: HexDigest
    software: Annotated[str, Field(max_length=80)]


class EnrolmentReply(Value):
    """201. `enrolment` is a signed `Enrolment` document."""

    token: Annotated[str, Field(min_length=16, max_length=200)]
    enrolment: dict[str, Any]
    name: Annotated[str, Field(max_length=80)]
    """The contestant's name for the window; never written into evidence."""
    addresses: AddressRanges = ()
    """Where the contestant is registered to come from; empty where nothing is registered."""
    document: RegisteredNumber | None = None
    """To recognize the document that the contestant registered with, where the organizer knows it;
    held in the memory of the window and its coach, and never written by the client."""
    seat: Seat | None
    time_us: Micros
    address: str


class HeartbeatRequest(Value):
    """`POST /heartbeats`: the journal's head, and how far media and upload have come."""

    head: JournalHead
    recorded_us: Count
    uploaded_bytes: Count
    pending_bytes: Count


class HeartbeatReply(Value):
    """200. `receipt` is a signed `Receipt` document."""

    receipt: dict[str, Any]
    time_us: Micros


class BundleMeta(Value):
    """What `Upload-Metadata` of a tus creation says of a bundle: a byte range of one file."""

    name: UploadName
    offset: Count
    length: Annotated[int, Field(ge=1, le=64 * 1024 * 1024)]
    sha256: HexDigest


class SealRequest(Value):
    """`POST /seal`: the bytes of seal.json as text; answered when all was re-hashed."""

    seal: Annotated[str, Field(max_length=1_000_000)]


class SealReply(Value):
    """200. `receipt` is a signed `StorageReceipt` document."""

    receipt: dict[str, Any]


class AttachmentRequest(Value):
    """`POST /attachments`: a line of attachments.jsonl whose bytes were all uploaded before."""

    attachment: Attachment


class AttachmentReply(Value):
    """200. `receipt` is a signed `AttachmentReceipt` document."""

    receipt: dict[str, Any]


class TimeReply(Value):
    """`GET /time`: the organizer's clock and the address it sees, without enrolment."""

    time_us: Micros
    address: str


class ProbeTurn(Value):
    """`POST /probe/turns`, `GET /probe/turns/{turn}`: a place in the queue of measurements."""

    turn: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    position: Count
    """How many come before; 0: measure now."""


class ProbeReply(Value):
    """`POST /probe`: the bytes that came, and how long they took."""

    bytes: Count
    micros: Count


class Problem(Value):
    """Every error answer: a code, and a sentence in both languages."""

    code: Annotated[str, Field(pattern=r"^[a-z_]{3,40}$")]
    zh: str
    en: str
