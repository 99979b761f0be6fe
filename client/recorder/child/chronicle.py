"""The one writer of the journal, for all threads of the recorder.

Every 2 s it takes the new whole fragments of all tracks, syncs the media, and only then writes
the line that covers them: a line on the disk never speaks of bytes that are not.
"""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from client.base.clock import SECOND_US, monotonic_us, utc_us
from client.contest.receipt import Receipt
from client.evidence.entries import (
    ClockStep,
    Entry,
    Gap,
    Media,
    ReceiptSeen,
    Tail,
)
from client.evidence.journal import JournalWriter, Line
from client.evidence.layout import SessionFolder
from client.recorder.child.recovery import Past, restart_entries
from client.recorder.child.trackfile import TrackWriter

LINE_EVERY_S = 2.0
CLOCK_STEP_US = SECOND_US // 2
MAX_RECEIPT_BYTES = 8192


class Chronicle:
    """Journal, track files and receipts of one session.

    `append` and `post` are thread-safe; `cover` belongs to one thread at a time. Tracks post: they
    never wait for the journal's disk.
    """

    def __init__(self, folder: SessionFolder, key: Ed25519PrivateKey) -> None:
        """Open or continue the journal."""
        self._journal = JournalWriter(folder.journal, key)
        self._lock = threading.Lock()
        self._posted: deque[tuple[Entry, TrackWriter | None]] = deque()
        self._news = threading.Event()
        self._ended = threading.Event()
        self._writers: list[TrackWriter] = []
        self._receipts = ReceiptTail(folder.receipts)
        self._clock_offset = utc_us() - monotonic_us()
        self.files: dict[str, int] = {}
        """Bytes of each track file that the journal covers."""
        self.gaps = 0
        """Gaps that were journalled, those of earlier processes included."""
        self.covered_us = 0
        """Up to this moment pictures of every open file are on the disk and in the journal."""

    @property
    def journal(self) -> JournalWriter:
        """Return the writer, for its head and size."""
        return self._journal

    def go_on_after(self, past: Past, tails: list[Tail]) -> None:
        """Enter what a dead recorder left: tails, the restart, the gaps that follow from it.

        Posted, not awaited: a disk that is busy must not keep the screen from being recorded again.
        """
        self._receipts.seen |= past.nonces
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

    def end_writing(self) -> None:
        """Let `write` return."""
        self._ended.set()
        self._news.set()

    def write(self) -> None:
        """Write what is posted as it comes and cover the media every 2 s, until `end_writing`."""
        due = time.monotonic() + LINE_EVERY_S
        while not self._ended.is_set():
            self._news.wait(max(0.0, due - time.monotonic()))
            if time.monotonic() >= due:
                due = time.monotonic() + LINE_EVERY_S
                self.cover()
            elif self._news.is_set():
                with self._lock:
                    self._write_posted()

    def cover(self) -> None:
        """Sync new media, write the line that covers it, then copy new receipts in."""
        with self._lock:
            self._write_posted()
        finished = [writer for writer in self._writers if writer.finished]
        taken = [(w, r) for w in self._writers if (r := w.take_range()) is not None]
        for writer, _ in taken:
            writer.sync()
        if taken:
            self.append(Media(ranges={writer.name: new for writer, new in taken}))
            self.files |= {writer.name: new.bytes[1] for writer, new in taken}
            self.covered_us = min(new.us[1] for _, new in taken)
        for writer in finished:
            writer.close()
            self._writers.remove(writer)
        self._check_clock()
        for receipt in self._receipts.new():
            self.append(ReceiptSeen(receipt=receipt))

    def close(self) -> None:
        """Close the journal."""
        self._journal.close()

    def _write_posted(self) -> None:
        self._news.clear()
        while self._posted:
            entry, writer = self._posted[0]
            self._journal.append(entry)
            self._posted.popleft()
            if writer is not None:
                self._writers.append(writer)

    def _check_clock(self) -> None:
        offset = utc_us() - monotonic_us()
        step = offset - self._clock_offset
        if abs(step) >= CLOCK_STEP_US:
            self.append(ClockStep(step_us=step))
            self._clock_offset = offset


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


def _receipt(raw: bytes) -> Receipt | None:
    if len(raw) > MAX_RECEIPT_BYTES:
        return None
    try:
        document = json.loads(raw)
        return Receipt.model_validate(document) if isinstance(document, dict) else None
    except (ValueError, RecursionError):
        return None
