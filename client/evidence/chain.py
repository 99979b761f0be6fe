"""The journal's chain: every line numbered, linked to the one before, and signed by one key.

Bytes that are no line are tolerated only as what a kill leaves: the chain goes on around them, and
a recovery follows (tail, restart), or they are visibly the beginning of a line that was then ended.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from client.contest.signed import PublicKey, is_signed_by, sha256
from client.evidence.entries import Close, Opening, Restart, Tail
from client.evidence.findings import Finding, Place, find
from client.evidence.journal import GENESIS, BrokenLine, Line, read_journal
from client.evidence.layout import JOURNAL

MAX_FINDINGS = 50
"""More of one code say nothing new; the journal is read on all the same."""


@dataclass
class Chain:
    """The lines of a journal, and what is wrong with them."""

    lines: list[Line] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def opening(self) -> Opening | None:
        """Return the first line's entry where it is an opening."""
        entry = self.lines[0].entry if self.lines else None
        return entry if isinstance(entry, Opening) and self.lines[0].seq == 0 else None

    @property
    def close(self) -> Close | None:
        """Return the close record where it is the last line."""
        entry = self.lines[-1].entry if self.lines else None
        return entry if isinstance(entry, Close) else None


def read_chain(journal: Path, session_key: PublicKey | None = None) -> Chain:
    """Read and check a journal; by default its opening names the key that must have signed.

    Findings: no_journal, journal_rubbish, opening_missing, line_*, torn_line.
    """
    if not journal.is_file() or journal.stat().st_size == 0:
        return Chain(findings=[find("no_journal", Place(file=JOURNAL))])
    walk = _Walk(session_key)
    for number, item in enumerate(read_journal(journal), start=1):
        walk.take(number, item)
    walk.end()
    if not walk.chain.lines:
        walk.chain.findings = [find("journal_rubbish", Place(file=JOURNAL))]
    elif walk.chain.opening is None:
        place = Place(file=JOURNAL, line=1)
        walk.chain.findings.insert(0, find("opening_missing", place))
    return walk.chain


class _Walk:
    """One pass over a journal."""

    def __init__(self, session_key: PublicKey | None) -> None:
        self.chain = Chain()
        self._key = session_key
        self._prev = GENESIS
        self._seq = 0
        self._broken: list[tuple[int, BrokenLine]] = []
        self._counts: Counter[str] = Counter()

    def take(self, number: int, item: Line | BrokenLine) -> None:
        if isinstance(item, BrokenLine):
            self._broken.append((number, item))
            return
        follows = (item.seq, item.prev) == (self._seq, self._prev)
        self._settle(torn=follows, by=item)
        place = Place(file=JOURNAL, line=number, bytes=(item.offset, item.end))
        for finding in self._faults(item, place):
            self._report(finding)
        self.chain.lines.append(item)
        self._seq, self._prev = item.seq + 1, sha256(item.raw)

    def end(self) -> None:
        """Settle what stands after the last good line: nothing goes on around it."""
        self._settle(torn=False, by=None)

    def _faults(self, line: Line, place: Place) -> Iterator[Finding]:
        if line.seq > self._seq:
            yield find("line_missing", place, count=line.seq - self._seq)
        elif line.seq < self._seq:
            yield find("line_order", place)
        elif line.prev != self._prev:
            yield find("line_unchained", place)
        first = not self.chain.lines
        if first and isinstance(line.entry, Opening) and self._key is None:
            self._key = PublicKey(line.entry.session_key)
        if not first and isinstance(line.entry, Opening):
            yield find("line_misplaced", place, reason="opening")
        if self.chain.close is not None:
            yield find("line_misplaced", place, reason="after close")
        if self._key is not None and not is_signed_by(json.loads(line.raw), self._key):
            yield find("line_signature", place)

    def _settle(self, *, torn: bool, by: Line | None) -> None:
        recovering = by is not None and isinstance(by.entry, Restart | Tail)
        for number, broken in self._broken:
            place = Place(file=JOURNAL, line=number, bytes=(broken.offset, broken.end))
            if torn and not broken.more and (recovering or _looks_torn(broken.raw)):
                self._report(find("torn_line", place))
            else:
                self._report(find("line_broken", place, reason=broken.reason))
        self._broken.clear()

    def _report(self, finding: Finding) -> None:
        self._counts[finding.code] += 1
        if self._counts[finding.code] <= MAX_FINDINGS:
            self.chain.findings.append(finding)


def _looks_torn(raw: bytes) -> bool:
    """Tell whether `raw` is the beginning of a line rather than a changed line."""
    try:
        _: Any = json.loads(raw)
    except ValueError:
        return raw.startswith(b'{"') and not raw.endswith(b"}")
    return False
