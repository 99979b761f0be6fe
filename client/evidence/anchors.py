"""What the organizer signed about a session: plan, enrolment, receipts, storage receipt.

A receipt is an anchor twice: the line that it names is older than its time, the line that carries
it is younger. What lies between two anchors close together was written between those moments.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from client.base.bounded import OVERLONG, TooLargeError, lines_of
from client.base.clock import SECOND_US
from client.base.errors import PlanError
from client.contest.plan import Plan, PublishedPlan, load_plan, read_plan
from client.contest.receipt import Enrolment, Receipt, StorageReceipt, StoredFile
from client.contest.signed import Document, PublicKey, canonical, is_signed_by
from client.evidence.chain import MAX_FINDINGS
from client.evidence.entries import Opening, ReceiptSeen
from client.evidence.findings import Finding, Place, find
from client.evidence.journal import Line
from client.evidence.ledger import Piece
from client.evidence.seal import Seal
from client.evidence.timeline import Stretch, Timeline, united, within

RECEIPTS = "receipts.jsonl"
LEAST_STRETCH_US = 10 * SECOND_US
"""A shorter stretch without receipt is ordinary, however often heartbeats are asked for."""
MISSED_HEARTBEATS = 3
DRIFT_US = 5 * SECOND_US
DRIFT_PERCENT = 1

Signed = TypeVar("Signed", Enrolment, Receipt, StorageReceipt)


@dataclass
class Organizer:
    """Whom to believe: the plan's keys, or the one the judge brings."""

    plan: Plan | None = None
    keys: frozenset[PublicKey] = frozenset()
    findings: list[Finding] = field(default_factory=list)


@dataclass
class Documents:
    """The valid documents of `receipts.jsonl` and journal."""

    enrolment: Enrolment | None = None
    enrolled_late: bool = False
    """The enrolment came after the recording had begun: it is not in the opening."""
    receipts: list[Receipt] = field(default_factory=list)
    storage: list[StorageReceipt] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def check_plan(path: Path, opening: Opening, brought: PublicKey | None) -> Organizer:
    """Check the plan against the opening, and whose it is; findings: plan_*, other_organizer."""
    if opening.plan_sha256 is None and not path.exists():
        return Organizer(keys=frozenset({brought} if brought else ()))
    if not path.is_file():
        findings = [find("plan_missing", Place(file=path.name))]
        return Organizer(None, frozenset({brought} if brought else ()), findings)
    place = Place(file=path.name)
    try:
        published = read_plan(path)
    except PlanError as error:
        facts = {"reason": error.title.zh, "reason_en": error.title.en}
        return Organizer(None, frozenset(), [find("plan_invalid", place, **facts)])
    organizer = Organizer(
        published.plan, frozenset(PublicKey(key) for key in published.plan.organizer.keys)
    )
    if published.sha256 != opening.plan_sha256:
        organizer.findings.append(find("plan_changed", place, where="opening"))
    if brought is not None and not _is_of(published, brought):
        organizer.keys = frozenset({brought})
        organizer.findings.append(find("other_organizer", place))
    return organizer


def _is_of(published: PublishedPlan, key: PublicKey) -> bool:
    try:
        load_plan(published.raw, key)
    except PlanError:
        return False
    return True


def receipts_in(path: Path) -> list[bytes]:
    """Return the lines of receipts.jsonl as far as it may go; none where there is no such file.

    They name lines of a journal that is read afterwards: both grow while a session is recorded.
    """
    found: list[bytes] = []
    if path.is_file():
        try:
            found.extend(lines_of(path))
        except TooLargeError:
            found.append(OVERLONG)
    return found


def read_documents(
    receipts: Sequence[bytes], lines: Sequence[Line], opening: Opening, organizer: Organizer
) -> Documents:
    """Check all signed documents; findings: enrolment_wrong, receipt_*, storage_wrong, ...

    A receipt is checked once, though uploader and recorder both keep it.
    """
    reader = _DocumentReader(opening, organizer, {line.seq: line for line in lines})
    if opening.enrolment is not None:
        reader.enrolment(opening.enrolment, Place(file="journal.jsonl", line=1))
    found = reader.documents
    found.enrolled_late = opening.enrolment is None
    for number, raw in enumerate(receipts, start=1):
        reader.line(raw, Place(file=RECEIPTS, line=number))
    kept = {raw.rstrip(b"\n") for raw in receipts}
    for line in lines:
        if isinstance(line.entry, ReceiptSeen) and canonical(line.entry.receipt) not in kept:
            place = Place(file="journal.jsonl", line=line.seq + 1)
            reader.receipt(line.entry.receipt, place)
            found.findings.append(find("receipt_missing", place))
    return found


