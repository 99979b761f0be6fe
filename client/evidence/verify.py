"""Verifying a session folder: ordered checks, each yielding findings; the worst one is the verdict.

Nothing to check is never good: a session without lines, ranges, enrolment or storage receipt has a
finding for it, and AUTHENTIC is given only where all of these were seen and found right.

`read_stored` is the part that needs neither plan nor receipts: chain, ranges and seal. It is for
whoever stores a session and wants to know that the bytes are the signed ones, too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from client.base.bounded import read_start
from client.base.files import open_file
from client.contest.receipt import StoredFile
from client.contest.signed import PublicKey, is_signed_by, sha256
from client.evidence.anchors import (
    Documents,
    Organizer,
    anchors_of,
    check_anchors,
    check_plan,
    check_storage,
    read_documents,
    receipts_in,
)
from client.evidence.attachments import ForeignReport, attachments_of, check_foreign
from client.evidence.chain import Chain, read_chain
from client.evidence.copying import Tally
from client.evidence.coverage import (
    Coverage,
    Rules,
    check_coverage,
    check_media_times,
    promised,
    required_by,
)
from client.evidence.entries import Device, Note, Opening, Pair, Step
from client.evidence.findings import Finding, Place, Verdict, find
from client.evidence.hours import check_hours
from client.evidence.layout import JOURNAL, SessionFolder
from client.evidence.ledger import FileLedger, Hashed, Ledger, hash_tracks, read_ledger
from client.evidence.media import Claim, TrackInfo, probe
from client.evidence.report import (
    AddressReport,
    DeviceReport,
    PairReport,
    Report,
    TrackReport,
    Trust,
    seconds,
)
from client.evidence.seal import MAX_SEAL_BYTES, Seal
from client.evidence.subject import Subject, subject_of
from client.evidence.timeline import Timeline

Progress = Callable[[int, int], None]
"""Told bytes read and bytes altogether."""


@dataclass
class Stored:
    """What lies in a folder, checked against nothing but its own signatures."""

    chain: Chain
    timeline: Timeline | None = None
    ledger: Ledger = field(default_factory=Ledger)
    hashed: Hashed = field(default_factory=Hashed)
    seal: Seal | None = None
    seal_sha256: str = ""
    findings: list[Finding] = field(default_factory=list)


def verify(
    folder: Path,
    organizer_key: PublicKey | None = None,
    *,
    decode: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Verify the session in `folder`, writing nothing; `organizer_key` is whom the judge trusts.

    With `decode` all frames are decoded as well. OSError where an existing file cannot be read.
    """
    trust: Trust = "organizer key given" if organizer_key else "self-consistent only"
    if not folder.is_dir():
        return Report(Verdict.UNREADABLE, trust, findings=(find("no_folder"),))
    session = SessionFolder(folder)
    count = _counter(session, progress)
    receipts = receipts_in(session.receipts)
    stored = read_stored(folder, count)
    opening = stored.chain.opening
    if opening is None or stored.timeline is None:
        return _unreadable(session, stored, trust, organizer_key)
    organizer = check_plan(session.plan, opening, organizer_key)
    documents = read_documents(receipts, stored.chain.lines, opening, organizer)
    infos = _probe(session, stored, decode=decode)
    rules = _rules(opening, organizer, stored)
    coverage = check_coverage(stored.chain.lines, stored.timeline, stored.ledger, infos, rules)
    findings = [
        *organizer.findings,
        *stored.findings,
        *documents.findings,
        *_check_trust(stored, stored.timeline, organizer, documents, rules),
        *_check_playing(stored, stored.timeline, infos),
        *_check_ending(stored, opening, stored.timeline, coverage),
        *coverage.findings,
    ]
    return Report(
        _verdict(findings, stored, documents),
        trust,
        opening.session,
        tuple(findings),
        _tracks(stored, infos),
        _devices(stored.chain),
        _pairs(stored.chain, stored.timeline),
        _addresses(documents),
        len({receipt.nonce for receipt in documents.receipts}),
        seconds(max(0, stored.timeline.end_us)),
        seconds(coverage.proved_us),
        _subject(opening, organizer, documents, stored.timeline),
        _foreign(session, organizer, stored.chain, count),
    )


def read_stored(
    folder: Path,
    progress: Callable[[int], None],
    session_key: PublicKey | None = None,
    seal_bytes: bytes | None = None,
) -> Stored:
    """Read and hash everything once; findings of chain, ledger, tracks, close record and seal.

    No finding above AUTHENTIC: all is well, as signed by `session_key` (None: the journal's own).
    `seal_bytes` are the seal's where no file holds it yet; `progress` is told the bytes read.
    A seal that is written while the rest is read is none yet.
    """
    path = SessionFolder(folder).seal
    if seal_bytes is None and path.is_file():
        seal_bytes = read_start(path, MAX_SEAL_BYTES)
    chain = read_chain(folder / JOURNAL, session_key)
    stored = Stored(chain, findings=list(chain.findings))
    if not chain.lines:
        return stored
    stored.timeline = Timeline(chain.lines)
    stored.ledger = read_ledger(chain.lines, stored.timeline)
    stored.hashed = hash_tracks(folder, chain, stored.ledger, stored.timeline, progress)
    stored.hashed.files[JOURNAL] = _hash_journal(folder / JOURNAL)
    stored.findings += [*stored.ledger.findings, *stored.hashed.findings]
    stored.findings += _check_close(chain, stored.ledger)
    if seal_bytes is not None:
        stored.seal_sha256 = sha256(seal_bytes)
        stored.findings += _read_seal(stored, seal_bytes)
    elif chain.close is not None:
        stored.findings.append(find("no_seal", Place(file=path.name)))
    return stored


