"""Bandwidth probes by turns, so that a room full of computers does not measure itself.

Without a token: people check their computers the evening before, when nobody is enrolled. The
turn's name is the permit, and `turns.Bounds` is all that can be had with it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from client.base.clock import SECOND_US, monotonic_us
from client.organizer.deps import Address
from client.organizer.limits import PIECE
from client.organizer.office import line_of
from client.organizer.problems import Refusal, answers
from client.organizer.turns import NoTurnError, QueueFullError, Turns, UsedUpError
from client.remote.messages import ProbeReply, ProbeTurn

router = APIRouter(prefix="/probe", tags=["probe"])
LONGEST_WAIT = 3.0
"""Seconds for which a question for the place in the queue is held back."""
_BYTES: dict[str, Any] = {
    "application/octet-stream": {"schema": {"type": "string", "format": "binary"}}
}
_BLOCK = bytes(64 * 1024)


class ProbeQueue:
    """The turns of this server, and those who wait for a change of them."""

    def __init__(self) -> None:
        """Begin empty."""
        self.turns = Turns()
        self._changed = asyncio.Event()

    def enter(self, address: str) -> str:
        """Join; Refusal `probe_busy` where it is full, `probe_used_up` after too many bytes."""
        try:
            return self.turns.enter(address, monotonic_us())
        except QueueFullError as error:
            raise Refusal("probe_busy", {"Retry-After": "60"}) from error
        except UsedUpError as error:
            raise Refusal("probe_used_up", {"Retry-After": "3600"}) from error

    async def place(self, name: str, wait: float) -> ProbeTurn:
        """Return the place, as soon as the turn comes or after `wait` seconds.

        Others moving up is no reason to answer: a whole room would ask again, beside the one that
        measures.
        """
        until = monotonic_us() + round(wait * SECOND_US)
        position = self._position(name)
        while position and (left := until - monotonic_us()) > 0:
            try:
                async with asyncio.timeout(min(1.0, left / SECOND_US)):
                    await self._changed.wait()
            except TimeoutError:
                pass
            position = self._position(name)
        return ProbeTurn(turn=name, position=position)

    def begin(self, name: str, size: int) -> float:
        """Return for how many seconds the turn lasts yet, and count `size` bytes of it."""
        now = monotonic_us()
        try:
            left = self.turns.left_us(name, now)
            if not left:
                raise Refusal("probe_busy", {"Retry-After": "2"})
            self.turns.spend(name, size, now)
        except NoTurnError as error:
            raise Refusal("probe_over") from error
        except UsedUpError as error:
            raise Refusal("probe_used_up", {"Retry-After": "3600"}) from error
        return left / SECOND_US

    def leave(self, name: str) -> None:
        """End the turn and wake those who wait."""
        self.turns.leave(name, monotonic_us())
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    def _position(self, name: str) -> int:
        try:
            return self.turns.position(name, monotonic_us())
        except NoTurnError as error:
            raise Refusal("probe_over") from error


def _queue(request: Request) -> ProbeQueue:
    queue: ProbeQueue = request.app.state.probes
    return queue


Queue = Annotated[ProbeQueue, Depends(_queue)]
_NAME = r"^[0-9a-f]{32}$"
Turn = Annotated[str, Query(pattern=_NAME)]
TurnInPath = Annotated[str, Path(pattern=_NAME)]


@router.post(
    "/turns",
    status_code=201,
    responses=answers("probe_busy", "probe_used_up", token=False),
)
async def enter(queue: Queue, address: Address) -> ProbeTurn:
    """Join the queue of those who measure their line."""
    return await queue.place(queue.enter(line_of(address)), 0)


@router.get("/turns/{turn}", responses=answers("probe_over", token=False))
async def place(
    turn: TurnInPath, queue: Queue, wait: Annotated[float, Query(ge=0, le=LONGEST_WAIT)] = 0
) -> ProbeTurn:
    """Tell the place in the queue, at the latest after `wait` seconds. 0: measure now."""
    return await queue.place(turn, wait)


@router.post(
    "/turns/{turn}/done",
    status_code=204,
    response_class=Response,
    responses=answers(token=False),
)
async def done(turn: TurnInPath, queue: Queue) -> None:
    """End a turn, or give up waiting for it."""
    queue.leave(turn)


@router.get(
    "",
    response_class=StreamingResponse,
    responses={
        200: {"content": _BYTES},
        **answers("probe_busy", "probe_over", "probe_used_up", token=False),
    },
)
async def download(
    turn: Turn,
    queue: Queue,
    size: Annotated[int, Query(alias="bytes", ge=1, le=PIECE)] = 1024 * 1024,
) -> StreamingResponse:
    """Answer with so many bytes, if it is this computer's turn."""
    return _Answer(size, queue.begin(turn, size))


@router.post(
    "",
    responses=answers("probe_busy", "probe_over", "probe_used_up", token=False),
    openapi_extra={"requestBody": {"content": _BYTES}},
)
async def upload(request: Request, turn: Turn, queue: Queue) -> ProbeReply:
    """Take a body, if it is this computer's turn, and say how long it took."""
    seconds = queue.begin(turn, 0)
    begun = monotonic_us()
    size = 0
    try:
        async with asyncio.timeout(seconds):
            async for block in request.stream():
                size += len(block)
                queue.begin(turn, len(block))
    except TimeoutError as error:
        raise Refusal("too_slow", {"Connection": "close"}) from error
    return ProbeReply(bytes=size, micros=monotonic_us() - begun)


class _Answer(StreamingResponse):
    """So many zeros, for at most so many seconds."""

    def __init__(self, size: int, seconds: float) -> None:
        headers = {"Content-Length": str(size), "Cache-Control": "no-store"}
        super().__init__(_zeros(size), media_type="application/octet-stream", headers=headers)
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with asyncio.timeout(self._seconds):
            await super().__call__(scope, receive, send)


async def _zeros(size: int) -> AsyncIterator[bytes]:
    for start in range(0, size, len(_BLOCK)):
        yield _BLOCK[: min(len(_BLOCK), size - start)]