class _DocumentReader:
    """Checks one untrusted document after the other."""

    def __init__(self, opening: Opening, organizer: Organizer, lines: dict[int, Line]) -> None:
        self.documents = Documents()
        self._counts: Counter[str] = Counter()
        self._opening = opening
        self._keys = organizer.keys
        self._lines = lines

    def line(self, raw: bytes, place: Place) -> None:
        """Take a line of receipts.jsonl; it must be the canonical form of a known document."""
        try:
            document: Any = json.loads(raw)
            whole = isinstance(document, dict) and canonical(document) + b"\n" == raw
        except (ValueError, RecursionError):
            whole = False
        takes = {
            "saijian.enrolment/1": self.enrolment,
            "saijian.receipt/1": self.receipt,
            "saijian.storage/1": self.storage,
        }
        if not whole or str(document.get("kind")) not in takes:
            self._report(find("receipts_damaged", place))
            return
        takes[document["kind"]](document, place)

    def enrolment(self, document: Document, place: Place) -> None:
        enrolment = self._signed(Enrolment, document, place, "enrolment_wrong")
        if enrolment is None:
            return
        opening = self._opening
        wrong = [
            name
            for name, is_so, should_be in (
                ("session_key", enrolment.session_key, opening.session_key),
                ("plan_sha256", enrolment.plan_sha256, opening.plan_sha256),
                ("paper", enrolment.paper, opening.paper),
                ("role", enrolment.role, opening.role),
            )
            if is_so != should_be
        ]
        if wrong:
            self._report(find("enrolment_wrong", place, reason=", ".join(wrong)))
        elif self.documents.enrolment is None:
            self.documents.enrolment = enrolment

    def receipt(self, document: Document, place: Place) -> None:
        receipt = self._signed(Receipt, document, place, "receipt_wrong")
        if receipt is None:
            return
        line = self._lines.get(receipt.head.seq)
        if line is None or line.head != receipt.head:
            self._report(find("receipt_wrong", place, reason="head"))
        else:
            self.documents.receipts.append(receipt)

    def storage(self, document: Document, place: Place) -> None:
        storage = self._signed(StorageReceipt, document, place, "storage_wrong")
        if storage is not None:
            self.documents.storage.append(storage)

    def _signed(
        self, kind: type[Signed], document: Document, place: Place, code: str
    ) -> Signed | None:
        try:
            value = kind.model_validate(document)
        except ValidationError as error:
            where = ".".join(str(part) for part in error.errors()[0]["loc"])
            self._report(find(code, place, reason=where or "kind"))
            return None
        if PublicKey(value.key) not in self._keys:
            self._report(find(code, place, reason="organizer key"))
        elif not is_signed_by(document, PublicKey(value.key)):
            self._report(find(code, place, reason="signature"))
        elif value.session != self._opening.session:
            self._report(find(code, place, reason="session"))
        else:
            return value
        return None

    def _report(self, finding: Finding) -> None:
        self._counts[finding.code] += 1
        if self._counts[finding.code] <= MAX_FINDINGS:
            self.documents.findings.append(finding)


def check_storage(
    receipts: Sequence[StorageReceipt],
    seal: Seal | None,
    seal_sha256: str,
    files: Mapping[str, StoredFile],
    away: AbstractSet[str] = frozenset(),
) -> Iterator[Finding]:
    """Compare storage receipts with what is here: no_storage_receipt, storage_wrong.

    Nothing can be said of files that are `away`, on a drive that is not connected. An empty file
    need not be stored: a recorder died between making it and its first byte.
    """
    if not receipts or seal is None:
        yield find("no_storage_receipt", Place(file=RECEIPTS))
        return
    empty = {name for name, file in files.items() if file.bytes == 0}
    for receipt in receipts:
        wrong = []
        if receipt.seal_sha256 != seal_sha256:
            wrong.append("seal")
        if receipt.head != seal.head:
            wrong.append("head")
        wrong += sorted(
            name
            for name in {*receipt.files, *(files.keys() - empty)} - away
            if receipt.files.get(name) != files.get(name)
        )
        if wrong:
            yield find("storage_wrong", Place(file=RECEIPTS), reason=", ".join(wrong))


@dataclass(frozen=True, slots=True)
class Anchor:
    """A moment of the organizer's clock between two lines of the journal."""

    time_us: int
    older_us: int
    """The receipted line was there already at this session time."""
    younger_us: int | None
    """The line that carries the receipt; None where no line does."""


def check_anchors(
    anchors: Sequence[Anchor],
    documents: Documents,
    plan: Plan | None,
    timeline: Timeline,
    pieces: Sequence[Piece],
) -> Iterator[Finding]:
    """Find the stretches of the recording that no organizer brackets: unanchored, clock_*.

    Lines are bracketed; so is what `pieces` hold where a line signed it as it was recorded.
    """
    window = (0, max(timeline.end_us, 0))
    heartbeat = plan.upload.heartbeat_seconds * SECOND_US if plan else 0
    longest = max(LEAST_STRETCH_US, MISSED_HEARTBEATS * heartbeat)
    loose = [*_unbracketed(anchors, documents, window, longest), *_kept(anchors, pieces, longest)]
    for stretch in within(loose, window):
        yield find("unanchored", timeline.place(stretch))
    yield from _disagreements(anchors, timeline)


