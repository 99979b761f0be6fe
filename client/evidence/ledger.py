"""What the journal says of every track file, and whether the bytes on the disk are those.

Each file is read once from front to back; every range is hashed by itself, so that damage is
named to the range, and all together for the organizer's storage receipt.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from client.base.files import open_file
from client.contest.receipt import StoredFile
from client.evidence.chain import MAX_FINDINGS, Chain
from client.evidence.entries import Media, Part, Range, Tail
from client.evidence.findings import Finding, Place, find
from client.evidence.journal import Line
from client.evidence.layout import SessionFolder
from client.evidence.timeline import Stretch, Timeline

BLOCK = 1 << 20
Progress = Callable[[int], None]
"""Told the number of bytes that were just read."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One journalled byte range of a file."""

    start: int
    end: int
    sha256: str
    stretch: Stretch | None
    """Session time of its samples; None for a torn tail without a whole fragment."""
    line: int
    keys: tuple[int, ...] = ()
    """Offsets of fragments that begin with a key frame; not told of a tail."""
    signed_us: int = 0
    """When it was signed: no line is older than one before it, whatever it says."""


@dataclass
class FileLedger:
    """All that the journal says of one track file."""

    name: str
    part: Part | None
    """None where the recorder died between making the file and saying so."""
    epoch_us: int
    """Session time of media time 0."""
    boot: str
    """The boot whose clock its stamps are of, also in a tail hashed after another one."""
    pieces: list[Piece] = field(default_factory=list)

    @property
    def on_spare(self) -> bool:
        """Tell whether it was written to another drive than the journal."""
        return self.part is not None and self.part.spare

    @property
    def size(self) -> int:
        """Return how many bytes were journalled."""
        return self.pieces[-1].end if self.pieces else 0

    @property
    def stretches(self) -> list[Stretch]:
        """Return when its journalled samples are."""
        return [piece.stretch for piece in self.pieces if piece.stretch is not None]


@dataclass
class Ledger:
    """The track files of a session as the journal knows them."""

    files: dict[str, FileLedger] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def read_ledger(lines: Sequence[Line], timeline: Timeline) -> Ledger:
    """Collect ranges from the lines; findings: range_order, line_misplaced."""
    ledger = Ledger()
    now = 0
    for line in lines:
        now = max(now, timeline.of(line))
        match line.entry:
            case Part() as part:
                epoch = timeline.at(part.epoch_us, line.boot)
                if part.file in ledger.files:
                    ledger.findings.append(_misplaced(line, "part"))
                else:
                    ledger.files[part.file] = FileLedger(part.file, part, epoch, line.boot)
            case Media(ranges=ranges):
                for name, ranged in ranges.items():
                    _enter(ledger, name, ranged, line, timeline, now)
            case Tail() as tail:
                if tail.file not in ledger.files:
                    ledger.files[tail.file] = FileLedger(tail.file, None, 0, line.boot)
                _enter(ledger, tail.file, tail, line, timeline, now)
            case _:
                pass
    return ledger


def _enter(
    ledger: Ledger, name: str, claim: Range | Tail, line: Line, timeline: Timeline, now: int
) -> None:
    known = ledger.files.get(name)
    start, end = claim.bytes
    if known is None:
        ledger.findings.append(_misplaced(line, "no part"))
        return
    if start != known.size or end < start:
        place = Place(file=name, line=line.seq + 1, bytes=(start, end))
        ledger.findings.append(find("range_order", place))
        return
    stretch = None
    if claim.us is not None and known.part is not None:
        stretch = (timeline.at(claim.us[0], known.boot), timeline.at(claim.us[1], known.boot))
    keys = claim.keys if isinstance(claim, Range) else ()
    known.pieces.append(Piece(start, end, claim.sha256, stretch, line.seq, keys, now))


def _misplaced(line: Line, reason: str) -> Finding:
    place = Place(file="journal.jsonl", line=line.seq + 1, bytes=(line.offset, line.end))
    return find("line_misplaced", place, reason=reason)


@dataclass
class Hashed:
    """What was found on the disk."""

    files: dict[str, StoredFile] = field(default_factory=dict)
    """Bytes and digest of each whole file that exists."""
    findings: list[Finding] = field(default_factory=list)


