"""A web page for this computer's own browser: one socket, a random token, strict headers.

Whoever can reach the port is not yet a viewer: each address begins with the token, compared in
constant time, and the Host header must be ours (else any web page could ask by DNS rebinding).
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
import socket
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import uvicorn
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from client.base.assets import asset
from client.base.errors import BadInputError
from client.base.serving import AnnouncingServer, listen
from client.base.text import Text

HOST = "127.0.0.1"
TOKEN_BYTES = 32
_GRACE_SECONDS = 1
_READS = ("GET", "HEAD")
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_KINDS = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def serve_page(
    build: Callable[[str, int], ASGIApp],
    port: int,
    announce: Callable[[str], None],
    seconds: float | None = None,
) -> None:
    """Serve what `build` makes of token and port until Ctrl-C, or for `seconds`.

    `announce` is told the address. BadInputError where the port is taken.
    """
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with _listen(port) as listener:
        taken = listener.getsockname()[1]
        config = uvicorn.Config(
            build(token, taken),
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=_GRACE_SECONDS,
            lifespan="off",
            ws="none",
        )

        def listening() -> None:
            announce(f"http://{HOST}:{taken}/{token}/")
            if seconds is not None:
                asyncio.get_running_loop().call_later(seconds, end)

        def end() -> None:
            server.should_exit = True

        server = AnnouncingServer(config, listening)
        server.run(sockets=[listener])


def _listen(port: int) -> socket.socket:
    try:
        return listen(HOST, port)
    except OSError as error:
        raise BadInputError(
            Text(f"端口 {port} 已被占用。", f"Port {port} is taken."),
            Text("请换一个端口，或用 --port 0。", "Choose another port, or use --port 0."),
        ) from error


def not_found() -> Response:
    """Answer that there is nothing here."""
    return PlainTextResponse("not found\n", 404)


def files_of(folder: str, *names: str) -> dict[str, tuple[str, str]]:
    """Return what the page in `assets/<folder>` may be asked for, each with its place and type.

    The system's own table of types is not to be trusted.
    """
    places = {"": f"{folder}/index.html", "page.css": "style/page.css"}
    places |= {name: f"{folder}/{name}" for name in names}
    places["icon.svg"] = "icons/saijian.svg"
    return {name: (place, _KINDS[Path(place).suffix]) for name, place in places.items()}


def shipped(files: Mapping[str, tuple[str, str]]) -> Route:
    """Return the route of `files`, and of nothing else: the last one, since it takes any name."""

    def answer(request: Request) -> Response:
        known = files.get(request.path_params["name"])
        if known is None:
            return not_found()
        place, kind = known
        return Response(asset(*place.split("/")).read_bytes(), headers={"Content-Type": kind})

    return Route("/{name:path}", answer)


class Guard:
    """Lets a request through only with the token and our own Host; takes the token off the path.

    What would change something must come from a page of ours too, where the browser says so.
    """

    def __init__(self, app: ASGIApp, token: str, port: int) -> None:
        """Stand before `app`, which is served on `port` of this computer."""
        self._app = app
        self._token = token.encode()
        self._hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 403 or 404 to strangers; every answer carries the same strict headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        told = _strictly(send)
        _, _, rest = request.url.path.partition("/")
        given, slash, path = rest.partition("/")
        if request.headers.get("host", "") not in self._hosts or not self._is_own(request):
            await PlainTextResponse("forbidden\n", 403)(scope, receive, told)
        elif not hmac.compare_digest(given.encode(), self._token) or not slash:
            await not_found()(scope, receive, told)
        else:
            inner = {**scope, "path": f"/{path}", "raw_path": f"/{path}".encode()}
            await self._app(inner, receive, told)

    def _is_own(self, request: Request) -> bool:
        origin = request.headers.get("origin")
        own = {f"http://{host}" for host in self._hosts}
        return request.method in _READS or origin is None or origin in own


def _strictly(send: Send) -> Callable[[Message], Awaitable[None]]:
    async def told(message: Message) -> None:
        if message["type"] == "http.response.start":
            extra = [(k.lower().encode(), v.encode()) for k, v in _HEADERS.items()]
            message = {**message, "headers": [*message.get("headers", []), *extra]}
        await send(message)

    return told
