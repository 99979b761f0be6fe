"""A misbehaving organizer: the real application on a real loopback socket, with faults on order.

    with MisbehavingOrganizer(tmp_path) as organizer:
        organizer.play(Fault("lost", "PATCH"), Fault("error", "PATCH", status=503, times=3))
        ...                                        # client code against organizer.address
        assert organizer.seen("PATCH") == [204, 503, 503, 503, 204]

Faults are used up in the order of the list: for each request the first one that matches and has
turns left acts; where none matches the real application answers. Actions:

    error     answers `status` (a Problem, `retry_after` if given); the request is not carried out
    rubbish   answers `status` 200 with an HTML page; not carried out
    redirect  answers 307 to another host; not carried out
    endless   answers 200 with a body that drips for ever, until released; not carried out
    hang      reads the request and never answers, until released; not carried out
    cut       closes the connection after the request without an answer; not carried out
    cut_body  closes the connection after the first bytes of the request's body; not carried out
    lost      carries the request out and closes the connection instead of answering
    checksum  answers 460 though the bytes were right; not carried out
    corrupt   flips a bit of the request's body on its way, then lets the application judge
    forget    forgets all received bytes of unfinished uploads, then lets the application answer
    vanish    forgets all unfinished uploads, then lets the application answer
    misreport carries the request out, and answers with a wrong Upload-Offset
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Self

import uvicorn
from sqlalchemy import delete, update
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from client.base.serving import AnnouncingServer
from client.cli.organizer import sent_report
from client.organizer.api import build_app
from client.organizer.office import Office, open_office
from client.organizer.tables import BundleRow
from tests.simulators.contest import Contest, prepare_contest

Action = Literal[
    "error",
    "rubbish",
    "redirect",
    "endless",
    "hang",
    "cut",
    "cut_body",
    "lost",
    "checksum",
    "corrupt",
    "forget",
    "vanish",
    "misreport",
]
FOREVER = -1
PATIENCE = 20.0
CUT = 0
"""What `seen` lists for a request whose connection was closed instead of answered."""


@dataclass
class Fault:
    """One line of a playbook."""

    action: Action
    method: str = "*"
    path: str = "/"
    """Beginning of the paths that it acts on."""
    times: int = 1
    after: int = 0
    """So many matching requests go through untouched first."""
    status: int = 500
    retry_after: str = ""

    def takes(self, method: str, path: str) -> bool:
        """Tell whether it acts on this request, and count the turn."""
        if self.times == 0 or self.method not in ("*", method) or not path.startswith(self.path):
            return False
        if self.after > 0:
            self.after -= 1
            return False
        if self.times > 0:
            self.times -= 1
        return True


@dataclass
class Seen:
    """A request as the server saw it."""

    method: str
    path: str
    headers: dict[str, str]
    status: int = CUT


@dataclass
class Playbook:
    """The faults to come and the requests that were; shared by the test and the server."""

    faults: list[Fault] = field(default_factory=list)
    requests: list[Seen] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, scope: Scope) -> tuple[Seen, Fault | None]:
        headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
        seen = Seen(scope["method"], scope["path"], headers)
        with self.lock:
            self.requests.append(seen)
            fault = next((f for f in self.faults if f.takes(seen.method, seen.path)), None)
        return seen, fault


class MisbehavingOrganizer:
    """Serves a small contest (or the one given) in a thread of this process."""

    def __init__(self, root: Path, contest: Contest | None = None, **changes: Any) -> None:
        """Prepare below `root`; `changes` go to `prepare_contest`."""
        self.contest = contest or prepare_contest(root, **changes)
        self.playbook = Playbook()
        self._released = threading.Event()
        self._serving: _Serving | None = None

    @property
    def address(self) -> str:
        """Where it listens, also while it is away."""
        return f"http://127.0.0.1:{self.contest.port}"

    def play(self, *faults: Fault) -> None:
        """Add faults to the playbook."""
        with self.playbook.lock:
            self.playbook.faults.extend(faults)

    def forget_faults(self) -> None:
        """Behave from now on."""
        with self.playbook.lock:
            self.playbook.faults.clear()
        self.release()

    def release(self) -> None:
        """End everything that hangs or drips."""
        self._released.set()

    def seen(self, method: str, path: str = "/") -> list[int]:
        """Return the statuses answered to these requests in order; CUT where there was none."""
        with self.playbook.lock:
            found = [
                r for r in self.playbook.requests if r.method == method and r.path.startswith(path)
            ]
        return [r.status for r in found]

    def stored(self, session: str, name: str) -> bytes:
        """Return the organizer's copy of a file."""
        return (self.contest.folder.session(session) / name).read_bytes()

    def arrive(self) -> None:
        """Begin to listen."""
        self._released.clear()
        self._serving = _Serving(self.contest, self.playbook, self._released)

    def leave(self) -> None:
        """Stop listening: connections are refused until it arrives again."""
        if self._serving is not None:
            self.release()
            self._serving.stop()
            self._serving = None

    @contextlib.contextmanager
    def away(self) -> Iterator[None]:
        """Be unreachable for a while; what was stored stays."""
        self.leave()
        try:
            yield
        finally:
            self.arrive()

    def __enter__(self) -> Self:
        self.arrive()
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()