def hash_tracks(
    folder: Path, chain: Chain, ledger: Ledger, timeline: Timeline, progress: Progress
) -> Hashed:
    """Compare every file with its ranges; findings: file_*, range_changed, not_journalled."""
    hashed = Hashed()
    closed = chain.close is not None
    session = SessionFolder(folder)
    for known in ledger.files.values():
        path = session.file(known.name)
        if not path.is_file():
            if known.size:
                hashed.findings.append(_absent(known, chain, session))
            continue
        reader = _Reader(path, progress)
        findings = list(_compare(reader, known, timeline, closed=closed))
        hashed.findings += findings[:MAX_FINDINGS]
        hashed.files[known.name] = StoredFile(bytes=reader.position, sha256=reader.digest())
    hashed.findings += _strangers(session, ledger, closed=closed)
    return hashed


def _absent(known: FileLedger, chain: Chain, session: SessionFolder) -> Finding:
    """Return the finding for a file that is not there: cut out, or on a drive that is not."""
    place = Place(file=known.name)
    if not known.on_spare or session.has_spare_now or chain.opening is None:
        return find("file_missing", place)
    return find("file_away", place, where=chain.opening.session)


def _compare(
    reader: _Reader, known: FileLedger, timeline: Timeline, *, closed: bool
) -> Iterator[Finding]:
    for piece in known.pieces:
        present, digest = reader.take(piece.end - piece.start)
        if piece.stretch is None:
            place = Place(file=known.name)
        else:
            place = timeline.place(piece.stretch, file=known.name)
        if present < piece.end - piece.start:
            yield find("file_short", _at(place, piece.start + present, known.size))
            return
        if digest != piece.sha256:
            yield find("range_changed", _at(place, piece.start, piece.end))
    beyond = reader.left() if known.on_spare else reader.rest()
    if beyond:
        too_long = "file_cut_off" if known.on_spare else "file_long"
        code = too_long if closed else "not_journalled"
        yield find(code, _at(Place(file=known.name), known.size, known.size + beyond))


def _at(place: Place, start: int, end: int) -> Place:
    return Place(place.file, place.line, (start, end), place.seconds, place.utc_us, place.source)


def _strangers(session: SessionFolder, ledger: Ledger, *, closed: bool) -> Iterator[Finding]:
    """Yield track files that the journal does not know; other names are nobody's business.

    An empty one proves nothing: a recorder died between making it and its first byte. Nor does one
    on another drive, which may have been unplugged before that was said.
    """
    for path in session.tracks():
        if path.name not in ledger.files:
            size = path.stat().st_size if path.is_file() else 0
            is_here = path.parent == session.path
            if closed and is_here and (size or not path.is_file()):
                yield find("file_unknown", Place(file=path.name))
            elif size:
                yield find("not_journalled", Place(file=path.name, bytes=(0, size)))


class _Reader:
    """Reads a file once; hashes parts and the whole on the way."""

    def __init__(self, path: Path, progress: Progress) -> None:
        self._file = open_file(path)
        self._whole: Any = hashlib.sha256()
        self._progress = progress
        self.position = 0

    def take(self, wanted: int) -> tuple[int, str]:
        """Read up to `wanted` bytes; return how many there were, and their digest."""
        part = hashlib.sha256()
        left = wanted
        while left:
            block = self._file.read(min(BLOCK, left))
            if not block:
                break
            part.update(block)
            self._whole.update(block)
            left -= len(block)
            self._progress(len(block))
        self.position += wanted - left
        return wanted - left, part.hexdigest()

    def rest(self) -> int:
        """Read to the end; return how many bytes there were."""
        before = self.position
        while self.take(BLOCK)[0]:
            pass
        return self.position - before

    def left(self) -> int:
        """Return how many bytes there are to the end, unread: a drive was pulled, they are void."""
        return os.fstat(self._file.fileno()).st_size - self.position

    def digest(self) -> str:
        """Close the file and return the digest of all that was read."""
        self._file.close()
        return str(self._whole.hexdigest())
