"""The journal: JSON Lines, canonical (RFC 8785), hash-chained, each line signed.

`prev` of a line is the SHA-256 of the bytes of the line before without its newline, and 64 zeros
in the first. The signature is the one of `contest/signed.py`. A line without newline at the end
of the file is torn: readers leave it out, a writer that comes back ends it with a newline, and it
stays as `torn` for ever.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import TypeAdapter, ValidationError

from client.base.bounded import MAX_LINE_BYTES, is_torn
from client.base.clock import boot_id, monotonic_us, utc_us
from client.base.files import AppendFile, Mend, no_mending, open_file
from client.contest.receipt import JournalHead
from client.contest.signed import canonical, sha256, sign
from client.contest.values import Base64, Count, HexDigest, Micros, Value
from client.evidence.entries import ENTRY, Close, Entry

GENESIS = "0" * 64
ENVELOPE = ("seq", "prev", "utc_us", "mono_us", "boot", "signature")


class Envelope(Value):
    """What every line carries beside its entry."""

    seq: Count
    prev: HexDigest
    utc_us: Micros
    mono_us: Micros
    boot: str
    signature: Base64


@dataclass(frozen=True)
class Line:
    """One line of a journal, parsed but not verified (`verify.py` does that)."""

    seq: int
    prev: str
    utc_us: int
    mono_us: int
    boot: str
    entry: Entry
    raw: bytes
    """The line's bytes without the newline."""
    offset: int
    """Where `raw` begins in the file."""

    @property
    def head(self) -> JournalHead:
        """Return the name by which receipts and seal know this line."""
        return JournalHead(seq=self.seq, sha256=sha256(self.raw))

    @property
    def end(self) -> int:
        """Return the offset behind the line's newline."""
        return self.offset + len(self.raw) + 1


@dataclass(frozen=True)
class BrokenLine:
    """Bytes between two newlines that are no journal line: torn by a kill, or damaged."""

    raw: bytes
    """Its bytes without the newline, the first `MAX_LINE_BYTES` of them at most."""
    offset: int
    reason: str
    more: int = 0
    """Bytes of it that were not read."""

    @property
    def end(self) -> int:
        """Return the offset behind its newline."""
        return self.offset + len(self.raw) + self.more + 1


_ENVELOPE: TypeAdapter[Envelope] = TypeAdapter(Envelope)


def parse_line(raw: bytes, offset: int = 0) -> Line | BrokenLine:
    """Parse one untrusted line; rubbish becomes a BrokenLine that says why."""
    try:
        document: Any = json.loads(raw)
        if not isinstance(document, dict):
            return BrokenLine(raw, offset, "not an object")
        if canonical(document) != raw:
            return BrokenLine(raw, offset, "not canonical")
        envelope = _ENVELOPE.validate_python({k: document.pop(k, None) for k in ENVELOPE})
        entry = ENTRY.validate_python(document)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        return BrokenLine(raw, offset, f"{where}: {first['msg']}")
    except (ValueError, RecursionError) as error:
        return BrokenLine(raw, offset, f"not JSON: {error}")
    return Line(
        envelope.seq,
        envelope.prev,
        envelope.utc_us,
        envelope.mono_us,
        envelope.boot,
        entry,
        raw,
        offset,
    )


def read_journal(path: Path, start: int = 0) -> Iterator[Line | BrokenLine]:
    """Yield the complete lines from byte `start` on; the torn end of a living file is left out."""
    if not path.exists():
        return
    offset = start
    with open_file(path) as file:
        file.seek(start)
        while raw := file.readline(MAX_LINE_BYTES):
            more, last = 0, raw
            while not last.endswith(b"\n"):
                last = file.readline(MAX_LINE_BYTES)
                if not last:
                    return
                more += len(last)
            too_long = BrokenLine(raw, offset, "too long", more - 1)
            line = too_long if more else parse_line(raw[:-1], offset)
            yield line
            offset = line.end


def lines_from_end(path: Path, tail_bytes: int = 65536) -> Iterator[Line]:
    """Yield the whole, readable lines of the last `tail_bytes`, the newest first."""
    if not path.exists():
        return
    with open_file(path) as file:
        size = file.seek(0, os.SEEK_END)
        start = max(0, size - tail_bytes)
        file.seek(start)
        block = file.read(size - start)
    lines = block.split(b"\n")[:-1]
    offset = start + block.rfind(b"\n") + 1
    for raw in reversed(lines if start == 0 else lines[1:]):
        offset -= len(raw) + 1
        line = parse_line(raw, offset)
        if isinstance(line, Line):
            yield line


def last_line(path: Path) -> Line | None:
    """Return the newest whole, readable line, reading only the end of the file."""
    return next(lines_from_end(path), None)


def settled_line(path: Path) -> Line | None:
    """Return the newest line that is certainly on the disk.

    The newest of all may be written and not synced yet; a writer syncs each line before it writes
    the next. After the close line nothing more comes.
    """
    newest = last_line(path)
    if newest is None or isinstance(newest.entry, Close):
        return newest
    return next((line for line in lines_from_end(path) if line.seq < newest.seq), None)


class JournalWriter:
    """The one writer. `append` returns once the line is on the disk."""

    def __init__(
        self,
        path: Path,
        key: Ed25519PrivateKey,
        wall: Callable[[], int] = utc_us,
        mend: Mend = no_mending,
    ) -> None:
        """Open or continue the journal at `path`; a torn last line is ended, never removed.

        `wall` is the reading of the wall clock that each line carries; `mend`: see `AppendFile`.
        """
        self._wall = wall
        self._key = key
        self.boot = boot_id()
        self._file = AppendFile(path, mend)
        self._torn = is_torn(path)
        self._end_torn_line()
        self._go_on_after(last_line(path))

    @property
    def head(self) -> JournalHead | None:
        """Return the last line written, or None in an empty journal."""
        return JournalHead(seq=self._seq - 1, sha256=self._prev) if self._seq else None

    @property
    def size(self) -> int:
        """Return the bytes written so far."""
        return self._file.size

    def append(self, entry: Entry, at_us: int | None = None) -> Line:
        """Chain, sign, write and sync `entry`; `at_us` is its monotonic time, by default now.

        After an OSError the line counts if `head` is it: then it lies in the file, and only the
        sync failed.
        """
        self._end_torn_line()
        document: dict[str, Any] = {
            **entry.model_dump(mode="json"),
            "seq": self._seq,
            "prev": self._prev,
            "utc_us": self._wall(),
            "mono_us": monotonic_us() if at_us is None else at_us,
            "boot": self.boot,
        }
        raw = canonical(sign(document, self._key))
        line = parse_line(raw, self._file.size)
        if isinstance(line, BrokenLine):
            raise ValueError(line.reason)
        self._torn = True
        self._file.append(raw + b"\n")
        self._torn = False
        self._go_on_after(line)
        self._file.sync()
        return line

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _go_on_after(self, last: Line | None) -> None:
        self._seq = last.seq + 1 if last else 0
        self._prev = last.head.sha256 if last else GENESIS
        self.last = last

    def _end_torn_line(self) -> None:
        """End what a failed write left; it may be a whole line that lacked its newline alone."""
        if self._torn:
            self._file.append(b"\n")
            self._torn = False
            self._go_on_after(last_line(self._file.path))
