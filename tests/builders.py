"""Builds small but real sessions: keys, plan, enrolment, journal, fragmented MP4, receipts.

Nothing here runs in real time: the monotonic and the wall clock are numbers that the script moves.
All moments of a `Script` are seconds since the identity step, when the devices start.

    built = build_session(tmp_path, Script(seconds=12, offline=((3, 12),)))
    verify(built.folder.path, built.organizer_key)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from client.base.files import AppendFile
from client.contest.signed import PublicKey, canonical, public_key, sha256
from client.evidence.entries import (
    CheckResult,
    Close,
    Consent,
    Device,
    Entry,
    Gap,
    Media,
    Opening,
    Origin,
    Pair,
    Part,
    Preflighted,
    Purpose,
    Range,
    ReceiptSeen,
    Restart,
    Source,
    State,
    Step,
    Tail,
)
from client.evidence.fragments import Fragment, FragmentParser
from client.evidence.journal import JournalWriter, Line
from client.evidence.keys import create_session_key
from client.evidence.layout import SessionFolder, track_file
from client.evidence.seal import Seal, write_seal
from tests.documents import (
    SESSION,
    enrolment_document,
    plan_document,
    receipt_document,
    storage_document,
)
from tests.films import SECOND, encoded

MONO_BASE = 40_000 * SECOND
PAIR = Pair(
    camera="camera of the builder",
    camera_delay_us=None,
    camera_told_by="nobody",
    microphone="sound of the builder",
    microphone_delay_us=12_000,
    microphone_told_by="device",
    microphone_spread_us=400,
    offset_us=None,
)
WALL_BASE = 1_795_310_000 * SECOND
BEIJING = timezone(timedelta(hours=8))


@dataclass(frozen=True)
class Stretch:
    """A source stands still between two seconds, and says why."""

    source: Source
    start: float
    end: float
    cause: str = "device unplugged"


@dataclass(frozen=True)
class Script:
    """What happens in one session. The defaults are an ordinary contest with everything right."""

    seconds: float = 12
    identity_seconds: float = 4
    hours: tuple[float, float] | None = None
    """Start and end of the paper; by default the contest's step and the end of the recording."""
    lead_seconds: float | None = None
    """So long before the paper's start filming is asked for; by default from the identity step."""
    handed_in: float | None = None
    purpose: Purpose = "contest"
    rehearsal_plan: bool = False
    plan_asks_second: bool = False
    sources: tuple[Source, ...] = ("screen", "camera", "sound")
    origins: dict[Source, Origin] = field(default_factory=dict)
    slates: tuple[Stretch, ...] = ()
    """Stand-ins: slate or silence, named in state lines."""
    offline: tuple[tuple[float, float], ...] = ()
    """No heartbeat is answered between these seconds."""
    offline_enrolment: bool = False
    """The session begins without organizer; the enrolment arrives at the end of the journal."""
    crash: tuple[float, float] | None = None
    """The recorder dies at the first second and is back at the second one, torn tails kept."""
    torn_line: bool = False
    """The crash also left half a journal line."""
    reboot: bool = False
    """The crash was one of the computer: another boot id, another monotonic clock."""
    wall_after_reboot: float = 0
    """By so many seconds the wall clock is ahead from the reboot on."""
    heartbeat: int = 1
    """Seconds, as the plan asks; the builder itself sends one every 2 s."""
    organizer_jump: tuple[float, float] = (0, 0)
    """From the first second on the organizer's clock is ahead by the second number."""
    pair: Pair = PAIR
    """Entered where there are camera and sound."""
    media_hole: tuple[float, float] = (0, 0)
    """The contest file has no picture here, and no line says so."""
    claim_more_us: int = 0
    """The last line says that much more of the screen than the file holds."""
    on_spare: tuple[str, ...] = ()
    """Files that the journal says to lie on another drive; they are made in the folder."""
    ended_by: Literal["contestant", "plan"] = "plan"
    skips_contest: bool = False
    """The session ends without the contest's step."""
    close: bool = True
    seal: bool = True
    store: bool = True
    session: str = SESSION


