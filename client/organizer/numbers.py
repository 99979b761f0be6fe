"""Numbers of documents (证件号): kept as keyed slow digests, never in clear.

The salt of a digest is not stored. It comes from the organizer's private key and the ticket, so
`records.sqlite` alone, on a stick or in a backup, gives nothing to try numbers against.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import String, column, delete, inspect, select, table, text
from sqlalchemy.orm import Session

from client.contest.registered import RegisteredNumber
from client.contest.signed import public_key
from client.organizer.records import Records
from client.organizer.tables import DocumentRow

_CLEAR = table("documents", column("ticket", String), column("number", String))
"""The table in which older programs kept the numbers themselves."""
_MOST_THREADS = 4
"""Each takes 16 MiB while it derives."""


def digests_of(numbers: Iterable[tuple[str, str]], key: Ed25519PrivateKey) -> list[DocumentRow]:
    """Return the rows for pairs of ticket and number: some 50 ms of a processor each."""
    ours = public_key(key)

    def row(pair: tuple[str, str]) -> DocumentRow:
        ticket, number = pair
        digest = RegisteredNumber.of(number, _salt(key, ticket)).digest
        return DocumentRow(ticket=ticket, digest=digest, key=ours)

    with ThreadPoolExecutor(min(os.cpu_count() or 1, _MOST_THREADS)) as pool:
        return list(pool.map(row, numbers))


def registered_number(
    records: Session, ticket: str, key: Ed25519PrivateKey
) -> RegisteredNumber | None:
    """Return what this contestant's document is compared with; None where nothing is known.

    A digest of another key's time would call everybody somebody else, so it counts as unknown.
    """
    row = records.get(DocumentRow, ticket)
    if row is None or row.key != public_key(key):
        return None
    return RegisteredNumber(salt=_salt(key, ticket).hex(), digest=row.digest)


def replace_numbers(writing: Session, rows: Iterable[DocumentRow]) -> None:
    """Make these the numbers, whatever an older program left."""
    writing.execute(delete(DocumentRow))
    if _has_clear(writing):
        writing.execute(delete(_CLEAR))
    writing.add_all(rows)


def forget_clear_numbers(records: Records, key: Ed25519PrivateKey) -> None:
    """Turn what an older program kept in clear into digests, and take it out of the file's bytes.

    The old table goes last. Until then whoever opens the folder next does what is missing.
    """
    with records.reading() as reading:
        if not _has_clear(reading):
            return
        clear = [(row.ticket, row.number) for row in reading.execute(select(_CLEAR))]
    rows = digests_of(clear, key)
    with records.writing() as writing:
        for row in rows:
            if writing.get(DocumentRow, row.ticket) is None:
                writing.add(row)
        writing.execute(delete(_CLEAR))
    if records.compact():
        with records.writing() as writing:
            writing.execute(text(f"DROP TABLE {_CLEAR.name}"))


def _has_clear(records: Session) -> bool:
    return inspect(records.connection()).has_table(_CLEAR.name)


def _salt(key: Ed25519PrivateKey, ticket: str) -> bytes:
    info = f"saijian.document-salt/1\n{ticket}".encode()
    return HKDF(SHA256(), 32, salt=None, info=info).derive(key.private_bytes_raw())
