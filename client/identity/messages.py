"""Between the window's side and the coach's process: one line of JSON, then a picture's bytes.

The enrolled name and the digest of the number go to the process once, in `Begin`, through the pipe
alone. What comes back says only what to do: never a name, a number or a part of one.
"""

from __future__ import annotations

import json
from typing import IO, Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from client.contest.registered import RegisteredNumber
from client.contest.values import Count, Value
from client.identity.faults import Fault
from client.identity.outcome import Document, Outcome, Verdict
from client.identity.steps import Step

VERSION = 1
MOST_BYTES = 20_000_000
"""A picture is smaller; more is no message of ours."""
_MOST_LINE = 65_536

Point = Annotated[tuple[float, float], Field(strict=False)]


class Begin(Value):
    """The first message to the process: who is enrolled. What is not there is not compared."""

    type: Literal["begin"] = "begin"
    name: Annotated[str, Field(max_length=80, repr=False)] = ""
    document: Annotated[RegisteredNumber | None, Field(repr=False)] = None


class Look(Value):
    """Judge the JPEG of `size` bytes that follows."""

    type: Literal["look"] = "look"
    step: Annotated[Step, Field(strict=False)]
    document: Annotated[Document, Field(strict=False)]
    level: float
    """Peak of the microphone, 0 to 1."""
    size: Annotated[int, Field(ge=1, le=MOST_BYTES)]


class Seen(Value):
    """What the process answers to each `Look`; see `judge.Verdict`."""

    type: Literal["seen"] = "seen"
    fault: Annotated[Fault, Field(strict=False)] | None
    card: Annotated[tuple[Point, ...], Field(strict=False)]
    read: Annotated[Outcome, Field(strict=False)] | None
    cpu_ms: Count
    """Processor time that this picture took."""

    @classmethod
    def of(cls, verdict: Verdict, cpu_ms: int) -> Seen:
        """Return the answer for a verdict."""
        return cls(fault=verdict.fault, card=verdict.card, read=verdict.read, cpu_ms=cpu_ms)


class Ready(Value):
    """The first answer: the models are loaded."""

    type: Literal["ready"] = "ready"


Message = Annotated[Begin | Look | Seen | Ready, Field(discriminator="type")]
_MESSAGE: TypeAdapter[Message] = TypeAdapter(Message)


def write(pipe: IO[bytes], message: Message, picture: bytes = b"") -> None:
    """Send a message; OSError or ValueError when the other side is gone."""
    head = json.dumps({"v": VERSION, **message.model_dump(mode="json")}, ensure_ascii=True)
    pipe.write(head.encode("ascii") + b"\n" + picture)
    pipe.flush()


def read(pipe: IO[bytes]) -> tuple[Message, bytes]:
    """Return the next message and its picture; EOFError at the end, ValueError for no message."""
    line = pipe.readline(_MOST_LINE)
    if not line.endswith(b"\n"):
        raise EOFError
    document: Any = json.loads(line)
    if not isinstance(document, dict) or document.pop("v", None) != VERSION:
        raise ValueError("version")
    message = _MESSAGE.validate_python(document)
    picture = pipe.read(message.size) if isinstance(message, Look) else b""
    if isinstance(message, Look) and len(picture) != message.size:
        raise EOFError
    return message, picture
