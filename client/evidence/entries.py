"""What a journal line can say: one frozen value a kind, a closed list.

All `*_us` are microseconds of the monotonic clock of `Line.boot` unless named `utc`. Byte ranges
are half open. The envelope (`seq`, `prev`, times, signature) is in `journal.py`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from client.base.text import Text
from client.contest.values import Count, HexDigest, HexKey, Micros, Slug, Uuid, Value

Purpose = Literal["contest", "rehearsal", "recording"]
Source = Literal["screen", "camera", "second", "sound"]
"""What is captured; `camera` and `sound` share the identity and contest files. `second` is another
camera, without sound, where the plan asks for one."""
SourceState = Literal["live", "slate", "silence", "black", "frozen", "muted"]
"""`live` is evidence. `slate` and `silence` are ours, where nothing came; `black`, `frozen` and
`muted` came from the device and show or tell nothing."""
Origin = Literal["real", "loopback", "virtual", "simulated"]
ToldBy = Literal["device", "simulation", "nobody"]
FileName = Annotated[
    str, Field(pattern=r"^(screen|identity|contest|second)-([0-9]{2}|[1-9][0-9]{2,3})\.mp4$")
]
MOST = 500
"""Characters of a sentence."""
Sentence = Annotated[str, Field(max_length=MOST)]


class Caused(Value):
    """An entry with a cause that a layman understands, in both languages."""

    cause: Sentence = ""
    cause_en: Sentence = ""

    @property
    def why(self) -> Text:
        """Return the cause; the Chinese one where no English one was given."""
        return Text(self.cause, self.cause_en or self.cause)


Span = Annotated[tuple[Count, Count], Field(strict=False)]


class Opening(Value):
    """First line: who signs, for which session, and the organizer's enrolment if there is one."""

    kind: Literal["opening"] = "opening"
    format: Literal["saijian.journal/1"] = "saijian.journal/1"
    session: Uuid
    session_key: HexKey
    purpose: Purpose
    software: Annotated[str, Field(max_length=80)]
    platform: Annotated[str, Field(max_length=200)]
    plan_sha256: HexDigest | None
    paper: Slug | None
    role: Literal["primary", "backup"] | None
    enrolment: dict[str, Any] | None
    """The organizer-signed `Enrolment`; None offline from the start or in a plain recording."""

    @property
    def is_plain(self) -> bool:
        """Tell whether no contest is about it; calling it a recording does not make it one."""
        contest = (self.plan_sha256, self.paper, self.enrolment)
        return self.purpose == "recording" and contest == (None, None, None)


class Consent(Value):
    """The contestant agreed to these items before any device was opened."""

    kind: Literal["consent"] = "consent"
    items: Annotated[tuple[Slug, ...], Field(min_length=1, strict=False)]


class CheckResult(Value):
    """One preflight verdict, in short."""

    check: Slug
    verdict: Literal["pass", "warn", "fail", "unknown"]


class Preflighted(Value):
    """Preflight ran; its verdicts. A failed check does not stop a session."""

    kind: Literal["preflight"] = "preflight"
    results: Annotated[tuple[CheckResult, ...], Field(strict=False)]


StepName = Literal["identity", "contest", "login_done", "handed_in", "ended"]


class Step(Value):
    """The session moved on; `by` says whether the contestant or the plan's clock moved it."""

    kind: Literal["step"] = "step"
    name: StepName
    by: Literal["contestant", "plan"]
    late: bool = False


CoachStep = Literal["face_and_card", "card_front", "card_back", "sentence", "place"]
DocumentRead = Literal["match", "legible", "somebody", "unread"]


class Coached(Value):
    """A step of the identity check is over: reached, or left with what its picture lacked.

    `document`, of the step that reads it: it equals the enrolled person's, was legible with nobody
    to compare with, was somebody else's, or could not be read. Nothing of a number is ever here.
    """

    kind: Literal["coach"] = "coach"
    step: CoachStep
    reached: bool
    document: DocumentRead | None = None
    lacking: Slug | None = None


class Device(Value):
    """A device was opened for a source."""

    kind: Literal["device"] = "device"
    source: Source
    name: Sentence
    origin: Origin
    width: Count = 0
    height: Count = 0
    rate: Count = 0
    """Frames or samples a second, as the device says."""


