"""The page as a web application: the page itself, one JSON document, bytes of track files.

`client.base.loopback` keeps strangers out.
Nothing is written, and a name from the client is only ever looked up among the session's tracks.
"""

from __future__ import annotations

from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from client.base.errors import EvidenceError
from client.base.loopback import Guard, files_of, not_found, shipped
from client.base.text import Text
from client.evidence.layout import SessionFolder
from client.review.document import document
from client.review.films import sizes_on_disk
from client.review.ranges import Span, UnsatisfiableError, asked, read
from client.review.review import read_review

SHIPPED = files_of("player", "player.css", "player.js", "film.js", "axis.js", "words.js")
_UNREADABLE = Text("文件读不出，请检查磁盘。", "A file cannot be read; check the drive.")


def build_page(folder: Path, token: str, port: int) -> ASGIApp:
    """Return the application that shows the session in `folder` at `/<token>/` of 127.0.0.1."""
    view = _View(folder)
    routes = [
        Route("/session.json", view.session),
        Route("/media/{name}", view.media),
        shipped(SHIPPED),
    ]
    return Guard(Starlette(routes=routes), token, port)


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
            session = SessionFolder(self._folder)
            size = sizes_on_disk(session)[name]
        except (KeyError, OSError):
            return not_found()
        try:
            span = asked(request.headers.get("range"), size)
        except UnsatisfiableError:
            return Response(status_code=416, headers={"Content-Range": f"bytes */{size}"})
        status = 206 if span.partial else 200
        if request.method == "HEAD":
            return Response(status_code=status, headers=span.headers(), media_type="video/mp4")
        return _bytes(session.file(name), span, status)


def _bytes(path: Path, span: Span, status: int) -> Response:
    return StreamingResponse(read(path, span), status, span.headers(), media_type="video/mp4")
