"""The file behind a muxer: appends, hashes as bytes pass, and knows its whole fragments."""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path

from client.base.files import AppendFile
from client.evidence.entries import Range
from client.evidence.fragments import Fragment, FragmentParser
from client.recorder.child.aligner import Aligner


class TrackWriter:
    """What PyAV writes into: it has `write` and no `seek`.

    One encoder thread writes; the chronicle's thread takes ranges and syncs. Media time 0 is
    `epoch_us` of the monotonic clock. The time of a range is that of its pictures,
    of its sound where there are none.
    """

    def __init__(self, path: Path, epoch_us: int) -> None:
        """Create the file; a name is never used twice."""
        self.name = path.name
        self.epoch_us = epoch_us
        self.finished = False
        """The muxer wrote its last byte."""
        self._file = AppendFile(path)
        self._aligner = Aligner()
        self._parser = FragmentParser()
        self._lock = threading.Lock()
        self._tail = bytearray()
        self._hash = hashlib.sha256()
        self._range_start = 0
        self._committed = 0
        self._keys: list[int] = []
        self._us: tuple[int, int] | None = None
        self.taken_us = epoch_us
        """Up to this moment pictures were handed to the chronicle."""

    def write(self, data: bytes) -> int:
        """Take the muxer's next bytes."""
        self._append(self._aligner.feed(data))
        return len(data)

    def _append(self, data: bytes) -> None:
        self._file.append(data)
        with self._lock:
            self._tail += data
            for fragment in self._parser.feed(data):
                self._commit(fragment)

    def finish(self) -> None:
        """Say that the muxer is closed: what it left behind the last fragment counts too."""
        self._append(self._aligner.finish())
        with self._lock:
            self._hash.update(self._tail)
            self._committed += len(self._tail)
            self._tail.clear()
            self.finished = True

    def take_range(self) -> Range | None:
        """Return the whole fragments since the last call, or None where there are none."""
        with self._lock:
            if self._committed == self._range_start:
                return None
            us = self._us or (self.taken_us, self.taken_us)
            self.taken_us = us[1]
            taken = Range(
                bytes=(self._range_start, self._committed),
                us=us,
                sha256=self._hash.hexdigest(),
                keys=tuple(self._keys),
            )
            self._hash = hashlib.sha256()
            self._range_start = self._committed
            self._keys.clear()
            self._us = None
            return taken

    @property
    def size(self) -> int:
        """Return the bytes written."""
        return self._file.size

    def sync(self) -> None:
        """Return once the bytes are on the disk."""
        self._file.sync()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _commit(self, fragment: Fragment) -> None:
        length = fragment.end - self._committed
        self._hash.update(memoryview(self._tail)[:length])
        del self._tail[:length]
        self._committed = fragment.end
        if fragment.key:
            self._keys.append(fragment.offset)
        if fragment.is_init:
            return
        spans = [span for span in fragment.spans if span.video] or fragment.spans
        if spans:
            start = self.epoch_us + spans[0].start_us
            self._us = (self._us[0] if self._us else start, self.epoch_us + spans[-1].end_us)
