"""The file behind a muxer: appends, hashes as bytes pass, and knows its whole fragments.

A thread of its own writes, so that a disk that stands still keeps no picture and no sound waiting.
"""

from __future__ import annotations

import contextlib
import hashlib
import threading
from pathlib import Path

from client.base.clock import monotonic_us
from client.base.files import AppendFile, Mend, no_mending
from client.evidence.entries import Range
from client.evidence.fragments import Fragment, FragmentParser
from client.recorder.child.aligner import Aligner
from client.recorder.child.backlog import Backlog


class TrackWriter:
    """What PyAV writes into: it has `write` and no `seek`.

    One encoder thread writes; the chronicle's thread takes ranges, which lie in the file then, and
    syncs. Media time 0 is `epoch_us` of the monotonic clock. The time of a range is that of its
    pictures, of its sound where there are none.
    """

    def __init__(self, path: Path, epoch_us: int, mend: Mend = no_mending) -> None:
        """Begin the file soon; a name is never used twice. `mend`: see `AppendFile`."""
        self.path, self.name = path, path.name
        self.epoch_us = epoch_us
        self.finished = False
        """The file has the muxer's last byte, or takes no more."""
        self.left_us: int | None = None
        """When the muxer was closed: its track goes on elsewhere, or ends."""
        self.busy_since_us: int | None = None
        """Since when the disk has been at the write that it does now."""
        self._mend = mend
        self._file: AppendFile | None = None
        self._failure: Exception | None = None
        self._backlog = Backlog()
        self._aligner = Aligner()
        self._parser = FragmentParser()
        self._lock = threading.Lock()
        self._tail = bytearray()
        self._hash = hashlib.sha256()
        self._range_start = 0
        self._committed = 0
        self._keys: list[int] = []
        self._us: tuple[int, int] | None = None
        self._init_end = 0
        self._newest_key: tuple[int, int, int] | None = None
        self.taken_us = epoch_us
        """Up to this moment pictures were handed to the chronicle."""
        self._thread = threading.Thread(target=self._work, name=f"file {path.name}", daemon=True)
        self._thread.start()

    def write(self, data: bytes) -> int:
        """Take the muxer's next bytes; raises what kept the file from taking earlier ones."""
        if self._failure is not None:
            raise self._failure
        self._backlog.put(self._aligner.feed(data))
        return len(data)

    def finish(self) -> None:
        """Say that the muxer is closed: what it left behind the last fragment counts too."""
        self.left_us = monotonic_us()
        self._backlog.put(self._aligner.finish())
        self._backlog.close()

    def give_up(self, error: OSError) -> None:
        """Take no more: the drive is gone, and what the file has may not be there."""
        self._failure = self._failure or error
        self._backlog.close()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until a file that is finished has all its bytes; tell whether it has."""
        self._thread.join(timeout_s)
        return self.finished

    def _work(self) -> None:
        try:
            self.busy_since_us = monotonic_us()
            self._file = AppendFile(self.path, self._mend)
            while (data := self._next()) is not None:
                self._append(self._file, data)
        except Exception as error:  # noqa: BLE001 - the track hears of it, whatever it is
            self._failure = error
            self._backlog.close()
        with self._lock:
            self._hash.update(self._tail)
            self._committed += len(self._tail)
            self._tail.clear()
            self.finished = True
            self.busy_since_us = None

    def _next(self) -> bytes | None:
        self.busy_since_us = None
        data = self._backlog.take()
        self.busy_since_us = monotonic_us()
        return data

    def _append(self, file: AppendFile, data: bytes) -> None:
        file.append(data)
        with self._lock:
            self._tail += data
            for fragment in self._parser.feed(data):
                self._commit(fragment)

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

    def key_since(self, at_us: int) -> tuple[int, tuple[int, int], int] | None:
        """Return where the newest whole fragment with a key picture lies, if not before `at_us`.

        The end of the initialisation segment, begin and end of the fragment, and its moment.
        """
        with self._lock:
            newest = self._newest_key
            if newest is None or newest[2] < at_us:
                return None
            return self._init_end, newest[:2], newest[2]

    @property
    def size(self) -> int:
        """Return the bytes that lie in the file."""
        return self._file.size if self._file else 0

    @property
    def has_failed(self) -> bool:
        """Tell whether the file does not have all that it should."""
        return self._failure is not None

    @property
    def has_sound(self) -> bool:
        """Tell whether there is sound in it, as far as it is written."""
        return any(not header.video for header in list(self._parser.tracks.values()))

    @property
    def times_full(self) -> int:
        """Return how often the muxer had to wait for the disk: pictures are missing then."""
        return self._backlog.times_full

    def take_waits(self) -> list[tuple[int, int]]:
        """Return from when to when the muxer had to wait, since the last call."""
        waits = self._backlog.waits
        return [waits.popleft() for _ in range(len(waits))]

    @property
    def pending(self) -> bool:
        """Tell whether bytes still wait for the disk."""
        return self._backlog.size > 0 or self.busy_since_us is not None

    def sync(self) -> None:
        """Return once the bytes that lie in the file are on the disk."""
        if self._file is not None:
            self._file.sync()

    def close(self) -> None:
        """Close the file, finished and synced; a drive that is gone may refuse even that."""
        self.wait()
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()

    def _commit(self, fragment: Fragment) -> None:
        length = fragment.end - self._committed
        self._hash.update(memoryview(self._tail)[:length])
        del self._tail[:length]
        self._committed = fragment.end
        if fragment.key:
            self._keys.append(fragment.offset)
        if fragment.is_init:
            self._init_end = fragment.end
            return
        spans = [span for span in fragment.spans if span.video] or fragment.spans
        if spans:
            start = self.epoch_us + spans[0].start_us
            if fragment.key:
                self._newest_key = (fragment.offset, fragment.end, start)
            self._us = (self._us[0] if self._us else start, self.epoch_us + spans[-1].end_us)
