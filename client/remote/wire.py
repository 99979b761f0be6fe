"""One HTTP exchange as values, so that protocol code can be written without I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Request:
    """What to send; `path` is relative to the organizer's address."""

    method: Literal["GET", "HEAD", "POST", "PATCH"]
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Response:
    """What came back; header names are in lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class NoResponse:
    """The exchange failed below HTTP: no connection, time-out, broken transfer."""

    reason: str


Outcome = Response | NoResponse
