"""Finding the fragments of a fragmented MP4 (ISO/IEC 14496-12) while a muxer writes it.

The recorder feeds every byte as it goes to the disk and learns which byte ranges are whole
fragments, when they begin and end, and which begin with a key frame, without reading anything
back. Media data passes through uncounted: only headers, one `moov` and one `moof` are held.

    parser = FragmentParser()
    for fragment in parser.feed(data):
        ...

The first item is the initialisation segment (`ftyp` and `moov`; `is_init`). Each further one is a
`moof` with its `mdat`, and whatever small boxes stand before them. Fragments are contiguous from
byte 0. What follows the last one, such as the `mfra` index of a closed file, is `pending`: it
belongs to the last range of the file.
"""

from __future__ import annotations

from dataclasses import dataclass

from client.base.clock import SECOND_US
from client.base.errors import EvidenceError
from client.base.text import Text
from client.evidence.boxes import (
    HEADER_BYTES,
    MalformedBoxError,
    TrackHeader,
    TrackRun,
    box_size,
    header_size,
    read_moof,
    read_moov,
)

MAX_HELD = 4 * 1024 * 1024
"""Largest `moov` or `moof` in bytes; the real ones of one second stay below 10 kB."""
MAX_SKIPPED = 1 << 30
"""Largest other box in bytes; the real ones of one second stay below 10 MB."""
_HELD = (b"moov", b"moof")


class MalformedMediaError(EvidenceError):
    """These bytes are not a fragmented MP4."""

    code = "E122"

    def __init__(self, offset: int, reason: str) -> None:
        """Name the byte of the file where the reading stopped."""
        self.offset = offset
        super().__init__(
            Text(
                f"录像文件从第 {offset} 字节起不是有效的分段 MP4（{reason}）。",
                f"From byte {offset} on the recording is no fragmented MP4 ({reason}).",
            ),
            Text("请保留原文件并联系组委会。", "Keep the file and ask the organizer."),
        )


@dataclass(frozen=True, slots=True)
class TrackSpan:
    """The samples of one track inside a fragment."""

    track_id: int
    video: bool
    decode_time: int
    """Of the first sample, in units of `timescale`."""
    duration: int
    """Of all samples, in units of `timescale`."""
    timescale: int
    samples: int

    @property
    def start_us(self) -> int:
        """Return when the first sample begins, in microseconds of media time."""
        return self.decode_time * SECOND_US // self.timescale

    @property
    def end_us(self) -> int:
        """Return when the last sample ends, in microseconds of media time."""
        return (self.decode_time + self.duration) * SECOND_US // self.timescale


@dataclass(frozen=True, slots=True)
class Fragment:
    """One complete byte range that a player could be given whole."""

    offset: int
    size: int
    key: bool
    """A bundle may begin here: byte 0, or the first picture is a key frame."""
    spans: tuple[TrackSpan, ...]
    """One a track with samples here; none in the initialisation segment."""

    @property
    def end(self) -> int:
        """Return the offset behind its last byte."""
        return self.offset + self.size

    @property
    def is_init(self) -> bool:
        """Tell whether this is the initialisation segment."""
        return self.offset == 0

    @property
    def start_us(self) -> int:
        """Return when its earliest sample begins; 0 in the initialisation segment."""
        return min((span.start_us for span in self.spans), default=0)

    @property
    def end_us(self) -> int:
        """Return when its latest sample ends; 0 in the initialisation segment."""
        return max((span.end_us for span in self.spans), default=0)


class FragmentParser:
    """Incremental: `feed` takes any slices of the stream, in order, and never a byte twice."""

    def __init__(self) -> None:
        self.size = 0
        """Bytes fed so far."""
        self.complete = 0
        """Bytes in the fragments returned so far."""
        self.tracks: dict[int, TrackHeader] = {}
        """What `moov` said; empty until it was fed."""
        self._held = bytearray()
        self._skip = 0
        self._runs: list[TrackRun] | None = None
        self._box = b""
        self._failed: MalformedMediaError | None = None

    @property
    def pending(self) -> int:
        """Return the bytes behind the last complete fragment: one that grows, torn, or an index."""
        return self.size - self.complete

    def feed(self, data: bytes | memoryview) -> list[Fragment]:
        """Take the next bytes and return the fragments that they completed.

        Raises MalformedMediaError at rubbish, and again at every later call.
        """
        if self._failed is not None:
            raise self._failed
        found: list[Fragment] = []
        view = memoryview(data)
        base = self.size
        try:
            while view:
                view = self._step(view, found)
        except MalformedBoxError as error:
            self._failed = MalformedMediaError(base + len(data) - len(view), str(error))
            raise self._failed from error
        return found

    def _step(self, view: memoryview, found: list[Fragment]) -> memoryview:
        """Consume part of `view`: of a body, or of a header."""
        if self._skip:
            taken = min(self._skip, len(view))
            if self._box in _HELD:
                self._held += view[:taken]
            self._skip -= taken
            self.size += taken
            view = view[taken:]
        elif not self._box:
            view = self._take_header(view)
        if self._box and not self._skip:
            self._finish_box(found)
        return view

    def _take_header(self, view: memoryview) -> memoryview:
        short = len(self._held) < HEADER_BYTES
        wanted = HEADER_BYTES if short else header_size(self._held)
        taken = min(wanted - len(self._held), len(view))
        self._held += view[:taken]
        self.size += taken
        if len(self._held) >= HEADER_BYTES and len(self._held) == header_size(self._held):
            self._begin_box()
        return view[taken:]

    def _begin_box(self) -> None:
        name = bytes(self._held[4:8])
        size = box_size(self._held)
        if size > (MAX_HELD if name in _HELD else MAX_SKIPPED):
            raise MalformedBoxError(f"{name!r} of {size} bytes")
        if self.size == len(self._held) and name != b"ftyp":
            raise MalformedBoxError("no ftyp at the beginning")
        if name == b"moof" and (not self.tracks or self._runs is not None):
            raise MalformedBoxError("a moof out of order")
        if name == b"mdat" and self._runs is None:
            raise MalformedBoxError("an mdat without moof")
        self._box = name
        self._skip = size - len(self._held)

    def _finish_box(self, found: list[Fragment]) -> None:
        name, self._box = self._box, b""
        if name == b"moov":
            if self.tracks:
                raise MalformedBoxError("a second moov")
            self.tracks = read_moov(memoryview(bytes(self._held)))
            found.append(self._cut(key=True, spans=()))
        elif name == b"moof":
            self._runs = read_moof(memoryview(bytes(self._held)), self.tracks)
        elif name == b"mdat":
            runs, self._runs = self._runs or [], None
            spans = tuple(self._span(run) for run in runs if run.samples)
            found.append(self._cut(key=self._begins_with_key(runs), spans=spans))
        self._held.clear()

    def _cut(self, *, key: bool, spans: tuple[TrackSpan, ...]) -> Fragment:
        fragment = Fragment(self.complete, self.size - self.complete, key, spans)
        self.complete = self.size
        return fragment

    def _span(self, run: TrackRun) -> TrackSpan:
        header = self.tracks[run.track_id]
        return TrackSpan(
            run.track_id,
            header.video,
            run.decode_time,
            run.duration,
            header.timescale,
            run.samples,
        )

    def _begins_with_key(self, runs: list[TrackRun]) -> bool:
        if not any(header.video for header in self.tracks.values()):
            return True
        pictures = [r for r in runs if r.samples and self.tracks[r.track_id].video]
        return bool(pictures) and pictures[0].sync
