"""Coming back after a crash: what the journal says, and the tails that no line covers yet."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from client.base.clock import boot_id, monotonic_us, utc_us
from client.base.errors import EvidenceError
from client.base.files import open_file
from client.base.text import Text
from client.evidence.entries import (
    Close,
    Consent,
    Device,
    Gap,
    Media,
    Opening,
    Part,
    ReceiptSeen,
    Restart,
    Source,
    Step,
    StepName,
    Tail,
)
from client.evidence.fragments import FragmentParser
from client.evidence.journal import Line, read_journal
from client.evidence.layout import PICTURES, SessionFolder, Track, part_of, picture_of, track_of
from client.recorder.child.hearing import Hearing

INIT_BYTES = 65_536
KILLED = Text("录制进程意外中断后已恢复", "the recorder died and came back")
REBOOTED = Text("电脑重启后录制已恢复", "the computer restarted and the recording went on")

log = logging.getLogger(__name__)


@dataclass
class Past:
    """What a journal tells of the time before this process."""

    opening: Line | None = None
    last: Line | None = None
    consented: bool = False
    steps: list[StepName] = field(default_factory=list)
    begun_us: int | None = None
    """When the identity step began, on this boot's clock; None before it."""
    closed: bool = False
    gaps: int = 0
    parts: dict[str, Part] = field(default_factory=dict)
    covered: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Bytes of each file that lines cover, and the monotonic time up to which."""
    nonces: set[str] = field(default_factory=set)
    hearing: Hearing = field(default_factory=Hearing)
    devices: dict[Source, str] = field(default_factory=dict)
    """What was opened last for each source."""


def read_past(folder: SessionFolder) -> Past:
    """Read the whole journal once."""
    past = Past()
    for line in read_journal(folder.journal):
        if isinstance(line, Line):
            past.last = line
            _learn_steps(past, line)
            _learn_files(past, line)
    return past


def _learn_steps(past: Past, line: Line) -> None:
    match line.entry:
        case Opening():
            past.opening = line
        case Consent():
            past.consented = True
        case Step(name=name):
            past.steps.append(name)
            if name == "identity":
                past.begun_us = max(0, _on_this_clock(line))
        case Device(source=source, name=name):
            past.devices[source] = name
        case Gap():
            past.gaps += 1
        case ReceiptSeen(receipt=receipt):
            past.nonces.add(str(receipt.get("nonce")))
            time_us = receipt.get("time_us")
            if isinstance(time_us, int):
                past.hearing.hear(time_us, _on_this_clock(line))
        case Close():
            past.closed = True
        case _:
            pass


def _learn_files(past: Past, line: Line) -> None:
    match line.entry:
        case Part() as part:
            past.parts[part.file] = part
        case Media(ranges=ranges):
            past.covered |= {name: (r.bytes[1], r.us[1]) for name, r in ranges.items()}
        case Tail(file=name, bytes=span, us=us):
            _, until = past.covered.get(name, (0, 0))
            past.covered[name] = (span[1], us[1] if us else until)
        case _:
            pass


def _on_this_clock(line: Line) -> int:
    """Return the line's moment on the monotonic clock of this boot, by wall time after a reboot.

    Less than 0 where that was before this boot.
    """
    if line.boot == boot_id():
        return line.mono_us
    return line.utc_us - (utc_us() - monotonic_us())


def next_parts(folder: SessionFolder, journalled: Iterable[str] = ()) -> dict[Track, int]:
    """Return the number of the next part of each track; a name is never used twice.

    Not that of a file on a drive that is unplugged either: the journal knows it.
    """
    parts = dict.fromkeys(PICTURES, 1)
    for name in (*journalled, *(path.name for path in folder.tracks())):
        track = track_of(name)
        parts[track] = max(parts[track], part_of(name) + 1)
    return parts


def find_tails(folder: SessionFolder, past: Past) -> list[Tail]:
    """Hash what dead recorders left behind the last line of each file."""
    tails = []
    for path in folder.tracks():
        start, _ = past.covered.get(path.name, (0, 0))
        try:
            size = path.stat().st_size
            if size > start:
                tails.append(_tail(path, start, size, past.parts.get(path.name)))
        except OSError:
            if path.parent == folder.path:
                raise
            log.exception("the other drive fails")  # recording goes on all the same
    return tails


def _tail(path: Path, start: int, size: int, part: Part | None) -> Tail:
    digest = hashlib.sha256()
    parser = FragmentParser()
    us: tuple[int, int] | None = None
    with open_file(path) as file:
        if start:
            _feed_init(parser, file.read(min(INIT_BYTES, start)))
            file.seek(start)
        while block := file.read(1 << 20):
            digest.update(block)
            us = _extend(us, parser, block, part)
    return Tail(file=path.name, bytes=(start, size), us=us, sha256=digest.hexdigest())


def _feed_init(parser: FragmentParser, head: bytes) -> None:
    """Teach the parser the file's tracks and time scales: `ftyp` and `moov`, nothing more."""
    offset = 0
    while offset + 8 <= len(head) and head[offset + 4 : offset + 8] != b"moof":
        offset += max(8, int.from_bytes(head[offset : offset + 4], "big"))
    parser.feed(head[:offset])


def _extend(
    us: tuple[int, int] | None, parser: FragmentParser, block: bytes, part: Part | None
) -> tuple[int, int] | None:
    try:
        fragments = parser.feed(block)
    except EvidenceError:
        return us
    for fragment in fragments:
        spans = [s for s in fragment.spans if s.video] or fragment.spans
        if spans and part is not None:
            start, end = part.epoch_us + spans[0].start_us, part.epoch_us + spans[-1].end_us
            us = (us[0] if us else start, end)
    return us


def restart_entries(past: Past, tails: list[Tail]) -> list[Tail | Restart | Gap]:
    """Return the lines that a recorder writes when it comes back: tails, restart, gaps."""
    if past.last is None:
        return list(tails)
    rebooted = past.last.boot != boot_id()
    cause = REBOOTED if rebooted else KILLED
    down_us = utc_us() - past.last.utc_us if rebooted else monotonic_us() - past.last.mono_us
    restart = Restart(cause=cause.zh, cause_en=cause.en, down_us=max(0, down_us), new_boot=rebooted)
    gaps = [
        Gap(
            source=source,
            from_us=until,
            to_us=max(until, monotonic_us()) if not rebooted else monotonic_us(),
            boot_before=past.last.boot if rebooted else "",
            cause=cause.zh,
            cause_en=cause.en,
        )
        for source, until in _covered_until(past, tails).items()
    ]
    return [*tails, restart, *gaps]


def _covered_until(past: Past, tails: list[Tail]) -> dict[Source, int]:
    """Return up to when each source was filmed, by the newest of its files."""
    until = {name: us for name, (_, us) in past.covered.items()}
    until |= {tail.file: tail.us[1] for tail in tails if tail.us}
    ends: dict[Source, int] = {}
    for name, us in until.items():
        part = past.parts.get(name)
        if part is None:
            continue
        for source in (picture_of(name), *(("sound",) if part.sound else ())):
            ends[source] = max(ends.get(source, 0), us)
    return ends


def started_clock(past: Past) -> int:
    """Return this computer's UTC minus its monotonic clock, as the session first read it.

    A wall clock that is set in the middle then moves no deadline; after a reboot there is only
    the wall clock.
    """
    if past.opening is not None and past.opening.boot == boot_id():
        return past.opening.utc_us - past.opening.mono_us
    return utc_us() - monotonic_us()
