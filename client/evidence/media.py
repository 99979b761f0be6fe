"""Reads a track file back as a player would: what is in it, how long, with which holes.

Independent of `fragments.py` on purpose: the recorder's view of its own output is not what proves
it. Packets are demuxed without decoding unless asked; a torn end is simply where reading stops.
Only where a power loss tore a `moof` so that FFmpeg refuses the whole file is it read again without
what follows the last whole fragment.
"""

from __future__ import annotations

import io
import logging
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Literal

import av
import av.container
import av.logging
from av.audio.stream import AudioStream
from av.video.stream import VideoStream

from client.base.clock import SECOND_US
from client.base.errors import EvidenceError
from client.base.files import open_file
from client.evidence.fragments import FragmentParser

HOLE_US = SECOND_US
"""Two neighbouring pictures further apart than this have a hole between them."""
PICTURE_US = SECOND_US // 2
"""A picture is written at least this often, so it vouches for no longer than this."""

Kind = Literal["picture", "sound"]
MAY_STRAY_US: dict[Kind, int] = {"picture": SECOND_US, "sound": 120 * SECOND_US}
"""So far from the moments that are claimed for its bytes a sample may lie. They are the pictures';
sound that a short sleep swallowed is made up for at once, beside the pictures of before."""

_LOG = logging.getLogger(__name__)
_BLOCK = 1 << 20
_FORMAT = "mp4"
"""Nothing else is tried: a playlist in the file's place would lead FFmpeg to files and servers of
somebody's choice."""
_PROBED = {"probesize": "1000000", "analyzeduration": "0"}


@dataclass(frozen=True, slots=True)
class Claim:
    """What somebody says of bytes of a file."""

    start: int
    """The first byte; the next claim's ends it."""
    stretch: tuple[int, int] | None
    """Media time of the samples in them; None for what is younger than all that is claimed."""


class _Claims:
    """All of a file, in order of bytes."""

    def __init__(self, claims: Sequence[Claim]) -> None:
        self._starts = [claim.start for claim in claims]
        self._stretches = [claim.stretch for claim in claims]
        self._end = max((s[1] for s in self._stretches if s is not None), default=0)

    def hold(self, position: int, start_us: int, slack_us: int) -> bool:
        """Tell whether a sample of `start_us` may lie at the byte `position`."""
        index = bisect_right(self._starts, position) - 1
        stretch = self._stretches[index] if index >= 0 else None
        low, high = stretch or (self._end, start_us)
        return low - slack_us <= start_us <= high + slack_us


@dataclass
class _Reading:
    """One stream while it is read; times in microseconds of media time."""

    kind: Kind
    codec: str
    first_us: int = -1
    last_us: int = -1
    end_us: int = 0
    packets: int = 0
    decoded: int = 0
    errors: int = 0
    holes: list[tuple[int, int]] = field(default_factory=list)
    strays: list[int] = field(default_factory=list)

    def take(self, start_us: int, duration_us: int) -> None:
        self.packets += 1
        if self.first_us < 0:
            self.first_us = start_us
        elif self.kind == "sound" and start_us - self.end_us > HOLE_US:
            self.holes.append((self.end_us, start_us))
        elif self.kind == "picture" and start_us - self.last_us > HOLE_US:
            self.holes.append((self.last_us + PICTURE_US, start_us))
        self.last_us = max(self.last_us, start_us)
        self.end_us = max(self.end_us, start_us + min(duration_us, HOLE_US))


@dataclass(frozen=True, slots=True)
class StreamInfo:
    """One stream of a track file; times in microseconds of media time."""

    kind: Kind
    codec: str
    first_us: int
    end_us: int
    """End of the last sample; a picture counts for one second at most."""
    packets: int
    decoded: int
    """Pictures or sound frames that were decoded; 0 unless asked for."""
    errors: int
    """Packets that the decoder refused; 0 unless asked for."""
    holes: tuple[tuple[int, int], ...]
    """Where no sample stands for longer than `HOLE_US`."""
    stray: tuple[int, int] | None = None
    """From the first to the last sample that lies in bytes claimed for another moment."""


