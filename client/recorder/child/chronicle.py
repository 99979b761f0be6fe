"""The one writer of the journal, for all threads of the recorder.

Every second it takes the new whole fragments of all tracks, syncs the media, and only then writes
the line that covers them: a line on the disk never speaks of bytes that are not.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections import deque
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from client.base.clock import SECOND_US, monotonic_us
from client.base.text import Text
from client.contest.receipt import Receipt
from client.evidence.entries import (
    Entry,
    Gap,
    Media,
    Range,
    ReceiptSeen,
    Source,
    Tail,
)
from client.evidence.journal import JournalWriter, Line
from client.evidence.layout import SessionFolder, picture_of
from client.recorder.child.clockwatch import ClockWatch
from client.recorder.child.drives import LOST, Drives
from client.recorder.child.hearing import Hearing
from client.recorder.child.mender import Mender
from client.recorder.child.recovery import Past, restart_entries
from client.recorder.child.trackfile import TrackWriter

LINE_EVERY_S = 1.0
BRIEF_US = SECOND_US // 2
NO_ROOM = Text(
    "磁盘停顿太久，内存已存满，其间没有录制",
    "the disk stood still for so long that memory was full: nothing was recorded",
)
MAX_RECEIPT_BYTES = 8192

log = logging.getLogger(__name__)


class Chronicle:
    """Journal, track files and receipts of one session.

    `append` and `post` are thread-safe; `cover` belongs to one thread at a time. Tracks post: they
    never wait for the journal's disk.
    """

    def __init__(
        self, folder: SessionFolder, key: Ed25519PrivateKey, spare: Path | None = None
    ) -> None:
        """Open or continue the journal; `spare` is the session's place on another drive."""
        self.drives = Drives(folder, self.post, spare)
        """Where parts begin; keeps room back, which is taken by what is written on a full disk."""
        self.mend = Mender(self.drives.make_room, self.post)
        """For every file of the session."""
        self._journal = JournalWriter(folder.journal, key, mend=self.mend)
        self._lock = threading.Lock()
        self._posted: deque[tuple[Entry, TrackWriter | None]] = deque()
        self._news = threading.Event()
        self._ended = threading.Event()
        self._hurried = threading.Event()
        self._writers: list[TrackWriter] = []
        self._lost: list[tuple[TrackWriter, int]] = []
        """Files that went with their drive, and since when nothing of them is certain."""
        self._receipts = ReceiptTail(folder.receipts)
        self._clock = ClockWatch()
        self._busy_since_us: int | None = None
        self.files: dict[str, int] = {}
        """Bytes of each track file that the journal covers."""
        self.gaps = 0
        """Gaps that were journalled, those of earlier processes included."""
        self.hearing = Hearing()
        """What receipts told of the organizer's clock."""
        self.covered_us = 0
        """Up to this moment pictures of every open file are on the disk and in the journal."""

    @property
    def disk_busy_since_us(self) -> int | None:
        """Return since when the oldest write or sync waits for the disk; None if none does."""
        moments = [self._busy_since_us, *(w.busy_since_us for w in list(self._writers))]
        return min((moment for moment in moments if moment is not None), default=None)

    @property
    def times_full(self) -> int:
        """Return how often a track had to wait for the disk: memory holds so much and no more."""
        return sum(writer.times_full for writer in list(self._writers))

    @property
    def journal(self) -> JournalWriter:
        """Return the writer, for its head and size."""
        return self._journal

    def go_on_after(self, past: Past, tails: list[Tail]) -> None:
        """Enter what a dead recorder left: tails, the restart, the gaps that follow from it.

        Posted, not awaited: a disk that is busy must not keep the screen from being recorded again.
        """
        self._receipts.seen |= past.nonces
        self.hearing = past.hearing
        self.gaps = past.gaps
        self.files = {name: size for name, (size, _) in past.covered.items()}
        for entry in restart_entries(past, tails):
            self.post(entry)
            if isinstance(entry, Tail):
                self.files[entry.file] = entry.bytes[1]
            self.gaps += isinstance(entry, Gap)

    def append(self, entry: Entry) -> Line:
        """Return once `entry`, and all that was posted before it, are lines on the disk."""
        with self._lock:
            self._write_posted()
            return self._journal.append(entry)

    def post(self, entry: Entry, writer: TrackWriter | None = None) -> None:
        """Enter `entry` soon, without waiting; `writer` is covered from that line on."""
        self._posted.append((entry, writer))
        self._news.set()

    def is_behind(self, at_us: int) -> bool:
        """Tell whether something of before `at_us` is not on the disk and in a line yet."""
        return bool(self._posted) or (bool(self._writers) and self.covered_us < at_us)

    def cover_soon(self) -> None:
        """Let `write` cover the media now, whenever it is due."""
        self._hurried.set()
        self._news.set()

    def end_writing(self) -> None:
        """Let `write` return."""
        self._ended.set()
        self._news.set()

    def write(self) -> None:
        """Write what is posted as it comes, cover the media every second, until `end_writing`."""
        due = time.monotonic() + LINE_EVERY_S
        while not self._ended.is_set():
            self._news.wait(max(0.0, due - time.monotonic()))
            if time.monotonic() >= due or self._hurried.is_set():
                self._hurried.clear()
                due = time.monotonic() + LINE_EVERY_S
                self.cover()
            elif self._news.is_set():
                with self._lock:
                    self._write_posted()

    def cover(self) -> None:
        """Sync new media, write the line that covers it, then copy new receipts in."""
        self._busy_since_us = monotonic_us()
        try:
            self._cover()
        finally:
            self._busy_since_us = None

    def _cover(self) -> None:
        with self._lock:
            self._write_posted()
        finished = [writer for writer in self._writers if writer.finished]
        waits = [(writer, wait) for writer in self._writers for wait in writer.take_waits()]
        taken = [(w, r) for w in self._writers if (r := w.take_range()) is not None]
        taken = [(writer, new) for writer, new in taken if self._is_synced(writer, new)]
        if taken:
            self.append(Media(ranges={writer.name: new for writer, new in taken}))
            self.files |= {writer.name: new.bytes[1] for writer, new in taken}
            self.covered_us = min(writer.taken_us for writer in self._writers)
        for writer in finished:
            if writer in self._writers:
                self._retire(writer)
        self._name_losses()
        self._name_waits(waits)
        self._check_clock()
        for receipt in self._receipts.new():
            self.hearing.hear(receipt["time_us"], monotonic_us())
            self.append(ReceiptSeen(receipt=receipt))

    def _is_synced(self, writer: TrackWriter, new: Range) -> bool:
        """Sync the file; one that went with its drive is given up, and what was lost is named."""
        try:
            writer.sync()
        except OSError as error:
            if not self.drives.is_on_spare(writer.path):
                raise
            log.warning("given up", exc_info=error)
            writer.give_up(error)
            self._writers.remove(writer)
            self._lost.append((writer, new.us[0]))
            return False
        return True

    def _retire(self, writer: TrackWriter) -> None:
        """Let a file go that takes no more."""
        writer.close()
        self._writers.remove(writer)
        if writer.has_failed and self.drives.is_on_spare(writer.path):
            self._lost.append((writer, writer.taken_us))

    def _name_losses(self) -> None:
        """Say what went with a drive, as soon as its track has gone on elsewhere."""
        for writer, from_us in list(self._lost):
            if writer.left_us is None:
                continue
            self._lost.remove((writer, from_us))
            if writer.finished:  # else it hangs in its drive
                writer.close()
            sources = (picture_of(writer.name), *(("sound",) if writer.has_sound else ()))
            for source in sources:
                self.post(_missing(source, from_us, max(from_us, writer.left_us), LOST))
            self.gaps += len(sources)

    def _name_waits(self, waits: list[tuple[TrackWriter, tuple[int, int]]]) -> None:
        """Say what was not recorded since memory held no more of what waits for the disk."""
        for writer, (from_us, to_us) in waits:
            if to_us - from_us > BRIEF_US:
                self.append(_missing(picture_of(writer.name), from_us, to_us, NO_ROOM))
                self.gaps += 1

    def close(self) -> None:
        """Close the journal."""
        self._journal.close()

    def _write_posted(self) -> None:
        self._news.clear()
        while self._posted:
            entry, writer = self._posted[0]
            before = self._journal.head
            try:
                self._journal.append(entry)
            finally:
                if self._journal.head != before:  # also where only its sync failed
                    self._posted.popleft()
                    if writer is not None:
                        self._writers.append(writer)

    def _check_clock(self) -> None:
        step = self._clock.look()
        if step is not None:
            self.append(step)