def _counter(folder: SessionFolder, progress: Progress | None) -> Callable[[int], None]:
    if progress is None:
        return lambda _: None
    report = progress
    total = sum(path.stat().st_size for path in folder.tracks() if path.is_file())
    total += sum(attachment.bytes for attachment in attachments_of(folder))
    done = 0

    def count(new: int) -> None:
        nonlocal done
        done += new
        report(done, total)

    return count


def _hash_journal(path: Path) -> StoredFile:
    with open_file(path) as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return StoredFile(bytes=file.tell(), sha256=digest)


def _check_close(chain: Chain, ledger: Ledger) -> Iterator[Finding]:
    if chain.close is None:
        return
    journalled = {name: known.size for name, known in ledger.files.items()}
    for name in sorted({*journalled, *chain.close.files}):
        if journalled.get(name, 0) != chain.close.files.get(name, 0):
            yield find("close_totals", Place(file=name, line=len(chain.lines)))


def _read_seal(stored: Stored, raw: bytes) -> Iterator[Finding]:
    place = Place(file="seal.json")
    if len(raw) > MAX_SEAL_BYTES:
        yield find("seal_wrong", place, reason="size")
        return
    try:
        document = json.loads(raw)
        seal = Seal.model_validate(document)
    except (ValidationError, ValueError, RecursionError):
        yield find("seal_wrong", place, reason="format")
        return
    opening, close = stored.chain.opening, stored.chain.close
    right = {
        "session": opening is not None and seal.session == opening.session,
        "session_key": opening is not None and seal.session_key == opening.session_key,
        "signature": is_signed_by(document, PublicKey(seal.session_key)),
        "head": seal.head == stored.chain.lines[-1].head,
        "journal_bytes": seal.journal_bytes == stored.hashed.files[JOURNAL].bytes,
        "close": close is not None,
        "files": close is None or dict(seal.files) == dict(close.files),
    }
    wrong = [name for name, is_right in right.items() if not is_right]
    if wrong:
        yield find("seal_wrong", place, reason=", ".join(wrong))
    else:
        stored.seal = seal


def _probe(session: SessionFolder, stored: Stored, *, decode: bool) -> dict[str, TrackInfo]:
    """Read back the files that exist; what is damaged is not asked how long it plays."""
    return {
        name: probe(session.file(name), list(_claims(known)), decode=decode)
        for name, known in stored.ledger.files.items()
        if name in stored.hashed.files
    }


def _claims(known: FileLedger) -> Iterator[Claim]:
    """Yield what the journal says of a file's bytes; those behind the last line are younger."""
    for piece in known.pieces:
        if piece.stretch is None:
            yield Claim(piece.start, None)
        else:
            start, end = piece.stretch
            yield Claim(piece.start, (start - known.epoch_us, end - known.epoch_us))
    yield Claim(known.size, None)


def _rules(opening: Opening, organizer: Organizer, stored: Stored) -> Rules:
    """A contest needs what its plan asks, real ones; a plain recording what it set out to do."""
    closed = stored.chain.close is not None
    if opening.is_plain:
        return Rules(
            promised(stored.chain.lines, stored.ledger), simulation_allowed=True, closed=closed
        )
    plan = organizer.plan
    required = required_by(plan.recording if plan is not None else None)
    rehearsal = plan is not None and plan.rehearsal
    return Rules(required, simulation_allowed=rehearsal, closed=closed)


def _check_trust(
    stored: Stored,
    timeline: Timeline,
    organizer: Organizer,
    documents: Documents,
    rules: Rules,
) -> Iterator[Finding]:
    """Check who vouches for the session, and for which moments of it; its hours by that clock."""
    anchors = anchors_of(stored.chain.lines, documents, timeline)
    if documents.enrolment is None:
        yield find("not_enrolled", Place(file=JOURNAL))
    if rules.closed and not (stored.chain.opening and stored.chain.opening.is_plain):
        away = {finding.file for finding in stored.findings if finding.code == "file_away"}
        yield from check_storage(
            documents.storage, stored.seal, stored.seal_sha256, stored.hashed.files, away
        )
    if documents.enrolment is not None:
        pieces = [piece for known in stored.ledger.files.values() for piece in known.pieces]
        yield from check_anchors(anchors, documents, organizer.plan, timeline, pieces)
    yield from check_hours(stored.chain, timeline, organizer.plan, anchors)