class _Serving:
    """One uvicorn in a thread, from listening to the end of its last connection."""

    def __init__(self, contest: Contest, playbook: Playbook, released: threading.Event) -> None:
        office = open_office(contest.folder)
        app = _Faulty(build_app(office, sent_report), office, playbook, released)
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            proxy_headers=False,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=2,
            ws="none",
        )
        listening = threading.Event()
        self._server = AnnouncingServer(config, listening.set)
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", contest.port))
        self._socket.listen(256)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, name="organizer"
        )
        self._thread.start()
        if not listening.wait(PATIENCE):
            raise TimeoutError("the organizer did not begin to listen")

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(PATIENCE)
        self._socket.close()
        if self._thread.is_alive():
            raise TimeoutError("the organizer did not end")


class _Faulty:
    """ASGI application that plays the playbook around the real one."""

    def __init__(
        self, app: ASGIApp, office: Office, playbook: Playbook, released: threading.Event
    ) -> None:
        self._app = app
        self._office = office
        self._playbook = playbook
        self._released = released

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        seen, fault = self._playbook.begin(scope)
        send = _noting(seen, send)
        if fault is None:
            await self._app(scope, receive, send)
        else:
            await getattr(self, f"_{fault.action}")(fault, scope, receive, send)

    async def _error(self, fault: Fault, _: Scope, receive: Receive, send: Send) -> None:
        await _drain(receive)
        problem = {"code": "ordered", "zh": "按指令出错。", "en": "Failed on order."}
        extra = {"retry-after": fault.retry_after} if fault.retry_after else {}
        await _say(send, fault.status, json.dumps(problem).encode(), **extra)

    async def _checksum(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        fault.status = 460
        await self._error(fault, scope, receive, send)

    async def _rubbish(self, _: Fault, __: Scope, receive: Receive, send: Send) -> None:
        await _drain(receive)
        await _say(send, 200, "<html>请登录校园网</html>".encode(), **{"content-type": "text/html"})

    async def _redirect(self, _: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        await _drain(receive)
        await _say(send, 307, b"", location=f"https://elsewhere.invalid{scope['path']}")

    async def _endless(self, _: Fault, __: Scope, receive: Receive, send: Send) -> None:
        await _drain(receive)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        gone = asyncio.create_task(_until_gone(receive))
        while not self._released.is_set() and not gone.done():
            await send({"type": "http.response.body", "body": b" ", "more_body": True})
            await asyncio.wait([gone], timeout=0.02)
        gone.cancel()
        await send({"type": "http.response.body", "body": b""})

    async def _hang(self, _: Fault, __: Scope, receive: Receive, send: Send) -> None:
        await _drain(receive)
        gone = asyncio.create_task(_until_gone(receive))
        while not self._released.is_set() and not gone.done():
            await asyncio.wait([gone], timeout=0.02)
        gone.cancel()
        await _abort(receive)

    async def _cut(self, _: Fault, __: Scope, receive: Receive, ___: Send) -> None:
        await _drain(receive)
        await _abort(receive)

    async def _cut_body(self, _: Fault, __: Scope, receive: Receive, ___: Send) -> None:
        await receive()
        await _abort(receive)

    async def _lost(self, _: Fault, scope: Scope, receive: Receive, ___: Send) -> None:
        async def nobody(_: Message) -> None:
            return

        await self._app(scope, receive, nobody)
        await _abort(receive)

    async def _corrupt(self, _: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        async def flipped() -> Message:
            message = await receive()
            if message.get("body"):
                body = message["body"]
                message = {**message, "body": bytes([body[0] ^ 1]) + body[1:]}
            return message

        await self._app(scope, flipped, send)

    async def _forget(self, _: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        with self._office.records.writing() as records:
            records.execute(
                update(BundleRow).where(BundleRow.complete.is_(False)).values(received=0)
            )
        await self._app(scope, receive, send)

    async def _vanish(self, _: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        with self._office.records.writing() as records:
            records.execute(delete(BundleRow).where(BundleRow.complete.is_(False)))
        await self._app(scope, receive, send)

    async def _misreport(self, _: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        async def wrong(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [(k, v) for k, v in message["headers"] if k != b"upload-offset"]
                message = {**message, "headers": [*headers, (b"upload-offset", b"987654321")]}
            await send(message)

        await self._app(scope, receive, wrong)


def _noting(seen: Seen, send: Send) -> Send:
    async def noting(message: Message) -> None:
        if message["type"] == "http.response.start":
            seen.status = message["status"]
        await send(message)

    return noting


async def _drain(receive: Receive) -> None:
    while (await receive()).get("more_body", False):
        pass


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _abort(receive: Receive) -> None:
    """Close the connection as a crash would: uvicorn's request holds the transport."""
    receive.__self__.transport.abort()  # type: ignore[attr-defined]
    await _until_gone(receive)


async def _say(send: Send, status: int, body: bytes, **headers: str) -> None:
    listed = [(k.encode(), v.encode()) for k, v in headers.items()]
    listed.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": listed})
    await send({"type": "http.response.body", "body": body})
