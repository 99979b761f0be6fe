"""Byte ranges of a file over HTTP (RFC 9110, 14): one range a request, as players ask for them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from client.base.files import open_file

BLOCK = 256 * 1024
_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


class UnsatisfiableError(Exception):
    """The range lies behind the end of the file: 416."""


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open bytes of a file of `size` bytes; `partial` where a range was asked for."""

    start: int
    end: int
    size: int
    partial: bool

    def headers(self) -> dict[str, str]:
        """Return the headers that say what the body holds."""
        told = {"Accept-Ranges": "bytes", "Content-Length": str(self.end - self.start)}
        if self.partial:
            told["Content-Range"] = f"bytes {self.start}-{self.end - 1}/{self.size}"
        return told


def asked(header: str | None, size: int) -> Span:
    """Return what a `Range` header asks of `size` bytes; UnsatisfiableError.

    Other units and several ranges are ignored, as the RFC allows: the answer is the whole file.
    """
    match = _RANGE.fullmatch((header or "").replace(" ", ""))
    if match is None or match.groups() == ("", ""):
        return Span(0, size, size, partial=False)
    first, last = match.groups()
    start = int(first) if first else max(0, size - int(last))
    end = min(size, int(last) + 1) if first and last else size
    if first and last and int(last) < start:
        return Span(0, size, size, partial=False)
    if start >= size:
        raise UnsatisfiableError
    return Span(start, end, size, partial=True)


def read(path: Path, span: Span) -> Iterator[bytes]:
    """Yield the bytes of `span`; fewer where the file is shorter by now."""
    with open_file(path) as file:
        file.seek(span.start)
        left = span.end - span.start
        while left and (block := file.read(min(BLOCK, left))):
            left -= len(block)
            yield block
