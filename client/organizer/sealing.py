"""The end of a session: everything there, everything re-hashed, countersigned once."""

from __future__ import annotations

import json
from concurrent.futures import Future
from functools import partial
from itertools import chain
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select

from client.base.files import remove_unfinished, write_atomically
from client.base.text import Text
from client.contest.attachment import is_foreign
from client.contest.receipt import StorageReceipt, StoredFile
from client.contest.signed import Document, PublicKey, Sha256, canonical, is_signed_by, sha256
from client.evidence.layout import JOURNAL
from client.evidence.seal import Seal
from client.organizer.desk import Desk
from client.organizer.missing import missing_of, require_as_they_came, require_none
from client.organizer.office import Office
from client.organizer.problems import Refusal
from client.organizer.rehash import Expected, rehash
from client.organizer.store import write_at
from client.organizer.tables import BundleRow, ReceiptRow, SealRow, SessionRow


class SealDesk:
    """Re-hashes sessions, each once at a time."""

    def __init__(self, office: Office, desk: Desk) -> None:
        """Work with the records and the folder of `office`, at `desk`."""
        self._office = office
        self._desk = desk

    def submit(self, session: SessionRow, raw: bytes, address: str) -> Future[Document]:
        """Begin, or join, the countersigning of this seal; the result is the storage receipt.

        Refusal `hashing` while another seal of the session is checked; the future raises Refusal:
        `bad_request`, `sealed`, `incomplete`, `mismatch`.
        """
        work = partial(self._countersign, session, raw, address)
        return self._desk.submit((session.id, "seal"), sha256(raw), work)

    def _countersign(self, session: SessionRow, raw: bytes, address: str) -> Document:
        digest = sha256(raw)
        known = self._known(session, digest)
        if known is not None:
            self._publish(session, known)
            return known
        seal = _seal(session, raw)
        self._is_complete(session, seal)
        folder = self._office.folder.session(session.id)
        for name in (name for name, length in seal.files.items() if length == 0):
            write_at(folder / name, 0, b"")
        try:
            stored = rehash(folder, raw, self._expected(session))
        except Refusal:
            require_as_they_came(self._office, self._rows(session))
            raise
        remove_unfinished(folder / "seal.json")  # the desk seals a session once at a time
        write_atomically(folder / "seal.json", raw)
        document = self._receipt(session, seal, digest, stored, address)
        self._keep(session, digest, document)
        return document

    def _known(self, session: SessionRow, digest: Sha256) -> Document | None:
        """Return the storage receipt given before; Refusal where it was for another seal."""
        with self._office.records.reading() as records:
            row = records.get(SealRow, session.id)
        if row is None:
            return None
        if row.seal_sha256 != digest:
            raise Refusal("sealed")
        document: Document = json.loads(row.receipt)
        return document

    def _is_complete(self, session: SessionRow, seal: Seal) -> None:
        """Every byte that the seal names has come; what came beside it is found by reading."""
        wanted = {JOURNAL: seal.journal_bytes, **seal.files}
        rows = self._rows(session)
        missing = (missing_of(name, rows, length) for name, length in wanted.items())
        require_none(list(chain.from_iterable(missing)))

    def _rows(self, session: SessionRow) -> list[BundleRow]:
        """Return the bundles of our own tracks and journal."""
        wanted = select(BundleRow).where(BundleRow.session == session.id)
        with self._office.records.reading() as records:
            return [row for row in records.scalars(wanted) if not is_foreign(row.name)]

    def _expected(self, session: SessionRow) -> Expected:
        rows = select(ReceiptRow.seq, ReceiptRow.sha256).where(ReceiptRow.session == session.id)
        with self._office.records.reading() as records:
            heads = {seq: digest for seq, digest in records.execute(rows).tuples()}  # noqa: C416 (dict() would take a result for a mapping)
        return Expected(
            session=session.id,
            session_key=PublicKey(session.session_key),
            organizer_key=self._office.public_key,
            enrolment=json.loads(session.enrolment),
            heads=heads,
        )

    def _receipt(
        self,
        session: SessionRow,
        seal: Seal,
        digest: Sha256,
        stored: dict[str, StoredFile],
        address: str,
    ) -> Document:
        receipt = StorageReceipt(
            session=session.id,
            seal_sha256=digest,
            head=seal.head,
            files=stored,
            time_us=self._office.now_us(),
            address=address,
            key=self._office.public_key,
            signature="AAAA",
        )
        return self._office.sign(receipt.model_dump(mode="json"))

    def _keep(self, session: SessionRow, digest: Sha256, document: Document) -> None:
        with self._office.records.writing() as records:
            records.add(
                SealRow(
                    session=session.id,
                    seal_sha256=digest,
                    receipt=json.dumps(document),
                    time_us=document["time_us"],
                )
            )
        self._publish(session, document)

    def _publish(self, session: SessionRow, document: Document) -> None:
        """Put the receipts beside the bytes; once more where that failed, as on a full disk."""
        path = self._office.folder.session(session.id) / "receipts.jsonl"
        if path.exists():
            return
        rows = select(ReceiptRow.document).where(ReceiptRow.session == session.id)
        with self._office.records.reading() as records:
            receipts = [json.loads(r) for r in records.scalars(rows.order_by(ReceiptRow.id))]
        signed: list[dict[str, Any]] = [json.loads(session.enrolment), *receipts, document]
        lines = b"".join(canonical(entry) + b"\n" for entry in signed)
        write_atomically(path, lines)


def _seal(session: SessionRow, raw: bytes) -> Seal:
    """Return the seal, once it is well formed, this session's, and signed by its key."""
    try:
        seal = Seal.model_validate_json(raw)
    except ValidationError as error:
        raise Refusal("bad_request", field="seal", reason="form") from error
    if (seal.session, seal.session_key) != (session.id, session.session_key):
        reason = Text("封存属于别的登记。", "The seal belongs to another enrolment.")
        raise Refusal("mismatch", reason=reason)
    if not is_signed_by(json.loads(raw), PublicKey(session.session_key)):
        reason = Text("封存的签名无效。", "The seal's signature is not valid.")
        raise Refusal("mismatch", reason=reason)
    return seal