class Pair(Value):
    """Camera and microphone of the film have both delivered for some seconds.

    Says what is known of the fixed offset between picture and sound, and by whose account; nothing
    here was measured with light and sound.
    """

    kind: Literal["pair"] = "pair"
    camera: Sentence
    camera_delay_us: Count | None
    """From the driver's time stamp to ours, which has it still in it; None: none is told."""
    camera_told_by: ToldBy
    microphone: Sentence
    microphone_delay_us: Count | None
    """What the device says it takes to deliver, taken off our time stamps; None: none is told."""
    microphone_told_by: ToldBy
    microphone_spread_us: Count
    """Measured: by how much the middle delivery comes later than the promptest."""
    offset_us: int | None
    """By how much the picture is dated later than its sound; None where a delay is unknown."""


class Part(Value):
    """A track file was begun. `us` 0 of its media time stamps is `epoch_us`."""

    kind: Literal["part"] = "part"
    file: FileName
    epoch_us: Micros
    width: Count
    height: Count
    sound: bool
    spare: bool = False
    """It lies on another drive than the journal; where, is not said (`evidence/spare.py`)."""


class State(Caused):
    """From `at_us` on a source delivers its living device, or what is no evidence of anything."""

    kind: Literal["state"] = "state"
    source: Source
    state: SourceState
    at_us: Micros


class Range(Value):
    """New whole fragments of one track file: bytes, time, digest, where key frames begin."""

    bytes: Span
    us: Span
    """From the first sample to the end of the last one, monotonic clock."""
    sha256: HexDigest
    keys: Annotated[tuple[Count, ...], Field(strict=False)] = ()
    """Offsets of fragments that begin with a key frame: where a bundle may begin."""


class Media(Value):
    """Every second: the new fragments of all tracks, already on the disk when this line is."""

    kind: Literal["media"] = "media"
    ranges: dict[FileName, Range]


class Tail(Value):
    """Bytes that a dead recorder left behind its last `media` line, hashed on recovery."""

    kind: Literal["tail"] = "tail"
    file: FileName
    bytes: Span
    sha256: HexDigest
    us: Span | None = None
    """Time of the whole fragments in it, which play; None where there is no whole one."""


class Restart(Caused):
    """The recorder came back after it died; `down_us` since the last line of its predecessor."""

    kind: Literal["restart"] = "restart"
    down_us: Count
    new_boot: bool


class Gap(Caused):
    """Nothing was captured of `source` between these moments.

    `from_us` may belong to the boot before where `boot_before` is given.
    """

    kind: Literal["gap"] = "gap"
    source: Source
    from_us: Micros
    to_us: Micros
    boot_before: str = ""


class ClockStep(Caused):
    """The wall clock jumped against the monotonic clock; media time is unaffected."""

    kind: Literal["clock"] = "clock"
    step_us: int


class ReceiptSeen(Value):
    """A receipt of the organizer, copied in: all later lines are younger than its `time_us`."""

    kind: Literal["receipt"] = "receipt"
    receipt: dict[str, Any]


class Note(Value):
    """Something a judge may want to know and a layman understands."""

    kind: Literal["note"] = "note"
    level: Literal["info", "warning", "error"]
    source: Source | None = None
    zh: Sentence
    en: Sentence

    @classmethod
    def of(
        cls, said: Text, level: Literal["info", "warning"] = "info", source: Source | None = None
    ) -> Note:
        """Return the note that says `said`, cut to what a line holds."""
        return cls(level=level, source=source, zh=said.zh[:MOST], en=said.en[:MOST])


CloseReason = Literal["ended", "plan", "stopped", "disk"]


class Close(Value):
    """Last line: why it ended, and the bytes of every track file."""

    kind: Literal["close"] = "close"
    reason: CloseReason
    files: dict[FileName, Count]


Entry = Annotated[
    Opening
    | Consent
    | Preflighted
    | Step
    | Coached
    | Device
    | Pair
    | Part
    | State
    | Media
    | Tail
    | Restart
    | Gap
    | ClockStep
    | ReceiptSeen
    | Note
    | Close,
    Field(discriminator="kind"),
]
ENTRY: TypeAdapter[Entry] = TypeAdapter(Entry)
