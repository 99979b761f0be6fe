"""Foreign recordings (外部录像) of a session as they lie there: the list, the receipts, the bytes.

They are shown and never judged: whatever is wrong with one, the verdict on our own tracks stays.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from client.base.bounded import is_torn, require_bounded, whole_lines
from client.base.files import AppendFile
from client.base.text import Text
from client.contest.attachment import Attachment, AttachmentReceipt, AttachmentRefusal
from client.contest.signed import PublicKey, canonical, is_signed_by
from client.contest.values import Value
from client.evidence.copying import Tally, hash_file
from client.evidence.layout import SessionFolder

V = TypeVar("V", bound=Value)
Keys = Iterable[str] | None
"""Whose receipts count; None takes the uploader's word, which keeps none but the organizer's."""


@dataclass(frozen=True, slots=True)
class ForeignReport:
    """One foreign recording, as `verify` shows it."""

    attachment: Attachment
    is_intact: bool
    """The file is there, with the bytes that the list names."""
    in_journal: bool
    """The recorder noted its digest while it was running: signed by the session's key."""
    received_us: int | None
    """Since when the organizer has it, by its own signed word; None without a receipt."""
    refused: Text | None = None
    """Why the organizer did not take it, as the uploader noted; None with a receipt."""


def attachments_of(folder: SessionFolder) -> list[Attachment]:
    """Return the list; a line that is torn or no attachment is passed over."""
    found = (_read(line, Attachment) for line in _lines(folder.attachments))
    return [attachment for attachment in found if attachment is not None]


def receipts_of(folder: SessionFolder, keys: Keys) -> dict[str, AttachmentReceipt]:
    """Return the receipts signed by one of `keys`, by the digest of the line they are for."""
    found: dict[str, AttachmentReceipt] = {}
    known = None if keys is None else set(keys)
    for line in _lines(folder.attachment_receipts):
        receipt = _read(line, AttachmentReceipt)
        if receipt is None:
            continue
        if known is None or (receipt.key in known and _is_signed(line, receipt.key)):
            found.setdefault(receipt.attachment_sha256, receipt)
    return found


def refusals_of(folder: SessionFolder) -> dict[str, AttachmentRefusal]:
    """Return what the organizer refused, by the digest of its line, as told last; unsigned."""
    found = (_read(line, AttachmentRefusal) for line in _lines(folder.attachment_refusals))
    return {refusal.attachment_sha256: refusal for refusal in found if refusal is not None}


def unreceipted(folder: SessionFolder, keys: Keys) -> list[Attachment]:
    """Return what the organizer has given no receipt for yet, in order."""
    receipts = receipts_of(folder, keys)
    return [a for a in attachments_of(folder) if not _has_receipt(a, receipts)]


def refused(folder: SessionFolder, keys: Keys) -> list[Attachment]:
    """Return what the organizer refused and has not taken after all, in order."""
    refusals = refusals_of(folder)
    return [a for a in unreceipted(folder, keys) if a.digest in refusals]


def owed(folder: SessionFolder, keys: Keys) -> list[Attachment]:
    """Return what has neither receipt nor final refusal yet, in order: it is still to be sent."""
    final = {digest for digest, refusal in refusals_of(folder).items() if refusal.is_final}
    return [a for a in unreceipted(folder, keys) if a.digest not in final]


def unanswered(folder: SessionFolder, keys: Keys) -> list[Attachment]:
    """Return what has neither receipt nor any refusal yet, in order."""
    refusals = refusals_of(folder)
    return [a for a in unreceipted(folder, keys) if a.digest not in refusals]


def refused_us(folder: SessionFolder, keys: Keys) -> int:
    """Return when the last one was refused that may still be taken; 0 where there is none."""
    refusals = refusals_of(folder)
    found = (refusals[a.digest] for a in refused(folder, keys))
    return max((refusal.time_us for refusal in found if not refusal.is_final), default=0)


def settled_us(folder: SessionFolder, keys: Keys, not_before_us: int) -> int | None:
    """Return when the last one was taken or refused; None before that, or if there are none.

    A refusal has the time of this computer's clock, which counts as `not_before_us` at least.
    """
    listed = attachments_of(folder)
    if not listed or unanswered(folder, keys):
        return None
    receipts, refusals = receipts_of(folder, keys), refusals_of(folder)
    return max(
        receipts[a.digest].time_us
        if _has_receipt(a, receipts)
        else max(refusals[a.digest].time_us, not_before_us)
        for a in listed
    )


def require_lists(folder: SessionFolder) -> None:
    """Raise TooLargeError where one of the lists is longer than it is ever read."""
    for path in (folder.attachments, folder.attachment_receipts, folder.attachment_refusals):
        require_bounded(path)


def append_line(folder: SessionFolder, attachment: Attachment) -> None:
    """Put one attachment at the end of the list; it is on the disk when this returns."""
    _append(AppendFile(folder.attachments), attachment.line)


def append_receipt(folder: SessionFolder, document: dict[str, Any]) -> None:
    """Keep the organizer's receipt; it is on the disk when this returns."""
    _append(AppendFile(folder.attachment_receipts), canonical(document))


def append_refusal(folder: SessionFolder, refusal: AttachmentRefusal) -> None:
    """Note that the organizer refused it; it is on the disk when this returns."""
    _append(AppendFile(folder.attachment_refusals), canonical(refusal.model_dump()))


def check_foreign(
    folder: SessionFolder, keys: Keys, noted: Iterable[str], tally: Tally
) -> tuple[ForeignReport, ...]:
    """Read and hash every foreign recording; `noted` are the sentences of the journal's notes."""
    receipts, said = receipts_of(folder, keys), "\n".join(noted)
    why = {digest: Text(known.zh, known.en) for digest, known in refusals_of(folder).items()}
    return tuple(
        ForeignReport(
            attachment,
            _is_intact(folder, attachment, tally),
            attachment.sha256 in said,
            receipts[attachment.digest].time_us if _has_receipt(attachment, receipts) else None,
            None if _has_receipt(attachment, receipts) else why.get(attachment.digest),
        )
        for attachment in attachments_of(folder)
    )


def _is_intact(folder: SessionFolder, attachment: Attachment, tally: Tally) -> bool:
    """Tell; a file that cannot be read is none, and must not end the judging of our tracks."""
    path = folder.foreign(attachment.name)
    try:
        return hash_file(path, tally) == (attachment.bytes, attachment.sha256)
    except OSError:
        return False


def _has_receipt(attachment: Attachment, receipts: dict[str, AttachmentReceipt]) -> bool:
    receipt = receipts.get(attachment.digest)
    return receipt is not None and receipt.is_of(attachment)


def _append(file: AppendFile, line: bytes) -> None:
    """Append a line; one that a kill tore before is ended first."""
    try:
        torn = is_torn(file.path)
        file.append((b"\n" if torn else b"") + line + b"\n")
        file.sync()
    finally:
        file.close()


def _lines(path: Path) -> list[bytes]:
    """Return the whole lines; none of a file that is not there or cannot be read."""
    try:
        return whole_lines(path)
    except OSError:
        return []


def _read(line: bytes, kind: type[V]) -> V | None:
    try:
        return kind.model_validate_json(line)
    except ValidationError:
        return None


def _is_signed(line: bytes, key: str) -> bool:
    return is_signed_by(json.loads(line), PublicKey(key))