def _check_playing(
    stored: Stored, timeline: Timeline, infos: dict[str, TrackInfo]
) -> Iterator[Finding]:
    """Compare how the undamaged files play with what the journal says of them."""
    damaged = {f.file for f in stored.findings if f.verdict is Verdict.TAMPERED}
    sound = {name: info for name, info in infos.items() if name not in damaged}
    yield from check_media_times(stored.ledger, sound, timeline)
    for name, info in sound.items():
        errors = sum(stream.errors for stream in info.streams)
        torn = any(piece.stretch is None for piece in stored.ledger.files[name].pieces)
        if errors > (len(info.streams) if torn else 0):
            yield find("media_damaged", Place(file=name), count=errors)


def _check_ending(
    stored: Stored, opening: Opening, timeline: Timeline, coverage: Coverage
) -> Iterator[Finding]:
    if stored.chain.close is None:
        proved = f"{seconds(coverage.proved_us):.1f}"
        yield find("not_closed", Place(file=JOURNAL), proved=proved)
    yield from _check_steps(stored, opening, timeline)


def _check_steps(stored: Stored, opening: Opening, timeline: Timeline) -> Iterator[Finding]:
    """Find a contest that never began before the recording was over, or was left by hand."""
    if opening.is_plain:
        return
    taken = {e.name: e for line in stored.chain.lines if isinstance(e := line.entry, Step)}
    if "identity" not in taken:
        yield find("no_identity_step", Place(file=JOURNAL))
    elif "ended" in taken and "contest" not in taken:
        yield find("no_contest_step", Place(file=JOURNAL))
    elif "ended" in taken and taken["ended"].by == "contestant" and "handed_in" not in taken:
        yield find("ended_by_hand", timeline.place((timeline.end_us, timeline.end_us)))


def _unreadable(
    session: SessionFolder, stored: Stored, trust: Trust, key: PublicKey | None
) -> Report:
    """Return what can be said without a journal: its findings, and the foreign recordings."""
    foreign = check_foreign(session, [key] if key else [], (), Tally())
    worst = _worst(stored.findings)
    return Report(worst, trust, findings=tuple(stored.findings), foreign=foreign)


def _subject(
    opening: Opening, organizer: Organizer, documents: Documents, timeline: Timeline
) -> Subject:
    """Return which sitting it is; a plan with a finding names nothing."""
    plan = None if organizer.findings else organizer.plan
    return subject_of(opening, plan, documents.enrolment, max(0, timeline.wall_us(0)))


def _foreign(
    session: SessionFolder, organizer: Organizer, chain: Chain, count: Callable[[int], None]
) -> tuple[ForeignReport, ...]:
    """Return the foreign recordings; nothing of theirs becomes a finding."""
    notes = [line.entry.zh for line in chain.lines if isinstance(line.entry, Note)]
    return check_foreign(session, organizer.keys, notes, Tally(count))


def _worst(findings: Sequence[Finding]) -> Verdict:
    return max((finding.verdict for finding in findings), default=Verdict.UNREADABLE)


def _verdict(findings: Sequence[Finding], stored: Stored, documents: Documents) -> Verdict:
    """Return the worst finding's verdict; AUTHENTIC only where each proof is really there."""
    worst = max((finding.verdict for finding in findings), default=Verdict.AUTHENTIC)
    proofs = (stored.seal, documents.enrolment, documents.storage, stored.hashed.files)
    return worst if all(proofs) else max(worst, Verdict.UNANCHORED)


def _tracks(stored: Stored, infos: dict[str, TrackInfo]) -> tuple[TrackReport, ...]:
    return tuple(
        TrackReport(
            name,
            infos[name].seconds,
            stored.hashed.files[name].bytes,
            stored.hashed.files[name].sha256,
            sum(stream.errors for stream in infos[name].streams),
        )
        for name in stored.ledger.files
        if name in infos
    )


def _devices(chain: Chain) -> tuple[DeviceReport, ...]:
    devices = [
        DeviceReport(line.entry.source, line.entry.name, line.entry.origin)
        for line in chain.lines
        if isinstance(line.entry, Device)
    ]
    return tuple(dict.fromkeys(devices))


def _pairs(chain: Chain, timeline: Timeline) -> tuple[PairReport, ...]:
    return tuple(
        PairReport(seconds(timeline.of(line)), line.entry)
        for line in chain.lines
        if isinstance(line.entry, Pair)
    )


def _addresses(documents: Documents) -> tuple[AddressReport, ...]:
    """Return the addresses in the order in which the organizer first saw them."""
    seen = [(receipt.time_us, receipt.address) for receipt in documents.receipts]
    seen += [(receipt.time_us, receipt.address) for receipt in documents.storage]
    if documents.enrolment is not None:
        seen.append((documents.enrolment.time_us, documents.enrolment.address))
    first: dict[str, int] = {}
    last: dict[str, int] = {}
    for time_us, address in sorted(seen):
        first.setdefault(address, time_us)
        last[address] = time_us
    return tuple(AddressReport(address, first[address], last[address]) for address in first)
