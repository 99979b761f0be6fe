"""Bandwidth probes, one at a time, so that a room full of computers does not measure itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from client.base.clock import monotonic_us
from client.organizer.deps import Caller
from client.organizer.limits import PIECE
from client.organizer.problems import Refusal, answers
from client.remote.messages import ProbeReply

router = APIRouter(prefix="/probe", tags=["probe"])
_QUEUE_SECONDS = 20
_RUN_SECONDS = 20
_BYTES: dict[str, Any] = {
    "application/octet-stream": {"schema": {"type": "string", "format": "binary"}}
}
_BLOCK = bytes(64 * 1024)


class Turnstile:
    """Lets one probe through at a time."""

    def __init__(self) -> None:
        """Begin open."""
        self._lock = asyncio.Lock()

    async def enter(self) -> None:
        """Wait for the turn; Refusal `probe_busy` where it takes too long."""
        try:
            async with asyncio.timeout(_QUEUE_SECONDS):
                await self._lock.acquire()
        except TimeoutError as error:
            raise Refusal("probe_busy", {"Retry-After": "10"}) from error

    def leave(self) -> None:
        """Let the next one in."""
        self._lock.release()


@router.get(
    "",
    response_class=StreamingResponse,
    responses={200: {"content": _BYTES}, **answers("probe_busy")},
)
async def download(
    request: Request,
    _session: Caller,
    size: Annotated[int, Query(alias="bytes", ge=1, le=PIECE)] = 1024 * 1024,
) -> StreamingResponse:
    """Answer with so many bytes, when it is this computer's turn."""
    turnstile: Turnstile = request.app.state.turnstile
    await turnstile.enter()
    return _Turn(turnstile, size)


@router.post(
    "", responses=answers("probe_busy"), openapi_extra={"requestBody": {"content": _BYTES}}
)
async def upload(request: Request, _session: Caller) -> ProbeReply:
    """Take a body, when it is this computer's turn, and say how long it took."""
    turnstile: Turnstile = request.app.state.turnstile
    await turnstile.enter()
    try:
        begun = monotonic_us()
        size = 0
        async with asyncio.timeout(_RUN_SECONDS):
            async for block in request.stream():
                size += len(block)
        return ProbeReply(bytes=size, micros=monotonic_us() - begun)
    except TimeoutError as error:
        raise Refusal("too_slow", {"Connection": "close"}) from error
    finally:
        turnstile.leave()


class _Turn(StreamingResponse):
    """An answer that keeps the turnstile until its last byte, or its reader, is gone."""

    def __init__(self, turnstile: Turnstile, size: int) -> None:
        headers = {"Content-Length": str(size), "Cache-Control": "no-store"}
        super().__init__(_zeros(size), media_type="application/octet-stream", headers=headers)
        self._turnstile = turnstile

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            async with asyncio.timeout(_RUN_SECONDS):
                await super().__call__(scope, receive, send)
        finally:
            self._turnstile.leave()


async def _zeros(size: int) -> AsyncIterator[bytes]:
    for start in range(0, size, len(_BLOCK)):
        yield _BLOCK[: min(len(_BLOCK), size - start)]
