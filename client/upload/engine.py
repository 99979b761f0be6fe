"""Sending ONE bundle by tus 1.0 (creation, checksum), decided without any I/O.

The driver asks `next(now)` what to do, does it, and hands every outcome to `receive`. The engine
never gives up by itself: whatever may pass is tried again, after a pause that grows to 30 s.
Creating the same bundle twice is harmless (the organizer answers with the upload it has), so in
doubt about the upload itself the engine creates again, and in doubt about the offset it asks.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from enum import Enum, auto

from client.base.text import Text
from client.remote.messages import BundleMeta
from client.remote.wire import NoResponse, Outcome, Request, Response
from client.upload.answers import (
    FILES,
    TUS_VERSION,
    Refused,
    is_final,
    is_tus,
    offset_in,
    refusal_of,
    upload_path,
)
from client.upload.retry import Backoff, Random, may_pass

MAX_CHUNK = 1024 * 1024


@dataclass(frozen=True)
class Send:
    """Exchange this request and hand the outcome to `receive`."""

    request: Request


@dataclass(frozen=True)
class Wait:
    """Ask again at this moment, or later."""

    until_us: int


@dataclass(frozen=True)
class Done:
    """The organizer has every byte of the bundle."""


Move = Send | Wait | Done | Refused


class State(Enum):
    """What is known of the upload."""

    CREATE = auto()
    """Nothing: the upload must be created, or found again by creating it."""
    FIND = auto()
    """Its path, but not how much the organizer has."""
    SEND = auto()
    """Path and offset."""
    DONE = auto()
    REFUSED = auto()


class Event(Enum):
    """What an outcome means."""

    CREATED = auto()
    TOLD = auto()
    """The organizer has more than before, or answered how much it has, but not everything."""
    COMPLETE = auto()
    CONFLICT = auto()
    MISMATCH = auto()
    GONE = auto()
    AWAY = auto()
    """Nobody answered, or busy, or broken."""
    RUBBISH = auto()
    """An answer that no tus organizer gives to this request."""
    REFUSED = auto()


TABLE: dict[tuple[State, Event], State] = {
    (State.CREATE, Event.CREATED): State.FIND,
    (State.CREATE, Event.TOLD): State.SEND,
    (State.CREATE, Event.COMPLETE): State.DONE,
    (State.CREATE, Event.MISMATCH): State.CREATE,
    (State.CREATE, Event.GONE): State.CREATE,
    (State.CREATE, Event.AWAY): State.CREATE,
    (State.CREATE, Event.RUBBISH): State.CREATE,
    (State.CREATE, Event.REFUSED): State.REFUSED,
    (State.FIND, Event.TOLD): State.SEND,
    (State.FIND, Event.COMPLETE): State.DONE,
    (State.FIND, Event.CONFLICT): State.FIND,
    (State.FIND, Event.MISMATCH): State.FIND,
    (State.FIND, Event.GONE): State.CREATE,
    (State.FIND, Event.AWAY): State.FIND,
    (State.FIND, Event.RUBBISH): State.CREATE,
    # tus lets a server answer HEAD with 403 for an upload it does not have; the creation that
    # follows brings the true reason, in words.
    (State.FIND, Event.REFUSED): State.CREATE,
    (State.SEND, Event.TOLD): State.SEND,
    (State.SEND, Event.COMPLETE): State.DONE,
    (State.SEND, Event.CONFLICT): State.FIND,
    (State.SEND, Event.MISMATCH): State.SEND,
    (State.SEND, Event.GONE): State.CREATE,
    (State.SEND, Event.AWAY): State.FIND,
    (State.SEND, Event.RUBBISH): State.FIND,
    (State.SEND, Event.REFUSED): State.REFUSED,
}

_GOOD = frozenset({Event.CREATED, Event.TOLD, Event.COMPLETE})
_MEANINGS = {
    404: Event.GONE,
    409: Event.CONFLICT,
    410: Event.GONE,
    460: Event.MISMATCH,
}
"""Statuses that tus gives a meaning of its own, in the states where TABLE knows it."""


class Upload:
    """One bundle on its way. Times are microseconds of any clock that only goes forward."""

    def __init__(
        self, meta: BundleMeta, data: bytes, origin: str, random: Random, chunk: int = MAX_CHUNK
    ) -> None:
        """Prepare to send `data`, described by `meta`, to the server `origin` (scheme://host)."""
        if len(data) != meta.length:
            raise ValueError("the bundle's bytes and its length differ")
        self._meta = meta
        self._data = data
        self._origin = origin.rstrip("/")
        self._chunk = min(chunk, MAX_CHUNK)
        self._backoff = Backoff(random)
        self._path = ""
        self._furthest = 0
        self._not_before_us = 0
        self._prepared: Request | None = None
        self._refusal = Refused(0, "", Text("", ""))
        self.state = State.CREATE
        self.offset = 0
        """Bytes that the organizer is known to have."""

    @property
    def failures(self) -> int:
        """How many exchanges in a row brought the upload no further."""
        return self._backoff.failures

    def next(self, now_us: int) -> Move:
        """Return what to do now; asking twice changes nothing."""
        if self.state is State.DONE:
            return Done()
        if self.state is State.REFUSED:
            return self._refusal
        if now_us < self._not_before_us:
            return Wait(self._not_before_us)
        self._prepared = self._prepared or self._request()
        return Send(self._prepared)

    def receive(self, outcome: Outcome, now_us: int) -> None:
        """Take in what became of the request that `next` returned last."""
        self._prepared = None
        event = self._event(outcome)
        before, self.state = self.state, TABLE[self.state, event]
        if event in _GOOD:
            self._take_in(before, outcome)
        else:
            self._not_before_us = now_us + self._backoff.delay_us(outcome)
        if self.state is State.REFUSED and isinstance(outcome, Response):
            self._refusal = refusal_of(outcome)

    def _event(self, outcome: Outcome) -> Event:
        if isinstance(outcome, NoResponse) or may_pass(outcome):
            return Event.AWAY
        if 200 <= outcome.status < 300:  # noqa: PLR2004 2xx
            return self._good_event(outcome) if is_tus(outcome) else Event.RUBBISH
        meaning = _MEANINGS.get(outcome.status)
        if meaning is not None and (self.state, meaning) in TABLE:
            return meaning
        return Event.REFUSED if is_final(outcome) else Event.RUBBISH

    def _good_event(self, response: Response) -> Event:
        offset = offset_in(response, self._meta.length)
        if self.state is State.CREATE:
            if upload_path(response, self._origin) is None:
                return Event.RUBBISH
            if offset is None:
                return Event.CREATED
        elif offset is None or (self.state is State.SEND and not self._can_be_true(offset)):
            return Event.RUBBISH
        return Event.COMPLETE if offset == self._meta.length else Event.TOLD

    def _can_be_true(self, offset: int) -> bool:
        return self.offset < offset <= self.offset + len(self._next_chunk())

    def _take_in(self, before: State, outcome: Outcome) -> None:
        assert isinstance(outcome, Response)  # noqa: S101 _event lets nothing else be good
        if before is State.CREATE:
            self._path = upload_path(outcome, self._origin) or ""
        self.offset = offset_in(outcome, self._meta.length) or 0
        if self.offset > self._furthest:
            self._furthest = self.offset
            self._backoff.reset()

    def _next_chunk(self) -> bytes:
        return self._data[self.offset : self.offset + self._chunk]

    def _request(self) -> Request:
        if self.state is State.CREATE:
            return self._creation()
        if self.state is State.FIND:
            return Request("HEAD", self._path, {"Tus-Resumable": TUS_VERSION})
        chunk = self._next_chunk()
        digest = base64.b64encode(hashlib.sha256(chunk).digest()).decode("ascii")
        headers = {
            "Tus-Resumable": TUS_VERSION,
            "Upload-Offset": str(self.offset),
            "Upload-Checksum": f"sha256 {digest}",
            "Content-Type": "application/offset+octet-stream",
        }
        return Request("PATCH", self._path, headers, chunk)

    def _creation(self) -> Request:
        headers = {
            "Tus-Resumable": TUS_VERSION,
            "Upload-Length": str(self._meta.length),
            "Upload-Metadata": metadata_header(self._meta),
        }
        return Request("POST", FILES, headers)


def metadata_header(meta: BundleMeta) -> str:
    """Return the members of `meta` as tus Upload-Metadata: names and base64 of their text."""
    pairs = meta.model_dump(mode="json").items()
    return ",".join(f"{k} {base64.b64encode(str(v).encode()).decode('ascii')}" for k, v in pairs)
