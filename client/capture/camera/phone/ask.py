"""Asks one address whether a picture comes from there. What answers is believed nothing.

At most `MOST_BYTES` are read in at most `ASK_S`; no redirect is followed and no password is sent.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from client.capture.camera.phone.apps import Kind

CONNECT_S = 0.8
"""Telephones that save power answer late."""
ASK_S = 3.0
MOST_BYTES = 1 << 20
_HEAD_BYTES = 16_384
_UNAUTHORIZED = 401
_SIZES = frozenset({0xC0, 0xC1, 0xC2, 0xC3})
"""Markers of a JPEG that carry its size: baseline, extended, progressive, lossless."""
_LARGEST = 16_384


@dataclass(frozen=True)
class Picture:
    """What an address serves; size 0 where it was not told."""

    width: int = 0
    height: int = 0
    locked: bool = False
    """It asks for a password, so no picture was seen."""


Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def picture_at(host: str, port: int, path: str, kind: Kind) -> Picture | None:
    """Return what is there, None where no camera is; it raises nothing."""
    ask = _ask_rtsp if kind == "rtsp" else _ask_http
    try:
        async with asyncio.timeout(ASK_S), _connected(host, port) as stream:
            return await ask(stream, f"{host}:{port}", path)
    except (OSError, TimeoutError, ValueError, asyncio.IncompleteReadError):
        return None


@contextlib.asynccontextmanager
async def _connected(host: str, port: int) -> AsyncIterator[Stream]:
    reader, writer = await asyncio.open_connection(host, port, limit=_HEAD_BYTES)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


async def _ask_http(stream: Stream, place: str, path: str) -> Picture | None:
    reader, writer = stream
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {place}\r\nConnection: close\r\n\r\n".encode())
    head = await _head(reader)
    status = status_of(head)
    if status == _UNAUTHORIZED:
        return Picture(locked=True)
    if status != 200:  # noqa: PLR2004 - HTTP's OK
        return None
    body = b""
    while len(body) < MOST_BYTES and (piece := await reader.read(65_536)):
        body += piece
        if b"#EXTM3U" in body[:64]:
            return Picture()
        if (size := jpeg_size(body)) is not None:
            return Picture(*size)
    return None


async def _ask_rtsp(stream: Stream, place: str, path: str) -> Picture | None:
    reader, writer = stream
    address = f"rtsp://{place}{path}"
    for number, method in enumerate(("OPTIONS", "DESCRIBE"), 1):
        asked = f"{method} {address} RTSP/1.0\r\nCSeq: {number}\r\nAccept: application/sdp\r\n\r\n"
        writer.write(asked.encode())
        head = await _head(reader)
        if status_of(head) == _UNAUTHORIZED:
            return Picture(locked=True)
        if not head.startswith(b"RTSP/1.0 200"):
            return None
    length = min(_length(head), MOST_BYTES)
    return Picture() if b"m=video" in await reader.readexactly(length) else None


async def _head(reader: asyncio.StreamReader) -> bytes:
    """Read up to the empty line; ValueError where that is further off than `_HEAD_BYTES`."""
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except asyncio.LimitOverrunError as error:
        raise ValueError from error


def status_of(head: bytes) -> int:
    """Return the status of an answer by HTTP or RTSP, 0 for anything else."""
    words = head.split(b"\r\n", 1)[0].split()
    good = len(words) > 1 and words[0].startswith((b"HTTP/1.", b"RTSP/1.")) and words[1].isdigit()
    return int(words[1][:3]) if good else 0


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length" and value.strip().isdigit():
            return int(value)
    return 0


def jpeg_size(data: bytes) -> tuple[int, int] | None:
    """Return width and height of the first JPEG in `data`, None while there is none (yet)."""
    at = data.find(b"\xff\xd8\xff")
    if at < 0:
        return None
    at += 2
    while at + 9 <= len(data) and data[at] == 0xFF:  # noqa: PLR2004 - begins each marker
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        if data[at + 1] in _SIZES:
            height = int.from_bytes(data[at + 5 : at + 7], "big")
            width = int.from_bytes(data[at + 7 : at + 9], "big")
            return (width, height) if 0 < width <= _LARGEST and 0 < height <= _LARGEST else None
        at += 2 + length
    return None