@dataclass(frozen=True, slots=True)
class TrackInfo:
    """What a player finds in a track file. No streams: it cannot be opened."""

    streams: tuple[StreamInfo, ...]

    def stream(self, kind: Kind) -> StreamInfo | None:
        """Return the first stream of this kind that has samples."""
        return next((s for s in self.streams if s.kind == kind and s.packets), None)

    @property
    def seconds(self) -> float:
        """Return how long it plays."""
        starts = [s.first_us for s in self.streams if s.packets]
        ends = [s.end_us for s in self.streams if s.packets]
        return (max(ends) - min(starts)) / SECOND_US if starts else 0.0


def probe(path: Path, claims: Sequence[Claim] = (), *, decode: bool = False) -> TrackInfo:
    """Read the track at `path` to its end, or to where its torn end begins."""
    av.logging.set_level(None)
    held = _Claims(claims)
    info = _probe(str(path), path.name, held, decode=decode)
    if info.streams or not path.is_file():
        return info
    with open_file(path) as file:
        return _probe(_Beginning(file, _whole_bytes(file)), path.name, held, decode=decode)


def _probe(source: str | io.RawIOBase, name: str, claims: _Claims, *, decode: bool) -> TrackInfo:
    readings: dict[int, _Reading] = {}
    try:
        with av.open(
            source, "r", format=_FORMAT, options=dict(_PROBED), metadata_errors="replace"
        ) as container:
            readings = dict(_readings(container))
            _read(container, readings, claims, decode=decode)
    except (av.FFmpegError, OSError, ValueError) as error:
        _LOG.info("reading of %s stopped: %s", name, error)
    return TrackInfo(tuple(_info(reading) for reading in readings.values()))


def _whole_bytes(file: BinaryIO) -> int:
    """Return how many bytes from the beginning are whole fragments."""
    parser = FragmentParser()
    try:
        while block := file.read(_BLOCK):
            parser.feed(block)
    except EvidenceError as error:
        _LOG.info("%s", error)
    return parser.complete


class _Beginning(io.RawIOBase):
    """The first `size` bytes of a file."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file, self._size = file, size
        self._file.seek(0)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._file.tell(), io.SEEK_END: self._size}[whence]
        return self._file.seek(start + offset)

    def tell(self) -> int:
        return self._file.tell()

    def read(self, size: int = -1) -> bytes:
        left = max(0, self._size - self._file.tell())
        return self._file.read(left if size < 0 else min(size, left))


def _readings(container: av.container.InputContainer) -> Iterator[tuple[int, _Reading]]:
    """Yield an empty reading for each stream that has a decoder; damage can take it away."""
    for stream in container.streams:
        context: Any = stream.codec_context
        if context is not None and isinstance(stream, VideoStream | AudioStream):
            kind: Kind = "picture" if isinstance(stream, VideoStream) else "sound"
            yield stream.index, _Reading(kind, context.name)


def _read(
    container: av.container.InputContainer,
    readings: dict[int, _Reading],
    claims: _Claims,
    *,
    decode: bool,
) -> None:
    for packet in container.demux():
        reading = readings.get(packet.stream_index)
        if reading is None or not isinstance(packet.stream, VideoStream | AudioStream):
            continue
        if packet.pts is not None and packet.time_base is not None:
            unit, parts = packet.time_base.numerator * SECOND_US, packet.time_base.denominator
            start_us = packet.pts * unit // parts
            reading.take(start_us, (packet.duration or 0) * unit // parts)
            if packet.pos is not None and not claims.hold(
                packet.pos, start_us, MAY_STRAY_US[reading.kind]
            ):
                reading.strays.append(start_us)
        if decode:
            try:
                reading.decoded += len(packet.decode())
            except av.FFmpegError:
                reading.errors += 1


def _info(reading: _Reading) -> StreamInfo:
    return StreamInfo(
        reading.kind,
        reading.codec,
        max(reading.first_us, 0),
        reading.end_us,
        reading.packets,
        reading.decoded,
        reading.errors,
        tuple(reading.holes),
        (min(reading.strays), max(reading.strays)) if reading.strays else None,
    )
