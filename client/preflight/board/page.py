"""The board's page as a web application on this computer: the page, its JSON, and exceptions."""

from __future__ import annotations

from collections.abc import Callable

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from client.base.loopback import Guard, files_of, serve_page, shipped
from client.base.text import Text
from client.contest.values import Value
from client.preflight.board.exceptions import allow, take_back
from client.preflight.board.watch import Board
from client.preflight.board.workbook import workbook_of
from client.preflight.reports.model import BrokenReportError

SHIPPED = files_of("board", "board.css", "words.js", "parts.js", "map.js", "board.js")
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LONGEST_ORDER = 20_000
_MOST_DIGITS = 15
_INCOMPLETE = Text("请写明理由和决定人。", "Say why, and who decided.")
_NOT_WRITTEN = Text("写不进报告文件夹。", "The reports folder cannot be written.")


def serve_board(
    board: Board, port: int, announce: Callable[[str], None], seconds: float | None = None
) -> None:
    """Show `board` until Ctrl-C, or for `seconds`; BadInputError where the port is taken."""
    board.watch()
    try:
        serve_page(lambda token, taken: build_page(board, token, taken), port, announce, seconds)
    finally:
        board.close()


def build_page(board: Board, token: str, port: int) -> ASGIApp:
    """Return the application that shows `board` at `/<token>/` of 127.0.0.1."""
    view = _View(board)
    routes = [
        Route("/board.json", view.document),
        Route("/board.xlsx", view.workbook),
        Route("/exceptions", view.change, methods=["POST"]),
        shipped(SHIPPED),
    ]
    return Guard(Starlette(routes=routes), token, port)


class _Order(Value):
    """What the page asks for; the rest is looked at where it is kept."""

    check: str
    finding: str | None
    why: str = ""
    who: str = ""
    take_back: bool = False


class _View:
    """The answers."""

    def __init__(self, board: Board) -> None:
        self._board = board

    def document(self, request: Request) -> Response:
        since = request.query_params.get("since", "")
        is_number = since.isdecimal() and len(since) <= _MOST_DIGITS
        return JSONResponse(self._board.document(int(since) if is_number else None))

    def workbook(self, _: Request) -> Response:
        data = workbook_of(self._board.room, self._board.exceptions)
        name = {"Content-Disposition": 'attachment; filename="saijian-board.xlsx"'}
        return Response(data, headers=name, media_type=_EXCEL)

    async def change(self, request: Request) -> Response:
        """Allow a check for the whole room, or take that back."""
        from starlette.concurrency import run_in_threadpool

        if not request.headers.get("content-type", "").startswith("application/json"):
            return JSONResponse({"error": _INCOMPLETE._asdict()}, 415)
        try:
            order = _Order.model_validate_json(await _body(request))
            await run_in_threadpool(self._act, order)
        except (ValueError, ClientDisconnect):  # a ValidationError is a ValueError
            return JSONResponse({"error": _INCOMPLETE._asdict()}, 400)
        except BrokenReportError as error:
            return JSONResponse({"error": error.why._asdict()}, 409)
        except OSError:
            return JSONResponse({"error": _NOT_WRITTEN._asdict()}, 500)
        return JSONResponse(self._board.document())

    def _act(self, order: _Order) -> None:
        if order.take_back:
            take_back(self._board.path, order.check, order.finding)
        else:
            allow(self._board.path, order.check, order.finding, order.why, order.who)
        self._board.look()


async def _body(request: Request) -> bytes:
    data = b""
    async for part in request.stream():
        data += part
        if len(data) > _LONGEST_ORDER:
            raise ValueError(len(data))
    return data
