"""The organizer's API as a FastAPI application. Every error body is a `Problem`."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

import client
from client.base.errors import SaiJianError
from client.organizer import probe, reports, tus
from client.organizer.attaching import AttachmentDesk
from client.organizer.deps import Address, Caller, TheOffice
from client.organizer.desk import Desk, outcome_of
from client.organizer.enrolments import enrol
from client.organizer.heartbeats import receipt_for
from client.organizer.limits import BodyLimits, MethodOverride, Pieces
from client.organizer.office import Office
from client.organizer.problems import Refusal, answers
from client.organizer.reports import ReadReport, ReportDesk
from client.organizer.room import is_full
from client.organizer.sealing import SealDesk
from client.organizer.uploads import Uploads
from client.remote.messages import (
    AttachmentReply,
    AttachmentRequest,
    EnrolmentReply,
    EnrolmentRequest,
    HeartbeatReply,
    HeartbeatRequest,
    SealReply,
    SealRequest,
    TimeReply,
)

_log = logging.getLogger(__name__)
_PIECES_IN_MEMORY = 64
"""So many PATCH bodies (4 MiB each at most) are held at a time; the others wait unread."""
_PIECES_OF_SESSION = 4
"""An uploader sends one at a time."""
_ATTACHMENT_SECONDS = 5
"""Shorter than for a seal: the uploader has tracks to send meanwhile."""
_BY_HTTP_STATUS = {404: "not_found", 405: "method_not_allowed", 400: "bad_request"}

router = APIRouter()
ENROLMENT = (
    "unknown_ticket",
    "unknown_paper",
    "code_used",
    "session_taken",
    "plan_unknown",
    "too_many_tries",
    "no_plan",
)


@router.get("/plan", tags=["plan"], responses=answers("no_plan", token=False))
def plan(office: TheOffice) -> Response:
    """Give exactly the bytes that the organizer signed and published."""
    try:
        published = office.plans.current()
    except (OSError, SaiJianError) as error:
        raise Refusal("no_plan") from error
    headers = {"ETag": f'"{published.sha256}"', "Cache-Control": "no-cache"}
    return Response(published.raw, media_type="application/json", headers=headers)


@router.get("/time", tags=["plan"], responses=answers(token=False))
def time(office: TheOffice, address: Address) -> TimeReply:
    """Give the organizer's clock and the address it sees."""
    return TimeReply(time_us=office.now_us(), address=address)


@router.post(
    "/enrolments", status_code=201, tags=["session"], responses=answers(*ENROLMENT, token=False)
)
def enrolments(request: EnrolmentRequest, office: TheOffice, address: Address) -> EnrolmentReply:
    """Enrol by ticket and one-time code; the same session key gets the same enrolment again."""
    return enrol(office, request, address)


@router.post("/heartbeats", tags=["session"], responses=answers("journal_forked", "too_many_beats"))
def heartbeats(
    request: HeartbeatRequest, session: Caller, office: TheOffice, address: Address
) -> HeartbeatReply:
    """Countersign the journal's head."""
    return receipt_for(office, session, request, address)


@router.post(
    "/seal",
    tags=["session"],
    responses=answers("sealed", "incomplete", "mismatch", "hashing"),
)
async def seal(request: Request, body: SealRequest, session: Caller, address: Address) -> SealReply:
    """Re-hash everything and countersign. 503 `hashing` while it lasts: ask again."""
    desk: SealDesk = request.app.state.seals
    return SealReply(receipt=await outcome_of(desk.submit(session, body.seal.encode(), address)))


@router.post(
    "/attachments",
    tags=["session"],
    responses=answers("incomplete", "mismatch", "hashing"),
)
async def attachments(
    request: Request, body: AttachmentRequest, session: Caller, address: Address
) -> AttachmentReply:
    """Hash a foreign recording and give a receipt, before and after the seal. 503 as of a seal."""
    desk: AttachmentDesk = request.app.state.attachments
    future = desk.submit(session, body.attachment, address)
    document = await outcome_of(future, _ATTACHMENT_SECONDS)
    return AttachmentReply(receipt=document)


def build_app(office: Office, read_report: ReadReport) -> FastAPI:
    """Return the application that serves `office`; its end closes the records."""
    app = FastAPI(
        title="SaiJian organizer",
        version=client.__version__,
        description="Plan, enrolment, receipts and uploads of a contest session. "
        "See organizer-api.md for what OpenAPI cannot say.",
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
    )
    app.state.office = office
    app.state.reports = ReportDesk(office, read_report)
    for part in (router, tus.router, probe.router, reports.router):
        app.include_router(part)
    for kind, handler in _HANDLERS.items():
        app.add_exception_handler(kind, handler)
    app.add_middleware(BodyLimits)
    app.add_middleware(MethodOverride)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Make what lives as long as the server: the queue of probes, the desk of seals, uploads."""
    office: Office = app.state.office
    app.state.uploads = Uploads(office)
    desk = Desk()
    app.state.seals = SealDesk(office, desk)
    app.state.attachments = AttachmentDesk(office, desk)
    app.state.probes = probe.ProbeQueue()
    app.state.pieces = Pieces(_PIECES_IN_MEMORY, _PIECES_OF_SESSION)
    yield
    desk.close()
    office.records.close()


def _answer(refusal: Refusal) -> JSONResponse:
    return JSONResponse(refusal.problem.model_dump(), refusal.status, refusal.headers)


async def _refused(request: Request, error: Exception) -> Response:
    """Answer a Refusal; answers of /files carry the protocol's version."""
    if not isinstance(error, Refusal):
        raise error
    answer = _answer(error)
    if request.url.path.startswith("/files"):
        answer.headers["Tus-Resumable"] = tus.VERSION
    return answer


async def _bad_request(_: Request, error: Exception) -> Response:
    """Name the first wrong field, never its value."""
    if not isinstance(error, RequestValidationError):
        raise error
    first = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"])
    return _answer(Refusal("bad_request", field=field[:80], reason=first["type"]))


async def _http(_: Request, error: Exception) -> Response:
    """Answer what the framework refuses by itself."""
    if not isinstance(error, HTTPException):
        raise error
    code = _BY_HTTP_STATUS.get(error.status_code, "internal")
    values = {"field": "body", "reason": "form"} if code == "bad_request" else {}
    return _answer(Refusal(code, error.headers, **values))


async def _gone(_: Request, __: Exception) -> Response:
    """Answer nobody: the client hung up in the middle of its body."""
    return Response(status_code=400)


async def _not_written(request: Request, error: Exception) -> Response:
    """Answer what the disk did not take: records, a seal, a receipt. Nothing was half done."""
    if not is_full(error):
        return await _failed(request, error)
    office: Office = request.app.state.office
    return await _refused(request, office.disk.full())


async def _failed(_: Request, error: Exception) -> Response:
    """Answer our own mistake; what it was stands in the log alone."""
    _log.error("request failed", exc_info=error)
    return _answer(Refusal("internal"))


_HANDLERS: dict[type[Exception], Any] = {
    Refusal: _refused,
    RequestValidationError: _bad_request,
    HTTPException: _http,
    ClientDisconnect: _gone,
    OSError: _not_written,
    OperationalError: _not_written,
    Exception: _failed,
}
