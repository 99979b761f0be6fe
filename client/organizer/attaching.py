"""Foreign recordings (外部录像): stored like a track, hashed whole, receipted, never judged.

They come after the seal as well: the case in which our own recorder failed is the one in which a
session may never be sealed, or was sealed long before somebody brings the phone.
"""

from __future__ import annotations

import json
from concurrent.futures import Future
from functools import partial
from threading import Lock

from sqlalchemy import func, select

from client.base.files import write_atomically
from client.base.text import Text
from client.contest.attachment import Attachment, AttachmentReceipt
from client.contest.signed import Document, canonical
from client.evidence.layout import SessionFolder
from client.organizer.desk import Desk
from client.organizer.missing import missing_of, require_as_they_came, require_none
from client.organizer.office import Office
from client.organizer.problems import Refusal
from client.organizer.store import digest_of
from client.organizer.tables import AttachmentRow, BundleRow, SessionRow

_NOT_THE_LISTED = Text(
    "收到的内容与清单中的摘要不同。", "What was stored has another digest than the list says."
)
_TOO_MANY = Text("清单中的外部录像过多。", "The list holds too many foreign recordings.")
MOST_RECEIPTS = 200
"""Of one session: the client numbers its foreign recordings from 01 to 99, and each receipt writes
the whole list anew."""
_OTHER_SESSION = Text("清单属于别的场次。", "The list belongs to another session.")


class AttachmentDesk:
    """Gives receipts for foreign recordings. Safe to use from several threads."""

    def __init__(self, office: Office, desk: Desk) -> None:
        """Work with the records and the folder of `office`, at `desk`."""
        self._office = office
        self._desk = desk
        self._publishing = Lock()

    def submit(self, session: SessionRow, attachment: Attachment, address: str) -> Future[Document]:
        """Begin, or join, the hashing of this file; the result is its receipt.

        Refusal `hashing` while another one is; the future raises Refusal: `incomplete`, `mismatch`.
        """
        work = partial(self._receipt, session, attachment, address)
        return self._desk.submit((session.id, "attachment"), attachment.digest, work)

    def _receipt(self, session: SessionRow, attachment: Attachment, address: str) -> Document:
        known = self._known(session, attachment)
        if known is not None:
            self._publish(session)
            return known
        if attachment.session != session.id:
            raise Refusal("mismatch", reason=_OTHER_SESSION)
        if self._count(session) >= MOST_RECEIPTS:
            raise Refusal("mismatch", reason=_TOO_MANY)
        rows = self._rows(session, attachment)
        require_none(missing_of(attachment.name, rows, attachment.bytes))
        path = SessionFolder(self._office.folder.session(session.id)).foreign(attachment.name)
        has_all = path.exists() and path.stat().st_size == attachment.bytes
        if not has_all or digest_of(path, 0, attachment.bytes) != attachment.sha256:
            require_as_they_came(self._office, rows)
            raise Refusal("mismatch", reason=_NOT_THE_LISTED)
        document = self._signed(session, attachment, address)
        self._keep(session, attachment, document)
        return document

    def _known(self, session: SessionRow, attachment: Attachment) -> Document | None:
        wanted = select(AttachmentRow).where(
            AttachmentRow.session == session.id, AttachmentRow.digest == attachment.digest
        )
        with self._office.records.reading() as records:
            row = records.scalar(wanted)
        if row is None:
            return None
        document: Document = json.loads(row.receipt)
        return document

    def _count(self, session: SessionRow) -> int:
        counted = select(func.count()).select_from(AttachmentRow)
        with self._office.records.reading() as records:
            return records.scalar(counted.where(AttachmentRow.session == session.id)) or 0

    def _rows(self, session: SessionRow, attachment: Attachment) -> list[BundleRow]:
        wanted = select(BundleRow).where(
            BundleRow.session == session.id, BundleRow.name == attachment.name
        )
        with self._office.records.reading() as records:
            return list(records.scalars(wanted))

    def _signed(self, session: SessionRow, attachment: Attachment, address: str) -> Document:
        receipt = AttachmentReceipt(
            session=session.id,
            attachment_sha256=attachment.digest,
            name=attachment.name,
            bytes=attachment.bytes,
            sha256=attachment.sha256,
            time_us=self._office.now_us(),
            address=address,
            key=self._office.public_key,
            signature="AAAA",
        )
        return self._office.sign(receipt.model_dump(mode="json"))

    def _keep(self, session: SessionRow, attachment: Attachment, document: Document) -> None:
        with self._office.records.writing() as records:
            records.add(
                AttachmentRow(
                    session=session.id,
                    digest=attachment.digest,
                    attachment=attachment.line.decode(),
                    receipt=json.dumps(document),
                )
            )
        self._publish(session)

    def _publish(self, session: SessionRow) -> None:
        """Put list and receipts beside the bytes, as `verify` reads them."""
        wanted = select(AttachmentRow).where(AttachmentRow.session == session.id)
        folder = SessionFolder(self._office.folder.session(session.id))
        with self._publishing, self._office.records.reading() as records:
            rows = list(records.scalars(wanted.order_by(AttachmentRow.id)))
            lines = "".join(f"{row.attachment}\n" for row in rows)
            receipts = b"".join(canonical(json.loads(row.receipt)) + b"\n" for row in rows)
            write_atomically(folder.attachments, lines.encode())
            write_atomically(folder.attachment_receipts, receipts)
