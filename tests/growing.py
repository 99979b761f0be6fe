"""Session folders that grow on demand: real journal, keys and seal; random bytes as track content.

Nothing here can be played; the uploader never looks inside a track. Times are numbers, so an hour
is recorded in a moment. Sessions that can be played are in `tests/builders.py`.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from client.base.files import AppendFile
from client.contest.signed import public_key, sha256
from client.evidence.entries import (
    Close,
    Consent,
    Entry,
    Media,
    Opening,
    Part,
    Range,
    Restart,
    Step,
    Tail,
)
from client.evidence.journal import JournalWriter
from client.evidence.keys import create_session_key, load_session_key
from client.evidence.layout import SessionFolder
from client.evidence.seal import Seal, write_seal

SECOND = 1_000_000
SESSION = "5d0c1f7e-0000-4000-8000-00000000a001"
TICK = 2
"""Seconds between media lines."""


@dataclass
class Growing:
    """A recorder's folder, written step by step. `rate` is bytes a second of each track."""

    path: Path
    rate: int = 20_000
    key_seconds: int = 10
    seed: int = 1
    session: str = SESSION
    plan: bytes | None = None
    enrolment: dict[str, Any] | None = None
    now: int = 0
    """Seconds since the beginning."""
    sizes: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder = SessionFolder(self.path).create()
        fresh = not self.folder.key.exists()
        self.key = (
            create_session_key(self.folder.key) if fresh else load_session_key(self.folder.key)
        )
        if self.plan is not None:
            self.folder.plan.write_bytes(self.plan)
        self.random = random.Random(self.seed)
        self.on_spare: set[str] = set()
        """Files that the journal says to lie on another drive."""
        self.files: dict[str, AppendFile] = {}
        self.begun: dict[str, int] = {}
        self.journal = JournalWriter(self.folder.journal, self.key)

    @property
    def session_key(self) -> str:
        return public_key(self.key)

    def say(self, entry: Entry) -> None:
        self.journal.append(entry, 10**9 + self.now * SECOND)

    def open(self) -> Growing:
        """Write the lines that stand before the first media."""
        self.say(
            Opening(
                session=self.session,
                session_key=self.session_key,
                purpose="contest",
                software="growing 0",
                platform="test",
                plan_sha256=sha256(self.plan) if self.plan is not None else None,
                paper=None,
                role="primary",
                enrolment=self.enrolment,
            )
        )
        self.say(Consent(items=("camera",)))
        return self

    def begin(self, *names: str) -> Growing:
        """Begin these files; every other one has ended."""
        for name in list(self.files):
            if name not in names:
                self.files.pop(name).close()
        for name in names:
            if name not in self.files:
                self.say(
                    Part(
                        file=name,
                        epoch_us=0,
                        width=2,
                        height=2,
                        sound=False,
                        spare=name in self.on_spare,
                    ),
                )
                self.files[name] = AppendFile(self.folder.path / name)
                self.begun[name] = self.now
                self.sizes[name] = 0
        return self

    def record(self, seconds: int, *names: str) -> Growing:
        """Let the tracks grow, `names` being the ones that run from now on where given."""
        if names:
            self.begin(*names)
        for _ in self.ticks(seconds):
            pass
        return self

    def ticks(self, seconds: int) -> Iterator[int]:
        """Grow by one media line after another, for callers that do something between."""
        for _ in range(seconds // TICK):
            ranges = {name: self._range(name) for name in self.files}
            self.now += TICK
            self.say(Media(ranges=ranges))
            yield self.now

    def _range(self, name: str, fragments: Sequence[int] = (0, 1)) -> Range:
        """Append one fragment a second; one in `key_seconds` begins with a key frame."""
        start, keys, data = self.sizes[name], [], b""
        for second in fragments:
            if (self.now + second - self.begun[name]) % self.key_seconds == 0:
                keys.append(start + len(data))
            data += self.random.randbytes(self.random.randint(1, 2 * self.rate))
        self.files[name].append(data)
        self.sizes[name] += len(data)
        return Range(
            bytes=(start, start + len(data)),
            us=(10**9 + self.now * SECOND, 10**9 + (self.now + TICK) * SECOND),
            sha256=sha256(data),
            keys=tuple(keys),
        )

    def torn(self, size: int = 500) -> Growing:
        """Append bytes to every running file that no line covers (yet)."""
        for file in self.files.values():
            file.append(self.random.randbytes(size))
        return self

    def crash(self, *, tail_lines: bool = True) -> Growing:
        """Die after torn writes, and come back; the tails are journalled unless told otherwise."""
        self.torn()
        self.journal.close()
        with self.folder.journal.open("ab") as file:
            file.write(b'{"boot":"torn')
        self.now += 1
        self.journal = JournalWriter(self.folder.journal, self.key)
        self.say(Restart(cause="killed", down_us=SECOND, new_boot=False))
        for name, file in self.files.items():
            file.close()
            size = (self.folder.path / name).stat().st_size
            if tail_lines:
                tail = (self.folder.path / name).read_bytes()[self.sizes[name] :]
                self.say(Tail(file=name, bytes=(self.sizes[name], size), sha256=sha256(tail)))
                self.sizes[name] = size
        self.files.clear()
        return self

    def close(self) -> Growing:
        """Write the close line."""
        self.say(Step(name="ended", by="contestant"))
        for file in self.files.values():
            file.close()
        self.say(Close(reason="ended", files=self.sizes))
        return self

    def seal(self) -> Growing:
        """Close and seal."""
        self.close()
        head = self.journal.head
        assert head is not None
        unsigned = Seal(
            session=self.session,
            session_key=self.session_key,
            head=head,
            journal_bytes=self.journal.size,
            files=self.sizes,
            utc_us=1,
            signature="AAAA",
        )
        write_seal(self.folder.seal, unsigned, self.key)
        self.journal.close()
        return self


def an_ordinary_session(path: Path, **changes: Any) -> Growing:
    """Return a session of 40 s: identity, contest, a crash in between, not closed yet."""
    growing = Growing(path, **changes).open()
    growing.record(12, "screen-01.mp4", "identity-01.mp4")
    growing.record(10, "screen-01.mp4", "contest-01.mp4")
    growing.crash()
    return growing.record(16, "screen-02.mp4", "contest-02.mp4")
