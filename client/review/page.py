"""The page as a web application: the page itself, one JSON document, bytes of track files.

Whoever can reach the port is not yet a viewer: each address begins with a random token, compared in
constant time, and the Host header must be ours (else any web page could ask by DNS rebinding).
Nothing is written, and a name from the client is only ever looked up among the session's tracks.
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from client.base.assets import asset
from client.base.errors import EvidenceError
from client.base.text import Text
from client.evidence.layout import SessionFolder
from client.review.document import document
from client.review.films import sizes_on_disk
from client.review.ranges import Span, UnsatisfiableError, asked, read
from client.review.review import read_review

_SCRIPT = "text/javascript; charset=utf-8"
SHIPPED = {
    "": ("player/index.html", "text/html; charset=utf-8"),
    "player.css": ("player/player.css", "text/css; charset=utf-8"),
    "player.js": ("player/player.js", _SCRIPT),
    "film.js": ("player/film.js", _SCRIPT),
    "axis.js": ("player/axis.js", _SCRIPT),
    "words.js": ("player/words.js", _SCRIPT),
    "icon.svg": ("icons/saijian.svg", "image/svg+xml"),
}
"""What may be asked for, and its type: the system's own table of types is not to be trusted."""
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_UNREADABLE = Text("文件读不出，请检查磁盘。", "A file cannot be read; check the drive.")


def build_page(folder: Path, token: str, port: int) -> ASGIApp:
    """Return the application that shows the session in `folder` at `/<token>/` of 127.0.0.1."""
    view = _View(folder)
    routes = [
        Route("/session.json", view.session),
        Route("/media/{name}", view.media),
        Route("/{name:path}", view.asset),
    ]
    return _Guard(Starlette(routes=routes), token, port)


class _View:
    """The answers. Each looks at the folder anew: it may still grow."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def session(self, _: Request) -> Response:
        try:
            return JSONResponse(document(read_review(self._folder), self._folder))
        except EvidenceError as error:
            return JSONResponse({"error": error.title._asdict()}, 404)
        except OSError:
            return JSONResponse({"error": _UNREADABLE._asdict()}, 500)

    def media(self, request: Request) -> Response:
        name = request.path_params["name"]
        try:
            size = sizes_on_disk(SessionFolder(self._folder))[name]
        except (KeyError, OSError):
            return _not_found()
        try:
            span = asked(request.headers.get("range"), size)
        except UnsatisfiableError:
            return Response(status_code=416, headers={"Content-Range": f"bytes */{size}"})
        status = 206 if span.partial else 200
        if request.method == "HEAD":
            return Response(status_code=status, headers=span.headers(), media_type="video/mp4")
        return _bytes(self._folder / name, span, status)

    def asset(self, request: Request) -> Response:
        known = SHIPPED.get(request.path_params["name"])
        if known is None:
            return _not_found()
        place, kind = known
        return Response(asset(*place.split("/")).read_bytes(), headers={"Content-Type": kind})


def _bytes(path: Path, span: Span, status: int) -> Response:
    return StreamingResponse(read(path, span), status, span.headers(), media_type="video/mp4")


def _not_found() -> Response:
    return PlainTextResponse("not found\n", 404)


class _Guard:
    """Lets a request through only with the token and our own Host; takes the token off the path."""

    def __init__(self, app: ASGIApp, token: str, port: int) -> None:
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
        if request.headers.get("host", "") not in self._hosts:
            await PlainTextResponse("forbidden\n", 403)(scope, receive, told)
        elif not hmac.compare_digest(given.encode(), self._token) or not slash:
            await _not_found()(scope, receive, told)
        else:
            inner = {**scope, "path": f"/{path}", "raw_path": f"/{path}".encode()}
            await self._app(inner, receive, told)


def _strictly(send: Send) -> Callable[[Message], Awaitable[None]]:
    async def told(message: Message) -> None:
        if message["type"] == "http.response.start":
            extra = [(k.lower().encode(), v.encode()) for k, v in _HEADERS.items()]
            message = {**message, "headers": [*message.get("headers", []), *extra]}
        await send(message)

    return told