class ReceiptTail:
    """Reads new receipts from the uploader's file; anything else in it is passed over."""

    def __init__(self, path: Path) -> None:
        """Begin at the beginning; `seen` holds the nonces of receipts already journalled."""
        self._path = path
        self._offset = 0
        self.seen: set[str] = set()

    def new(self) -> list[dict[str, Any]]:
        """Return the receipts of complete lines since the last call.

        A file that is not there, or that somebody shuts us out of, is looked at again next time.
        """
        try:
            with self._path.open("rb") as file:
                file.seek(self._offset)
                block = file.read()
        except OSError:
            return []
        complete = block[: block.rfind(b"\n") + 1]
        self._offset += len(complete)
        receipts = []
        for raw in complete.splitlines():
            receipt = _receipt(raw)
            if receipt is not None and receipt.nonce not in self.seen:
                self.seen.add(receipt.nonce)
                receipts.append(receipt.model_dump(mode="json"))
        return receipts


def _missing(source: Source, from_us: int, to_us: int, why: Text) -> Gap:
    return Gap(source=source, from_us=from_us, to_us=to_us, cause=why.zh, cause_en=why.en)


def _receipt(raw: bytes) -> Receipt | None:
    if len(raw) > MAX_RECEIPT_BYTES:
        return None
    try:
        document = json.loads(raw)
        return Receipt.model_validate(document) if isinstance(document, dict) else None
    except (ValueError, RecursionError):
        return None