def anchors_of(lines: Sequence[Line], documents: Documents, timeline: Timeline) -> list[Anchor]:
    """Return what the valid receipts say of the organizer's clock, in order."""
    by_seq = {line.seq: line for line in lines}
    carried: dict[str, int] = {}
    for line in lines:
        if isinstance(line.entry, ReceiptSeen):
            carried.setdefault(str(line.entry.receipt.get("nonce")), timeline.of(line))
    unique = {receipt.nonce: receipt for receipt in documents.receipts}
    anchors = [
        Anchor(r.time_us, timeline.of(by_seq[r.head.seq]), carried.get(r.nonce))
        for r in unique.values()
    ]
    return sorted(anchors, key=lambda anchor: (anchor.older_us, anchor.time_us))


def organizers_us(anchors: Sequence[Anchor], moment_us: int) -> int | None:
    """Return what the organizer's clock showed at a session time; None where no receipt tells.

    The nearest receipt whose two lines lie close together is believed, right to half of DRIFT_US.
    """
    close = [
        (abs(anchor.older_us - moment_us), anchor.time_us - (anchor.older_us + younger_us) // 2)
        for anchor in anchors
        if (younger_us := anchor.younger_us) is not None
        and younger_us - anchor.older_us <= DRIFT_US
    ]
    return min(close)[1] + moment_us if close else None


def _unbracketed(
    anchors: Sequence[Anchor], documents: Documents, window: Stretch, longest: int
) -> Iterator[Stretch]:
    """Yield the stretches from one younger line to the next older line that are too long."""
    start, end = window
    since: int | None = None
    if documents.enrolment is not None and not documents.enrolled_late:
        since = start
    for anchor in anchors:
        until = min(anchor.older_us, end)
        if since is None:
            if until > start:
                yield start, until
        elif until - since > longest:
            yield since, until
        if anchor.younger_us is not None:
            since = max(start if since is None else since, min(anchor.younger_us, end))
    if since is None:
        yield start, end
    elif end - since > longest:
        yield since, end


def _kept(anchors: Sequence[Anchor], pieces: Sequence[Piece], longest: int) -> Iterator[Stretch]:
    """Yield what may have been made at another time than the receipts around it say.

    A receipt that was kept for a later line brackets nothing before that; media that was not signed
    as it was recorded is as old as its line. Only what is recorded in between counts: a recorder
    that died could not sign.
    """
    recorded = united([piece.stretch for piece in pieces if piece.stretch is not None], SECOND_US)
    for anchor in anchors:
        if anchor.younger_us is not None:
            carried = (anchor.older_us, anchor.younger_us)
            if _length(within(recorded, carried)) > longest:
                yield carried
    for piece in pieces:
        if piece.stretch is not None:
            start, end = piece.stretch
            delay = _length(within(recorded, (start, piece.signed_us)))
            if delay > longest or end - piece.signed_us > longest:
                yield piece.stretch


def _length(stretches: Iterable[Stretch]) -> int:
    return sum(end - start for start, end in stretches)


@dataclass(frozen=True, slots=True)
class _Offset:
    """By how much the organizer's clock is ahead of the session's, as receipts since then tell."""

    since_us: int
    """The line that carries the first of them."""
    time_us: int
    """The organizer's time in it."""
    at_least: int
    at_most: int

    def disagreement(self, other: _Offset) -> int:
        """Return by how much a later one contradicts this one; 0 within what clocks may differ."""
        off = max(other.at_least - self.at_most, self.at_least - other.at_most)
        passed = abs(other.time_us - self.time_us)
        return off if off > DRIFT_US + passed * DRIFT_PERCENT // 100 else 0

    def with_(self, other: _Offset) -> _Offset:
        """Return what both tell."""
        at_least, at_most = max(self.at_least, other.at_least), min(self.at_most, other.at_most)
        return _Offset(self.since_us, self.time_us, at_least, at_most)


def _disagreements(anchors: Sequence[Anchor], timeline: Timeline) -> Iterator[Finding]:
    """Compare what passed here with what passed at the organizer.

    Since the receipt before, and since the clocks last disagreed: what may be a little in each
    heartbeat must not add up to half of the time.
    """
    before: _Offset | None = None
    known: _Offset | None = None
    for anchor in anchors:
        if anchor.younger_us is None:
            continue
        younger, time = anchor.younger_us, anchor.time_us
        now = _Offset(younger, time, time - younger, time - anchor.older_us)
        told = [past for past in (before, known) if past is not None]
        found = [(off, past) for past in told if (off := past.disagreement(now))]
        for off, past in found[:1]:
            place = timeline.place((past.since_us, younger))
            yield find("clock_disagrees", place, count=round(off / SECOND_US))
        before = now
        known = now if known is None or found else known.with_(now)
