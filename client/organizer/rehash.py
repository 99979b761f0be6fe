"""Reading a stored session from its first byte to its last, before the organizer countersigns it.

What a judge checks without the organizer's help is `evidence.verify`'s work: chain, signatures,
ranges, close record, seal. What only the organizer knows is added here: the enrolment that it gave,
the receipts that it signed, and the heads that it saw while the session was running.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from client.base.text import Text
from client.contest.receipt import StoredFile
from client.contest.signed import PublicKey, is_signed_by
from client.evidence.entries import Opening, ReceiptSeen
from client.evidence.findings import Verdict
from client.evidence.journal import Line
from client.organizer.problems import Refusal


@dataclass(frozen=True)
class Expected:
    """What the organizer knows of a session beside its files."""

    session: str
    session_key: PublicKey
    organizer_key: PublicKey
    enrolment: Mapping[str, Any]
    heads: Mapping[int, str]
    """Digest of each journal line that was receipted, by its number."""


def rehash(folder: Path, seal: bytes, expected: Expected) -> dict[str, StoredFile]:
    """Return bytes and SHA-256 of the journal and of every track file.

    Raises Refusal `mismatch`, naming file and place, at the first contradiction.
    """
    from client.evidence.verify import read_stored  # brings PyAV along: only where it is needed

    stored = read_stored(folder, lambda _: None, expected.session_key, seal)
    for finding in stored.findings:
        if finding.verdict >= Verdict.INCOMPLETE:
            raise Refusal("mismatch", reason=finding.text)
    for reason in contradictions(stored.chain.lines, expected):
        raise Refusal("mismatch", reason=reason)
    return stored.hashed.files


def contradictions(lines: Iterable[Line], expected: Expected) -> Iterator[Text]:
    """Yield what in these lines is not what the organizer knows."""
    last = -1
    for line in lines:
        last = line.seq
        if expected.heads.get(line.seq, line.head.sha256) != line.head.sha256:
            yield _line(line.seq, Text("与当时的回执不同", "is not the one that was receipted"))
        if isinstance(line.entry, Opening):
            yield from _opening(line.entry, expected)
        elif isinstance(line.entry, ReceiptSeen):
            yield from _receipt(line.seq, line.entry, expected)
    for seq in sorted(expected.heads):
        if seq > last:
            yield _line(seq, Text("有过回执，而今缺失", "was receipted and is missing now"))


def _opening(entry: Opening, expected: Expected) -> Iterator[Text]:
    ours = (expected.session, expected.session_key)
    if (entry.session, entry.session_key) != ours or (
        entry.enrolment is not None and entry.enrolment != expected.enrolment
    ):
        yield _line(0, Text("属于别的登记", "belongs to another enrolment"))


def _receipt(seq: int, entry: ReceiptSeen, expected: Expected) -> Iterator[Text]:
    ours = is_signed_by(entry.receipt, expected.organizer_key)
    if not ours or entry.receipt.get("session") != expected.session:
        yield _line(seq, Text("的回执不是本组委会的", "carries a receipt that is not ours"))


def _line(seq: int, what: Text) -> Text:
    return Text(f"日志第 {seq + 1} 行{what.zh}。", f"Journal line {seq + 1} {what.en}.")
