"""Before any of our code runs: bodies are bounded in size and in time, methods are what they say.

Pure ASGI, so that a body is counted while it arrives and not after.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from client.organizer.problems import Refusal

SMALL = 64 * 1024
PIECE = 4 * 1024 * 1024
SEAL = 1_100_000
REPORT = 512_000
"""As `preflight/reports/model.py` reads at most."""
_LIMITS = (
    (re.compile(r"^/files/"), PIECE),
    (re.compile(r"^/probe$"), PIECE),
    (re.compile(r"^/seal$"), SEAL),
    (re.compile(r"^/reports$"), REPORT),
)
_OVERRIDES = frozenset({b"PATCH", b"HEAD", b"OPTIONS"})
_DISCARDED = 64 * 1024 * 1024
"""So much of a refused body is read and thrown away: a client that is cut off in the middle of
sending sees a broken connection, not the answer."""
_SILENCE_SECONDS = 30
_BODY_SECONDS = 180


class BodyLimits:
    """Answers 413 or 408 itself where a body is too large or comes too slowly."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap `app`."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with a `receive` that counts."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = _Body(receive, limit_of(scope["path"]))
        try:
            body.expect(scope)
        except Refusal as refusal:
            await answer(refusal, send)
            return
        await self._app(scope, body.receive, _Answering(body, send).send)


class _Body:
    """One request's body: how much came, and until when it may."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._limit = limit
        self._seen = 0
        self._done = False
        self.refusal: Refusal | None = None
        """Why the rest of the body was not read."""
        self._until = time.monotonic() + _BODY_SECONDS

    def expect(self, scope: Scope) -> None:
        """Refuse at once what announces itself as too large."""
        for name, value in scope["headers"]:
            if name == b"content-length" and value.isdigit() and int(value) > self._limit:
                patient = int(value) <= _DISCARDED
                headers = {} if patient else {"Connection": "close"}
                raise Refusal("too_large", headers, limit=self._limit)

    async def receive(self) -> Message:
        if self._done:
            return await self._receive()
        left = self._until - time.monotonic()
        try:
            async with asyncio.timeout(max(0, min(_SILENCE_SECONDS, left))):
                message = await self._receive()
        except TimeoutError as error:
            self.refusal = Refusal("too_slow", {"Connection": "close"})
            raise self.refusal from error
        self._seen += len(message.get("body", b""))
        self._done = not message.get("more_body", False)
        if self._seen > self._limit:
            self.refusal = Refusal("too_large", {"Connection": "close"}, limit=self._limit)
            raise self.refusal
        return message


class _Answering:
    """Where the body was refused, that is the answer, whatever the reader of it made of this."""

    def __init__(self, body: _Body, send: Send) -> None:
        self._body = body
        self._send = send
        self._begun = False
        self._replaced = False

    async def send(self, message: Message) -> None:
        refusal = self._body.refusal
        if refusal is not None and not self._begun and not self._replaced:
            self._replaced = True
            await answer(refusal, self._send)
        if not self._replaced:
            self._begun = True
            await self._send(message)


class Pieces:
    """Who may hold a piece of a bundle in memory: so many in all, and a few of one session.

    Without the second bound a session that sends slowly would keep everybody else out.
    """

    def __init__(self, most: int, of_session: int) -> None:
        """Allow `most` at a time, and `of_session` of each session; the others wait unread."""
        self._all = asyncio.Semaphore(most)
        self._of_session = of_session
        self._own: dict[str, tuple[asyncio.Semaphore, int]] = {}
        """With how many use or await it: a session that is quiet takes no room."""

    @asynccontextmanager
    async def room_for(self, session: str) -> AsyncIterator[None]:
        """Wait for room and hold it."""
        own, users = self._own.get(session, (asyncio.Semaphore(self._of_session), 0))
        self._own[session] = (own, users + 1)
        try:
            async with own, self._all:
                yield
        finally:
            own, users = self._own.pop(session)
            if users > 1:
                self._own[session] = (own, users - 1)


class MethodOverride:
    """Takes the method from `X-HTTP-Method-Override`, as tus asks.

    There are proxies that let nothing but GET and POST through.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Wrap `app`."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on under its true method."""
        if scope["type"] == "http" and scope["path"].startswith("/files"):
            for name, value in scope["headers"]:
                if name == b"x-http-method-override" and value in _OVERRIDES:
                    scope = {**scope, "method": value.decode()}
        await self._app(scope, receive, send)


def limit_of(path: str) -> int:
    """Return the most bytes that a request to `path` may carry."""
    return next((limit for pattern, limit in _LIMITS if pattern.match(path)), SMALL)


async def answer(refusal: Refusal, send: Send) -> None:
    """Send a refusal as the complete answer."""
    body = refusal.problem.model_dump_json().encode()
    headers = {**refusal.headers, "Content-Type": "application/json", "Content-Length": len(body)}
    await send(
        {
            "type": "http.response.start",
            "status": refusal.status,
            "headers": [(k.lower().encode(), str(v).encode()) for k, v in headers.items()],
        }
    )
    await send({"type": "http.response.body", "body": body})