@dataclass(frozen=True)
class Built:
    """The session on disk, and all keys, also those that a real session destroys."""

    folder: SessionFolder
    session_key: Ed25519PrivateKey
    organizer: Ed25519PrivateKey
    lines: list[Line] = field(repr=False)

    @property
    def organizer_key(self) -> PublicKey:
        """Return the key that a judge brings."""
        return public_key(self.organizer)


def build_session(
    root: Path, script: Script | None = None, organizer: Ed25519PrivateKey | None = None
) -> Built:
    """Write the session that `script` describes below `root`."""
    return _Director(root, script or Script(), organizer or Ed25519PrivateKey.generate()).play()


@dataclass
class _Growing:
    """One track file while it is written."""

    name: str
    file: AppendFile
    epoch_us: int
    data: bytes
    fragments: list[Fragment]


class _Director:
    def __init__(self, root: Path, script: Script, organizer: Ed25519PrivateKey) -> None:
        self.script = script
        self.organizer = organizer
        self.folder = SessionFolder(root / "session").create()
        self.key = create_session_key(self.folder.key)
        self.now = 0.0
        self.lines: list[Line] = []
        self.receipts: list[dict[str, Any]] = []
        self.growing: list[_Growing] = []
        self.sizes: dict[str, int] = {}
        self.part = 1
        self.mono_base = MONO_BASE
        self.journal = self._writer()

    # ---- clocks: seconds of the script to microseconds -----------------------------------------
    def mono(self, second: float) -> int:
        return self.mono_base + round(second * SECOND)

    def wall(self) -> int:
        off = self.script.wall_after_reboot if self.mono_base != MONO_BASE else 0
        return WALL_BASE + round((self.now + off) * SECOND)

    def _writer(self) -> JournalWriter:
        writer = JournalWriter(self.folder.journal, self.key, self.wall)
        if self.mono_base != MONO_BASE:
            writer.boot = "after-the-reboot"
        return writer

    def say(self, entry: Entry) -> None:
        self.lines.append(self.journal.append(entry, self.mono(self.now)))

    # ---- the play ------------------------------------------------------------------------------
    def play(self) -> Built:
        script = self.script
        self._open()
        switch = script.identity_seconds
        end_of_first = min(switch, script.crash[0]) if script.crash else switch
        self._begin_files("identity", 0.0, end_of_first)
        self.say(Step(name="identity", by="contestant"))
        self._run_until(switch, "identity")
        self._switch_to_contest(switch)
        if not script.skips_contest:
            self.say(Step(name="contest", by="plan"))
        if script.handed_in is not None:
            self._run_until(script.handed_in, "contest")
            self.say(Step(name="handed_in", by="contestant"))
        self._run_until(script.seconds, "contest")
        if script.close:
            self._close()
        self._write_receipts()
        return Built(self.folder, self.key, self.organizer, self.lines)

    def _open(self) -> None:
        script, plan = self.script, b""
        recording = script.purpose == "recording"
        if not recording:
            plan = canonical(
                plan_document(
                    self.organizer,
                    self._hours(),
                    timing={"filming_minutes_before": self._lead() / 60},
                    rehearsal=script.rehearsal_plan,
                    upload={"heartbeat_seconds": script.heartbeat},
                    recording={"second_camera": script.plan_asks_second},
                )
            )
            self.folder.plan.write_bytes(plan)
            self.plan = plan
        self.now = -3.0
        enrolment = None if recording else self._enrolment(-4.0)
        self.say(
            Opening(
                session=script.session,
                session_key=public_key(self.key),
                purpose=script.purpose,
                software="builder 0",
                platform="test",
                plan_sha256=None if recording else sha256(plan),
                paper=None if recording else "paper",
                role=None if recording else "primary",
                enrolment=None if script.offline_enrolment else enrolment,
            )
        )
        self.now = -2.0
        self.say(Consent(items=("camera", "screen", "sound")))
        self.say(Preflighted(results=(CheckResult(check="disk", verdict="pass"),)))
        self.now = 0.0
        for source in script.sources:
            origin = script.origins.get(source, "real")
            self.say(Device(source=source, name=f"{source} of the builder", origin=origin))
        if {"camera", "sound"} <= set(script.sources):
            self.say(script.pair)

    def _paper(self) -> tuple[float, float]:
        return self.script.hours or (self.script.identity_seconds, self.script.seconds)

    def _hours(self) -> tuple[str, str]:
        start, end = (
            datetime.fromtimestamp(WALL_BASE // SECOND + at, BEIJING).isoformat()
            for at in self._paper()
        )
        return start, end

    def _lead(self) -> float:
        asked = self.script.lead_seconds
        return max(0.0, self._paper()[0]) if asked is None else asked

    def _enrolment(self, at: float) -> dict[str, Any]:
        return enrolment_document(
            self.organizer,
            public_key(self.key),
            self.plan,
            WALL_BASE + round(at * SECOND),
            self.script.session,
        )

    def _begin_files(self, camera_track: str, start: float, camera_end: float) -> None:
        """Begin the part of every track that runs now; each is encoded up to its known end."""
        script = self.script
        if "screen" in script.sources and not any("screen" in g.name for g in self.growing):
            end = script.crash[0] if script.crash and self.part == 1 else script.seconds
            self._begin("screen", start, end, sound=False)
        if "second" in script.sources and not any("second" in g.name for g in self.growing):
            end = script.crash[0] if script.crash and self.part == 1 else script.seconds
            self._begin("second", start, end, sound=False)
        if {"camera", "sound"} & set(script.sources):
            self._begin(camera_track, start, camera_end, sound="sound" in script.sources)

    def _begin(self, track: str, start: float, end: float, *, sound: bool) -> None:
        picture = track in ("screen", "second") or "camera" in self.script.sources
        hole = self.script.media_hole if track == "contest" else (start, start)
        data = encoded(
            round(end - start, 3),
            picture=picture,
            sound=sound,
            hole=(hole[0] - start, hole[1] - start),
        )
        name = track_file(track, self.part)
        parser = FragmentParser()
        fragments = parser.feed(data)
        last = fragments[-1]
        fragments[-1] = Fragment(last.offset, last.size + parser.pending, last.key, last.spans)
        file = AppendFile(self.folder.path / name)
        self.growing.append(_Growing(name, file, self.mono(start), data, fragments))
        part = Part(file=name, epoch_us=self.mono(start), width=64, height=48, sound=sound)
        self.say(part.model_copy(update={"spare": name in self.script.on_spare}))

    def _run_until(self, end: float, camera_track: str) -> None:
        """Write a media line every 2 s, receipts and states when they are due."""
        script = self.script
        while self.now < end:
            following = min(end, self.now + 2.0)
            crash = script.crash
            if crash and self.part == 1 and self.now < crash[0] <= following:
                self._advance(crash[0] - 0.5)
                self._crash(crash, camera_track, end)
                continue
            self._advance(following)

    def _advance(self, to: float) -> None:
        before, self.now = self.now, to
        self._states(before, to)
        self._grow(self.mono(to))
        if self._online(to) and self.script.purpose != "recording":
            self._heartbeat()

    def _states(self, before: float, to: float) -> None:
        for stretch in self.script.slates:
            stand_in = "silence" if stretch.source == "sound" else "slate"
            if before <= stretch.start < to:
                self._state(stretch, stand_in, stretch.start)
            if before < stretch.end <= to:
                self._state(stretch, "live", stretch.end)

    def _state(self, stretch: Stretch, state: str, at: float) -> None:
        cause = stretch.cause if state != "live" else ""
        self.say(State(source=stretch.source, state=state, at_us=self.mono(at), cause=cause))

    def _grow(self, until_us: int, *, everything: bool = False) -> None:
        ranges: dict[str, Range] = {}
        for growing in self.growing:
            slack = SECOND // 10
            due = [
                f
                for f in growing.fragments
                if everything or growing.epoch_us + f.end_us <= until_us + slack
            ]
            if due:
                ranges[growing.name] = self._write(growing, due)
        if ranges:
            self.say(Media(ranges=ranges))

    def _write(self, growing: _Growing, due: list[Fragment]) -> Range:
        del growing.fragments[: len(due)]
        start, end = due[0].offset, due[-1].end
        data = growing.data[start:end]
        growing.file.append(data)
        self.sizes[growing.name] = end
        timed = [f for f in due if f.spans] or due
        more = 0 if growing.fragments or "screen" not in growing.name else self.script.claim_more_us
        return Range(
            bytes=(start, end),
            us=(growing.epoch_us + timed[0].start_us, growing.epoch_us + timed[-1].end_us + more),
            sha256=sha256(data),
            keys=tuple(f.offset for f in due if f.key),
        )

    def _switch_to_contest(self, at: float) -> None:
        if not {"camera", "sound"} & set(self.script.sources):
            return
        for growing in [g for g in self.growing if "identity" in g.name]:
            growing.file.close()
            self.growing.remove(growing)
        crash = self.script.crash
        end = crash[0] if crash and self.part == 1 else self.script.seconds
        self._begin("contest", at, end, sound="sound" in self.script.sources)

    def _crash(self, crash: tuple[float, float], camera_track: str, end: float) -> None:
        """Die with torn media, and perhaps a torn line; come back with the next parts."""
        torn: list[_Growing] = []
        for growing in self.growing:
            if growing.fragments:
                left = growing.data[growing.fragments[0].offset :]
                growing.file.append(left[: len(left) // 2])
                torn.append(growing)
            growing.file.close()
        last_journalled = self.now
        self.journal.close()
        if self.script.torn_line:
            with self.folder.journal.open("ab") as file:
                file.write(b'{"boot":"torn')
        self.growing.clear()
        self.now = crash[1]
        since, boot_before = self.mono(last_journalled), ""
        down = self.mono(crash[1]) - self.lines[-1].mono_us
        if self.script.reboot:
            self.mono_base, boot_before = 1_000, self.lines[-1].boot
        self.journal = self._writer()
        for growing in torn:
            self._tail(growing)
        self.say(Restart(cause="recorder killed", down_us=down, new_boot=self.script.reboot))
        for source in self.script.sources:
            self.say(
                Gap(
                    source=source,
                    from_us=since,
                    to_us=self.mono(crash[1]),
                    boot_before=boot_before,
                    cause="recorder killed",
                )
            )
        self.part = 2
        self._begin_files(camera_track, crash[1], end)

    def _tail(self, growing: _Growing) -> None:
        data = (self.folder.path / growing.name).read_bytes()
        start = self.sizes.get(growing.name, 0)
        self.say(Tail(file=growing.name, bytes=(start, len(data)), sha256=sha256(data[start:])))
        self.sizes[growing.name] = len(data)

    # ---- the organizer -------------------------------------------------------------------------
    def _online(self, at: float) -> bool:
        if self.script.offline_enrolment:
            return False
        return not any(start <= at < end for start, end in self.script.offline)

    def _heartbeat(self) -> None:
        assert self.journal.head is not None
        since, ahead = self.script.organizer_jump
        jumped = round(ahead * SECOND) if self.now >= since else 0
        time_us = self.wall() + 50_000 + jumped
        receipt = receipt_document(self.organizer, self.journal.head, time_us, self.script.session)
        self.receipts.append(receipt)
        before, self.now = self.now, self.now + 0.1
        self.say(ReceiptSeen(receipt=receipt))
        self.now = before

    def _close(self) -> None:
        self.say(Step(name="ended", by=self.script.ended_by))
        self._grow(self.mono(self.now), everything=True)
        for growing in self.growing:
            growing.file.close()
        self.say(Close(reason="ended", files=self.sizes))
        self.journal.close()
        head = self.journal.head
        assert head is not None
        if not self.script.seal:
            return
        unsigned = Seal(
            session=self.script.session,
            session_key=public_key(self.key),
            head=head,
            journal_bytes=self.journal.size,
            files=self.sizes,
            utc_us=self.wall(),
            signature="AAAA",
        )
        write_seal(self.folder.seal, unsigned, self.key)

    def _write_receipts(self) -> None:
        if self.script.purpose == "recording":
            return
        documents = list(self.receipts)
        if self.script.offline_enrolment:
            documents.append(self._enrolment(self.now + 600))
        if self.script.store and self.folder.seal.exists():
            at = WALL_BASE + round((self.now + 700) * SECOND)
            documents.append(storage_document(self.organizer, self.folder.path, at))
        text = b"".join(canonical(document) + b"\n" for document in documents)
        self.folder.receipts.write_bytes(text)
