"""Boxes of ISO/IEC 14496-12 that a fragmented MP4 is made of: reading `moov` and `moof` bodies.

All functions take whole boxes in memory and raise `MalformedBoxError` for anything that is not one.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

NON_SYNC = 0x0001_0000
"""`sample_is_non_sync_sample` of sample flags (8.8.3.1)."""

HEADER_BYTES = 8
"""Size and name; another 8 bytes follow where the size needs 64 bits."""

_U32 = struct.Struct(">I")
_U64 = struct.Struct(">Q")
_HEADER = struct.Struct(">I4s")

_TFHD_FIELDS = ((0x01, 8), (0x02, 4), (0x08, 4), (0x10, 4), (0x20, 4))
_TRUN_SAMPLE_FIELDS = ((0x100, 4), (0x200, 4), (0x400, 4), (0x800, 4))


class MalformedBoxError(ValueError):
    """The bytes are no such box."""


class Box(NamedTuple):
    """One box inside a buffer: its four letters and where its body lies."""

    name: bytes
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class TrackHeader:
    """What `moov` says of a track."""

    track_id: int
    video: bool
    timescale: int
    """Units a second of its decode times."""
    default_duration: int
    default_flags: int


@dataclass(frozen=True, slots=True)
class TrackRun:
    """What one `traf` of a `moof` says: where its samples begin, how long they last."""

    track_id: int
    decode_time: int
    duration: int
    samples: int
    sync: bool
    """Its first sample is a sync sample (a key frame)."""


def header_size(data: bytes | bytearray | memoryview) -> int:
    """Return how many bytes the header of the box at the beginning of `data` takes (8 or 16)."""
    return 2 * HEADER_BYTES if _U32.unpack_from(data)[0] == 1 else HEADER_BYTES


def box_size(data: bytes | bytearray | memoryview) -> int:
    """Return the size of the box whose whole header begins `data`; "to the end" is refused."""
    size = int(_U32.unpack_from(data)[0])
    smallest = header_size(data)
    if size == 1:
        size = int(_U64.unpack_from(data, 8)[0])
    if size < smallest:
        raise MalformedBoxError(f"a box of {size} bytes")
    return size


def boxes(data: memoryview, start: int, end: int) -> Iterator[Box]:
    """Yield the boxes that fill `data[start:end]` exactly."""
    while start < end:
        room = end - start
        if room < HEADER_BYTES or room < header_size(data[start:]):
            raise MalformedBoxError("a cut box header")
        size = box_size(data[start:end])
        if size > end - start:
            raise MalformedBoxError("a box larger than the one around it")
        name = _HEADER.unpack_from(data, start)[1]
        yield Box(name, start + header_size(data[start:]), start + size)
        start += size


def read_moov(data: memoryview) -> dict[int, TrackHeader]:
    """Return the tracks of the whole `moov` box in `data`, by track id."""
    try:
        (moov,) = boxes(data, 0, len(data))
        defaults: dict[int, tuple[int, int]] = {}
        found: list[tuple[int, bool, int]] = []
        for box in boxes(data, moov.start, moov.end):
            if box.name == b"trak":
                found.append(_read_trak(data, box))
            elif box.name == b"mvex":
                defaults |= dict(
                    _read_trex(data, b) for b in _inside(data, box) if b.name == b"trex"
                )
    except struct.error as error:
        raise MalformedBoxError("a cut moov") from error
    if not found or any(track_id not in defaults for track_id, _, _ in found):
        raise MalformedBoxError("no fragmented track")
    return {
        track_id: TrackHeader(track_id, video, timescale, *defaults[track_id])
        for track_id, video, timescale in found
    }


def read_moof(data: memoryview, tracks: dict[int, TrackHeader]) -> list[TrackRun]:
    """Return the track runs of the whole `moof` box in `data`."""
    try:
        (moof,) = boxes(data, 0, len(data))
        return [_read_traf(data, b, tracks) for b in _inside(data, moof) if b.name == b"traf"]
    except struct.error as error:
        raise MalformedBoxError("a cut moof") from error


def _inside(data: memoryview, box: Box) -> Iterator[Box]:
    return boxes(data, box.start, box.end)


def _u32(data: memoryview, box: Box, offset: int) -> int:
    if box.start + offset + 4 > box.end:
        raise MalformedBoxError(f"a cut {box.name!r}")
    return int(_U32.unpack_from(data, box.start + offset)[0])


def _u64(data: memoryview, box: Box, offset: int) -> int:
    return _u32(data, box, offset) << 32 | _u32(data, box, offset + 4)


def _version(data: memoryview, box: Box) -> int:
    return _u32(data, box, 0) >> 24


def _read_trak(data: memoryview, trak: Box) -> tuple[int, bool, int]:
    track_id = timescale = 0
    video = False
    for box in _inside(data, trak):
        if box.name == b"tkhd":
            track_id = _u32(data, box, 20 if _version(data, box) else 12)
        elif box.name == b"mdia":
            for part in _inside(data, box):
                if part.name == b"mdhd":
                    timescale = _u32(data, part, 20 if _version(data, part) else 12)
                elif part.name == b"hdlr":
                    video = _u32(data, part, 8).to_bytes(4, "big") == b"vide"
    if not track_id or not timescale:
        raise MalformedBoxError("a track without id or timescale")
    return track_id, video, timescale


def _read_trex(data: memoryview, trex: Box) -> tuple[int, tuple[int, int]]:
    return _u32(data, trex, 4), (_u32(data, trex, 12), _u32(data, trex, 20))


def _read_traf(data: memoryview, traf: Box, tracks: dict[int, TrackHeader]) -> TrackRun:
    header: TrackHeader | None = None
    duration = flags = 0
    decode_time: int | None = None
    total = samples = 0
    sync = False
    for box in _inside(data, traf):
        if box.name == b"tfhd":
            header = tracks.get(_u32(data, box, 4))
            if header is None:
                raise MalformedBoxError("a fragment of an unknown track")
            duration, flags = _read_tfhd(data, box, header)
        elif box.name == b"tfdt":
            decode_time = _u64(data, box, 4) if _version(data, box) else _u32(data, box, 4)
        elif box.name == b"trun" and header is not None:
            count, lasts, first_flags = _read_trun(data, box, duration, flags)
            if samples == 0 and count:
                sync = not first_flags & NON_SYNC
            samples, total = samples + count, total + lasts
    if header is None or decode_time is None:
        raise MalformedBoxError("a track fragment without tfhd or tfdt")
    return TrackRun(header.track_id, decode_time, total, samples, sync)


def _read_tfhd(data: memoryview, tfhd: Box, header: TrackHeader) -> tuple[int, int]:
    present = _u32(data, tfhd, 0) & 0xFF_FFFF
    values = {0x08: header.default_duration, 0x20: header.default_flags}
    offset = 8
    for bit, width in _TFHD_FIELDS:
        if present & bit:
            if bit in values:
                values[bit] = _u32(data, tfhd, offset)
            offset += width
    return values[0x08], values[0x20]


def _read_trun(data: memoryview, trun: Box, duration: int, flags: int) -> tuple[int, int, int]:
    """Return samples, their duration altogether, and the first one's flags."""
    present = _u32(data, trun, 0) & 0xFF_FFFF
    count = _u32(data, trun, 4)
    offset = 8 + (4 if present & 0x01 else 0)
    if present & 0x04:
        flags = _u32(data, trun, offset)
        offset += 4
    fields = [bit for bit, _ in _TRUN_SAMPLE_FIELDS if present & bit]
    if count * 4 * len(fields) > trun.end - trun.start - offset:
        raise MalformedBoxError("a cut trun")
    if not count:
        return 0, 0, flags
    if present & 0x400 and not present & 0x04:
        flags = _u32(data, trun, offset + 4 * fields.index(0x400))
    if not present & 0x100:
        return count, count * duration, flags
    table = data[trun.start + offset : trun.start + offset + count * 4 * len(fields)]
    words = struct.unpack(f">{count * len(fields)}I", table)
    return count, sum(words[:: len(fields)]), flags
