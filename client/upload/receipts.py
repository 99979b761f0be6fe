"""The organizer's signed documents: checked before they are kept, one canonical line each."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import ValidationError

from client.base.bounded import is_torn, whole_lines
from client.base.files import AppendFile
from client.contest.attachment import Attachment, AttachmentReceipt
from client.contest.receipt import Enrolment, JournalHead, Receipt, StorageReceipt
from client.contest.signed import PublicKey, canonical, is_signed_by, sha256
from client.evidence.entries import Opening
from client.evidence.layout import SessionFolder
from client.evidence.seal import Seal

Signed = TypeVar("Signed", Enrolment, Receipt, StorageReceipt, AttachmentReceipt)


class UntrustedDocumentError(Exception):
    """A document that is not the organizer's, or not about what was asked. For the log only."""


@dataclass(frozen=True)
class Trust:
    """Whose signature counts, and which session the documents must be about."""

    keys: tuple[PublicKey, ...]
    session: str
    session_key: str

    @classmethod
    def of(cls, keys: tuple[str, ...], opening: Opening) -> Trust:
        """Return the trust of one session under the plan's organizer `keys`."""
        return cls(tuple(PublicKey(key) for key in keys), opening.session, opening.session_key)

    def receipt(self, untrusted: dict[str, Any], head: JournalHead | None = None) -> Receipt:
        """Return the receipt, of `head` where one is given; else UntrustedDocumentError."""
        receipt = self._checked(Receipt, untrusted)
        if head is not None and receipt.head != head:
            raise UntrustedDocumentError("the receipt names another head")
        return receipt

    def storage(self, untrusted: dict[str, Any], seal: bytes) -> StorageReceipt:
        """Return the storage receipt of this seal and all that it names.

        UntrustedDocumentError for anything else.
        """
        receipt = self._checked(StorageReceipt, untrusted)
        if receipt.seal_sha256 != sha256(seal):
            raise UntrustedDocumentError("the storage receipt names another seal")
        try:
            is_whole = Seal.model_validate_json(seal).is_stored_by(receipt)
        except ValidationError as error:
            raise UntrustedDocumentError("what was sealed is no seal") from error
        if not is_whole:
            raise UntrustedDocumentError("the storage receipt is of less than was sealed")
        return receipt

    def enrolment(self, untrusted: dict[str, Any]) -> Enrolment:
        """Return the enrolment of this session's key; UntrustedDocumentError for anything else."""
        enrolment = self._checked(Enrolment, untrusted)
        if enrolment.session_key != self.session_key:
            raise UntrustedDocumentError("the enrolment names another session key")
        return enrolment

    def attachment(self, untrusted: dict[str, Any], of: Attachment) -> AttachmentReceipt:
        """Return the receipt of this foreign recording; UntrustedDocumentError otherwise."""
        receipt = self._checked(AttachmentReceipt, untrusted)
        if not receipt.is_of(of):
            raise UntrustedDocumentError("the receipt names another recording")
        return receipt

    def _checked(self, kind: type[Signed], untrusted: dict[str, Any]) -> Signed:
        try:
            document = kind.model_validate(untrusted)
        except ValidationError as error:
            where = ".".join(str(part) for part in error.errors()[0]["loc"])
            raise UntrustedDocumentError(f"{kind.__name__}: {where}") from error
        key = PublicKey(document.key)
        if key not in self.keys or not is_signed_by(untrusted, key):
            raise UntrustedDocumentError(f"{kind.__name__}: not signed by the organizer")
        if document.session != self.session:
            raise UntrustedDocumentError(f"{kind.__name__}: another session")
        return document


class ReceiptBook:
    """`receipts.jsonl`, written by the uploader alone. A torn line is ended; readers skip it."""

    def __init__(self, folder: SessionFolder) -> None:
        self._path = folder.receipts
        self._lock = threading.Lock()
        self._file = AppendFile(self._path)
        self._torn = is_torn(self._path)

    def append(self, document: dict[str, Any]) -> None:
        """Return once the document is on the disk; OSError where it cannot be."""
        line = canonical(document) + b"\n"
        with self._lock:
            start, self._torn = b"\n" if self._torn else b"", True
            self._file.append(start + line)
            self._torn = False
            self._file.sync()

    def newest_first(self) -> Iterator[dict[str, Any]]:
        """Yield what complete, readable lines hold; unverified."""
        for line in reversed(whole_lines(self._path)):
            try:
                document = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(document, dict):
                yield document

    def storage(self, trust: Trust, seal: bytes) -> StorageReceipt | None:
        """Return the storage receipt of `seal` if it was received before."""
        return self._newest(lambda document: trust.storage(document, seal))

    def last(self, trust: Trust) -> Receipt | None:
        """Return the last heartbeat receipt of this session."""
        return self._newest(trust.receipt)

    def _newest(self, check: Callable[[dict[str, Any]], Signed]) -> Signed | None:
        for document in self.newest_first():
            with contextlib.suppress(UntrustedDocumentError):
                return check(document)
        return None

    def close(self) -> None:
        """Close the file."""
        self._file.close()
