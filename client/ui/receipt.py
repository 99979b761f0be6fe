"""The organizer's storage receipt of a session, for the last page."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from client.base.bounded import whole_lines
from client.contest.receipt import StorageReceipt
from client.contest.signed import PublicKey, is_signed_by
from client.ui import times

NUMBER_DIGITS = 12


@dataclass(frozen=True)
class ReceiptSummary:
    """What a contestant may want to note down."""

    number: str
    """The first digits of the seal's digest: enough to find the receipt at the organizer's."""
    session: str
    seal_sha256: str
    time_us: int
    """The organizer's time of storing."""
    files: int
    bytes: int

    def code(self) -> str:
        """Return the text of the QR code, ASCII: what a judge's `saijian verify` shows as well."""
        lines = (
            f"SaiJian receipt {self.number}",
            f"session {self.session}",
            f"seal sha256 {self.seal_sha256}",
            f"stored {times.day_and_hour(self.time_us)} +08:00",
        )
        return "\n".join(lines)


def load_receipt(receipts: Path, keys: tuple[str, ...]) -> ReceiptSummary | None:
    """Return the storage receipt in `receipts.jsonl` signed by one of `keys`, or None. Blocks."""
    try:
        lines = whole_lines(receipts)
    except OSError:
        return None
    for line in reversed(lines):
        found = _storage(line, keys)
        if found is not None:
            size = sum(file.bytes for file in found.files.values())
            number = found.seal_sha256[:NUMBER_DIGITS].upper()
            return ReceiptSummary(
                number, found.session, found.seal_sha256, found.time_us, len(found.files), size
            )
    return None


def _storage(untrusted: bytes, keys: tuple[str, ...]) -> StorageReceipt | None:
    try:
        document = json.loads(untrusted)
        receipt = StorageReceipt.model_validate(document)
    except (ValueError, RecursionError):  # pydantic's ValidationError is a ValueError
        return None
    known = receipt.key in keys and is_signed_by(document, PublicKey(receipt.key))
    return receipt if known else None
