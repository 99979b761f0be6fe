"""Where files are cut into bundles: a pure function of the journal's lines in their order.

The same journal gives the same bundles, whenever and however often it is read; so a restarted
uploader creates exactly the uploads that its predecessor created, and needs no memory of its own.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass

from client.base.clock import SECOND_US
from client.evidence.entries import Close, FileName, Media, Range, Tail
from client.evidence.journal import BrokenLine, Line
from client.evidence.layout import JOURNAL, picture_of, track_of

MEBIBYTE = 1024 * 1024
LONG_ENOUGH_US = 9 * SECOND_US
"""A bundle ends at the first key frame after this long: key frames come about every 10 s."""
LARGE_BYTES = 8 * MEBIBYTE
"""A bundle that would grow beyond this ends at the last key frame before."""
MAX_BYTES = 64 * MEBIBYTE
"""The organizer takes no larger bundle (`BundleMeta.length`): cut there even without key frame."""
JOURNAL_US = 10 * SECOND_US
JOURNAL_BYTES = 256 * 1024


@dataclass(frozen=True)
class Bundle:
    """A byte range of one file, half open; `name` is a track file's or the journal's."""

    name: str
    offset: int
    end: int

    @property
    def length(self) -> int:
        """Return the number of bytes."""
        return self.end - self.offset


def pieces(name: str, offset: int, end: int) -> Iterator[Bundle]:
    """Yield [offset, end) as one bundle, or as few as the organizer's limit allows."""
    for start in range(offset, end, MAX_BYTES):
        yield Bundle(name, start, min(start + MAX_BYTES, end))


@dataclass(frozen=True)
class _Key:
    offset: int
    us: int


class TrackCutter:
    """Cuts one track file. Fed with what the journal says of it, and with nothing else."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.end = 0
        """Where the bytes end that journal lines cover."""
        self.holes = 0
        """Bytes before `end` that no readable line covers (a damaged journal): never sent."""
        self._start = _Key(0, 0)
        self._candidate: _Key | None = None

    def cover(self, grown: Range) -> Iterator[Bundle]:
        """Take in the next fragments; yield the bundles that they complete."""
        first, last = grown.bytes
        if not (yield from self._reach(first, last)):
            return
        if self._start.offset == self.end:
            self._start = _Key(first, grown.us[0])
        for offset in sorted(grown.keys):
            if max(first, self._start.offset + 1) <= offset < last:
                yield from self._at_key(_Key(offset, grown.us[0]), grown.us[1])
        self.end = last

    def cover_tail(self, first: int, last: int) -> Iterator[Bundle]:
        """Take in the bytes that a dead recorder left; they travel with the file's last bundle."""
        if (yield from self._reach(first, last)):
            self.end = last
        yield from self.finish()

    def finish(self) -> Iterator[Bundle]:
        """Yield what is covered and not yet part of a bundle."""
        yield from self._cut(_Key(self.end, self._start.us))

    def _reach(self, first: int, last: int) -> Generator[Bundle, None, bool]:
        """Jump over a hole; return whether [first, last) then follows what is covered."""
        if first > self.end and last >= first:
            yield from self.finish()
            self.holes += first - self.end
            self.end, self._start = first, _Key(first, 0)
        return first == self.end and last >= first

    def _at_key(self, key: _Key, now_us: int) -> Iterator[Bundle]:
        if self._candidate and key.offset - self._start.offset > LARGE_BYTES:
            yield from self._cut(self._candidate)
        if now_us - self._start.us >= LONG_ENOUGH_US or (
            key.offset - self._start.offset >= LARGE_BYTES
        ):
            yield from self._cut(key)
        else:
            self._candidate = key

    def _cut(self, at: _Key) -> Iterator[Bundle]:
        yield from pieces(self.name, self._start.offset, at.offset)
        self._start, self._candidate = at, None


class JournalCutter:
    """Cuts the journal behind whole lines: about every 10 s of lines, and behind the close line."""

    def __init__(self) -> None:
        self.end = 0
        self._start = 0
        self._first: Line | None = None

    def take(self, line: Line | BrokenLine) -> Iterator[Bundle]:
        """Take in the next complete line; yield the bundle that it completes."""
        self.end = line.end
        if isinstance(line, BrokenLine):
            return
        self._first = self._first or line
        if self._completes(self._first, line):
            yield from pieces(JOURNAL, self._start, self.end)
            self._start, self._first = self.end, None

    def _completes(self, first: Line, line: Line) -> bool:
        return (
            isinstance(line.entry, Close)
            or line.boot != first.boot
            or line.mono_us - first.mono_us >= JOURNAL_US
            or self.end - self._start >= JOURNAL_BYTES
        )


class Cutter:
    """Cuts a whole session; bundles come in the order in which the journal completed them."""

    def __init__(self) -> None:
        self._tracks: dict[str, TrackCutter] = {}
        self._journal = JournalCutter()
        self.closed = False

    def take(self, line: Line | BrokenLine) -> Iterator[Bundle]:
        """Take in the journal's next complete line."""
        if isinstance(line, Line):
            yield from self._entry(line)
        yield from self._journal.take(line)

    @property
    def covered_bytes(self) -> int:
        """Return the bytes, the journal's included, that complete journal lines cover."""
        return self._journal.end + sum(t.end - t.holes for t in self._tracks.values())

    def _entry(self, line: Line) -> Iterator[Bundle]:
        entry = line.entry
        if isinstance(entry, Media):
            yield from self._media(entry)
        elif isinstance(entry, Tail):
            yield from self._track(entry.file).cover_tail(*entry.bytes)
        elif isinstance(entry, Close):
            self.closed = True
            for track in self._tracks.values():
                yield from track.finish()

    def _media(self, media: Media) -> Iterator[Bundle]:
        for name, grown in media.ranges.items():
            yield from self._track(name).cover(grown)
        for name, track in self._tracks.items():
            if any(_follows(new, name) for new in media.ranges):
                yield from track.finish()

    def _track(self, name: FileName) -> TrackCutter:
        if name not in self._tracks:
            self._tracks[name] = TrackCutter(name)
        return self._tracks[name]


def _follows(new: str, old: str) -> bool:
    """Tell whether `new` is the same source later on: a next part, or contest after identity."""
    if picture_of(new) != picture_of(old):
        return False
    return (track_of(new) == "contest", new) > (track_of(old) == "contest", old)
