"""Messages between app and recorder: bytes on a local connection, one decode function.

A message is the JSON of one of these frozen values. Another version or an unknown type is refused.
The app's requests are acknowledged after their journal line is on the disk. Connections are made
by `multiprocessing.connection` with the address and random key of the session's private folder.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol

from pydantic import Field, TypeAdapter, ValidationError

from client.base.errors import RecorderError
from client.base.text import Text
from client.contest.values import Count, HexDigest, Slug, Value
from client.evidence.entries import CheckResult, CoachStep, DocumentRead, Source, SourceState

VERSION = 1


class Request(Value):
    """What the app asks; `id` comes back in the answer."""

    id: Count


class GiveConsent(Request):
    """The contestant agreed to these items."""

    type: Literal["consent"] = "consent"
    items: Annotated[tuple[Slug, ...], Field(min_length=1, strict=False)]


class ReportPreflight(Request):
    """Preflight ran."""

    type: Literal["preflight"] = "preflight"
    results: Annotated[tuple[CheckResult, ...], Field(strict=False)]


class Advance(Request):
    """The contestant moves on. `identity` opens the devices, `ended` closes the session."""

    type: Literal["advance"] = "advance"
    step: Literal["identity", "contest", "login_done", "handed_in", "ended"]


class ReportCoached(Request):
    """A step of the identity check is over; see `Coached`."""

    type: Literal["coached"] = "coached"
    step: CoachStep
    reached: bool
    document: DocumentRead | None = None
    lacking: Slug | None = None


class AddNote(Request):
    """Enter a contestant's or operator's remark; in English as `text` where `text_en` is empty."""

    type: Literal["note"] = "note"
    text: Annotated[str, Field(min_length=1, max_length=400)]
    text_en: Annotated[str, Field(max_length=400)] = ""


class Watch(Request):
    """Ask for `Status` twice a second, and for small pictures of the camera when `preview`.

    `whole` asks besides for one whole picture a second during the identity step, for the coach.
    """

    type: Literal["watch"] = "watch"
    preview: bool = False
    whole: bool = False


class Ack(Value):
    """The request's line is on the disk (`seq` is None where the request writes none)."""

    type: Literal["ack"] = "ack"
    id: Count
    seq: Count | None


class Refused(Value):
    """The request does not fit; nothing was changed."""

    type: Literal["refused"] = "refused"
    id: Count
    zh: str
    en: str


class SourceStatus(Value):
    """One source, now."""

    source: Source
    state: SourceState | Literal["off"]
    device: str
    cause: str = ""
    """In Chinese, as in the journal."""
    cause_en: str = ""
    level: Annotated[float, Field(ge=0, le=1)] = 0.0
    """Peak of the last half second, for sound."""
    lost_ms: Count = 0
    """Of sound: lost since the recorder began, in pieces shorter than a second."""
    spare: str = ""
    """What is opened in its place when it fails; empty where there is nothing."""
    alarm: bool = False
    """A device that delivered is lost or muted, or what is recorded is not the screen.

    Windows and verbs sound an alarm.
    """
    proofs: Count = 0
    """How often what was recorded was found to be the living screen."""


class TrackStatus(Value):
    """One growing file, now."""

    file: str
    bytes: Count
    seconds: float


class Status(Value):
    """The recorder's whole state; enough for a window that has just come back."""

    type: Literal["status"] = "status"
    phase: Literal["idle", "identity", "contest", "handed_in", "closing", "closed"]
    seconds: float
    """Since the devices were opened."""
    on_disk_seconds: float
    """How much of that is synced and journalled."""
    sources: Annotated[tuple[SourceStatus, ...], Field(strict=False)]
    tracks: Annotated[tuple[TrackStatus, ...], Field(strict=False)]
    gaps: Count
    journal_seq: Count
    free_bytes: Count
    disk: str = ""
    """What is wrong with the disk now, in Chinese: it stands still, or may not last."""
    disk_en: str = ""
    organizer_ahead_us: int = 0
    """Organizer's clock minus this computer's, by the newest that is known of it."""


class Preview(Value):
    """A JPEG of the camera, small for the window or whole for the coach; never written anywhere."""

    type: Literal["preview"] = "preview"
    source: Source
    jpeg_base64: str
    whole: bool = False

    @property
    def jpeg(self) -> bytes:
        """Return the picture's bytes."""
        return base64.b64decode(self.jpeg_base64)


Message = Annotated[
    GiveConsent
    | ReportPreflight
    | Advance
    | ReportCoached
    | AddNote
    | Watch
    | Ack
    | Refused
    | Status
    | Preview,
    Field(discriminator="type"),
]
_MESSAGE: TypeAdapter[Message] = TypeAdapter(Message)


class ProtocolError(RecorderError):
    """Bytes that are no message of this version."""

    code = "E510"

    def __init__(self, reason: str) -> None:
        """Keep the technical reason for the log."""
        super().__init__(
            Text(f"录制进程的消息无法识别：{reason}。", f"Message not understood: {reason}."),
            Text("请确认程序各部分为同一版本。", "Make sure all parts are of one version."),
        )


def encode(message: Message) -> bytes:
    """Return the bytes of one message."""
    return json.dumps({"v": VERSION, **message.model_dump(mode="json")}).encode()


def decode(untrusted: bytes) -> Message:
    """Return the message in `untrusted`; ProtocolError for anything else."""
    try:
        document: Any = json.loads(untrusted)
        if not isinstance(document, dict) or document.pop("v", None) != VERSION:
            raise ProtocolError("version")
        return _MESSAGE.validate_python(document)
    except ValidationError as error:
        raise ProtocolError(error.errors(include_url=False)[0]["type"]) from error
    except (ValueError, RecursionError) as error:
        raise ProtocolError("not JSON") from error


class ControlAddress(Value):
    """Where the running recorder listens, in the session's private folder."""

    address: str
    key_hex: HexDigest
    pid: Count

    @classmethod
    def load(cls, path: Path) -> ControlAddress | None:
        """Read it, or return None where no recorder has (completely) written one."""
        try:
            return cls.model_validate_json(path.read_bytes())
        except (OSError, ValidationError):
            return None


class Audience(Protocol):
    """Whoever watches."""

    @property
    def wants_preview(self) -> bool:
        """Tell whether anybody asked for pictures."""
        ...

    @property
    def wants_whole(self) -> bool:
        """Tell whether anybody asked for whole ones."""
        ...

    def publish(self, message: Message) -> None:
        """Send without waiting."""
        ...
