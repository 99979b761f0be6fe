"""What a disk that loses power would keep: replays the write and sync calls that strace saw.

Only what was synced before the cut survives: of a file the bytes before its last completed
`fdatasync`, of a name what its folder's last completed `fsync` saw. Bytes written later may or may
not be there, so a replay can be asked for a torn end as well. Which thread wrote is of no account.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Literal

SYSCALLS = (
    "openat,open,creat,write,pwrite64,writev,ftruncate,truncate,fdatasync,fsync,"
    "rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat"
)
STRACE = [
    *("strace", "-f", "-ttt", "--seccomp-bpf", "-y", "-xx", "-s", "4000000"),
    *("-e", f"trace={SYSCALLS}"),
]
SECTOR = 512
"""What a disk writes whole or not at all."""

Tear = Literal["prefix", "holes", "zeros"]
TEARS: tuple[Tear, ...] = ("prefix", "holes", "zeros")
"""Of the bytes not synced: some first ones; any sectors, the others zeros; none, only the size."""

_LINE = re.compile(r"^(\d+) +(\d+\.\d+) (.*)$")
_CALL = re.compile(r"^(\w+)\((.*)\) += (-?\d+)(?:<.*>)?( .*)?$")
_PATH = re.compile(r"<((?:\\x[0-9a-f]{2}|[^>])*)>")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


@dataclass
class Disked:
    """A file: all bytes written, and how many of them are safe."""

    data: bytearray = field(default_factory=bytearray)
    synced: int = 0

    def torn(self, how: Tear, dice: Random) -> bytes:
        """Return what may be there after a power loss: the safe bytes, and some of the others."""
        size = dice.randint(self.synced, len(self.data))
        kept = self.data[:size]
        if how == "prefix":
            return bytes(kept)
        for start in range(self.synced // SECTOR * SECTOR, size, SECTOR):
            if how == "zeros" or dice.random() < 0.5:
                low, high = max(start, self.synced), min(start + SECTOR, size)
                kept[low:high] = bytes(high - low)
        return bytes(kept)


@dataclass
class Disk:
    """The files below one folder as a program's calls leave them."""

    root: str
    names: dict[str, Disked] = field(default_factory=dict)
    durable: dict[str, Disked] = field(default_factory=dict)
    """Names that their folder's last sync saw."""

    def survivors(self, torn: Tear | None = None, dice: Random | None = None) -> dict[str, bytes]:
        """Return what survives, by the name below the root; with `torn` some unsynced bytes too."""
        return {
            str(Path(name).relative_to(self.root)): bytes(file.data[: file.synced])
            if torn is None or dice is None
            else file.torn(torn, dice)
            for name, file in self.durable.items()
        }

    def apply(self, call: str, arguments: str, result: int, safe: int | None) -> None:
        """Do what a completed call did; `safe` is a file's size when its sync began."""
        if result < 0:
            return
        paths = [_plain(p) for p in _PATH.findall(arguments)]
        texts = [_plain(t) for t in _TEXT.findall(arguments)]
        if call in ("openat", "open", "creat"):
            self._open(texts[0], arguments)
        elif call in ("fdatasync", "fsync"):
            self._sync(paths[0], safe)
        elif call == "write" and self._knows(paths[0]):
            self.names[paths[0]].data += bytes.fromhex(_raw(arguments))[:result]
        elif call.startswith("rename") and self._knows(texts[0]):
            self.names[texts[1]] = self.names.pop(texts[0])
        elif call.startswith("unlink"):
            self.names.pop(texts[0], None)
        elif call in ("pwrite64", "writev", "ftruncate", "truncate"):
            assert not any(map(self._knows, paths + texts)), f"evidence is only appended: {call}"

    def size(self, arguments: str) -> int | None:
        """Return the present size of the file that a call is about."""
        paths = [_plain(p) for p in _PATH.findall(arguments)]
        return len(self.names[paths[0]].data) if paths and self._knows(paths[0]) else None

    def _knows(self, path: str) -> bool:
        return path in self.names

    def _open(self, path: str, arguments: str) -> None:
        if not path.startswith(f"{self.root}/") or "O_CREAT" not in arguments:
            return
        file = self.names.setdefault(path, Disked())
        if "O_TRUNC" in arguments:
            file.data.clear()
            file.synced = 0

    def _sync(self, path: str, safe: int | None) -> None:
        if self._knows(path):
            assert safe is not None
            self.names[path].synced = max(self.names[path].synced, safe)
            return
        inside = {n: f for n, f in self.names.items() if str(Path(n).parent) == path}
        others = {n: f for n, f in self.durable.items() if str(Path(n).parent) != path}
        self.durable = others | inside


@dataclass(frozen=True)
class Moment:
    """Between two calls of the program."""

    utc: float
    """Seconds of the wall clock when the next call was completed."""
    disk: Disk
    """As the calls before left it: copy it, or use it before the next moment."""
    syncs: bool
    """The next call completes a sync, so never is more unsynced than now."""


def replay(log: Path, root: Path) -> Iterator[Moment]:
    """Yield the moment before each completed call that changes something below `root`, and the end.

    A write is there once its call was completed.
    """
    disk = Disk(str(root))
    begun: dict[str, tuple[str, int | None]] = {}
    utc = 0.0
    for thread, utc, line in _lines(log):
        text = line
        if text.endswith("<unfinished ...>"):
            start = text.removesuffix("<unfinished ...>").rstrip()
            begun[thread] = (start, disk.size(start))
            continue
        safe = disk.size(text)
        if text.startswith("<... "):
            start, safe = begun.pop(thread)
            text = start + text.partition("resumed>")[2]
        match = _CALL.match(text)
        if match is None:
            continue
        call, arguments, result, _ = match.groups()
        if disk.size(arguments) is not None:
            yield Moment(utc, disk, call in ("fdatasync", "fsync"))
        disk.apply(call, arguments, int(result), safe)
    yield Moment(utc, disk, syncs=False)


def pick(log: Path, root: Path, moments: set[int]) -> Iterator[tuple[int, Moment]]:
    """Yield the moments of these numbers, each with a disk of its own."""
    for number, moment in enumerate(replay(log, root)):
        if number in moments:
            yield number, Moment(moment.utc, copy.deepcopy(moment.disk), moment.syncs)


def _lines(log: Path) -> Iterator[tuple[str, float, str]]:
    with log.open(encoding="ascii", errors="replace") as file:
        for raw in file:
            match = _LINE.match(raw.rstrip("\n"))
            if match is not None:
                yield match[1], float(match[2]), match[3]


def _raw(arguments: str) -> str:
    return _TEXT.findall(arguments)[0].replace("\\x", "")


def _plain(text: str) -> str:
    if "\\x" not in text:
        return text
    return bytes.fromhex(text.replace("\\x", "")).decode("utf-8", "replace")
