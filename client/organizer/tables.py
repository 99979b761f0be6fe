"""What the organizer remembers, as SQLite tables. All `*_us` are UTC microseconds since 1970."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

_DIGEST = String(64)


class Table(DeclarativeBase):
    """Base of all tables."""


class RosterRow(Table):
    """One contestant of the roster, 考点选定、考场编排. The code is kept as a digest only."""

    __tablename__ = "roster"
    ticket: Mapped[str] = mapped_column(String(40), primary_key=True)
    code_digest: Mapped[str] = mapped_column(_DIGEST)
    name: Mapped[str]
    group: Mapped[str | None]
    school: Mapped[str]
    site: Mapped[str | None]
    room: Mapped[str | None]
    seat: Mapped[str | None]
    papers: Mapped[str]
    """Paper ids with a space between; empty: all papers of the plan."""


class DocumentRow(Table):
    """A digest of the number of the document that a contestant registered with (`numbers.py`)."""

    __tablename__ = "document_digests"
    ticket: Mapped[str] = mapped_column(String(40), primary_key=True)
    digest: Mapped[str] = mapped_column(_DIGEST)
    key: Mapped[str] = mapped_column(_DIGEST)
    """The organizer's public key whose private half the salt came from."""


class AddressRow(Table):
    """Where a contestant is registered to come from (R11), where the roster has it."""

    __tablename__ = "registered_addresses"
    ticket: Mapped[str] = mapped_column(String(40), primary_key=True)
    ranges: Mapped[str]
    """IP addresses and networks with a space between."""


class SessionRow(Table):
    """One enrolled session: a ticket's paper on one computer, and the key that speaks for it."""

    __tablename__ = "sessions"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    ticket: Mapped[str] = mapped_column(String(40), index=True)
    paper: Mapped[str]
    role: Mapped[str]
    code_digest: Mapped[str] = mapped_column(_DIGEST)
    session_key: Mapped[str] = mapped_column(_DIGEST)
    plan_sha256: Mapped[str] = mapped_column(_DIGEST)
    enrolment: Mapped[str]
    """The signed document as JSON."""
    address: Mapped[str]
    enrolled_us: Mapped[int]
    __table_args__ = (UniqueConstraint("ticket", "paper", "role", "code_digest"),)


class TokenRow(Table):
    """A bearer token, as its SHA-256 only."""

    __tablename__ = "tokens"
    digest: Mapped[str] = mapped_column(_DIGEST, primary_key=True)
    session: Mapped[str] = mapped_column(ForeignKey("sessions.id"), index=True)
    issued_us: Mapped[int]


class ReceiptRow(Table):
    """One heartbeat and the receipt it got: the address history of R11, too."""

    __tablename__ = "receipts"
    id: Mapped[int] = mapped_column(primary_key=True)
    session: Mapped[str] = mapped_column(ForeignKey("sessions.id"))
    seq: Mapped[int]
    sha256: Mapped[str] = mapped_column(_DIGEST)
    time_us: Mapped[int]
    address: Mapped[str]
    document: Mapped[str]
    recorded_us: Mapped[int]
    uploaded_bytes: Mapped[int]
    pending_bytes: Mapped[int]
    __table_args__ = (Index("receipts_of_session", "session", "id"),)


class ForkRow(Table):
    """A journal head that contradicts one that was receipted before."""

    __tablename__ = "forks"
    id: Mapped[int] = mapped_column(primary_key=True)
    session: Mapped[str] = mapped_column(ForeignKey("sessions.id"), index=True)
    seq: Mapped[int]
    sha256: Mapped[str] = mapped_column(_DIGEST)
    known_seq: Mapped[int]
    known_sha256: Mapped[str] = mapped_column(_DIGEST)
    time_us: Mapped[int]
    address: Mapped[str]


class BundleRow(Table):
    """A byte range of one file of a session, announced by the client and checked on arrival."""

    __tablename__ = "bundles"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    session: Mapped[str] = mapped_column(ForeignKey("sessions.id"))
    name: Mapped[str]
    offset: Mapped[int]
    length: Mapped[int]
    sha256: Mapped[str] = mapped_column(_DIGEST)
    received: Mapped[int]
    """Bytes that are on the disk, from the bundle's beginning."""
    complete: Mapped[bool]
    """All bytes are there and their digest is the announced one."""
    failures: Mapped[int]
    """How often all bytes came and the digest was another."""
    touched_us: Mapped[int]
    __table_args__ = (Index("bundles_of_file", "session", "name", "offset"),)


class SealRow(Table):
    """A session that was re-hashed and countersigned."""

    __tablename__ = "seals"
    session: Mapped[str] = mapped_column(ForeignKey("sessions.id"), primary_key=True)
    seal_sha256: Mapped[str] = mapped_column(_DIGEST)
    receipt: Mapped[str]
    """The signed storage receipt as JSON."""
    time_us: Mapped[int]


class AttachmentRow(Table):
    """A foreign recording (外部录像) that was hashed and receipted."""

    __tablename__ = "attachments"
    id: Mapped[int] = mapped_column(primary_key=True)
    session: Mapped[str] = mapped_column(ForeignKey("sessions.id"), index=True)
    digest: Mapped[str] = mapped_column(_DIGEST)
    """Of the line that lists it."""
    attachment: Mapped[str]
    """The line as JSON."""
    receipt: Mapped[str]
    """The signed attachment receipt as JSON."""
    __table_args__ = (UniqueConstraint("session", "digest"),)
