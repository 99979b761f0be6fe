"""tus 1.0 at /files: creation, checksum (sha256), expiration. One immutable upload a bundle."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request, Response
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from client.base.clock import SECOND_US
from client.organizer.deps import Caller
from client.organizer.problems import Refusal, answers
from client.organizer.tables import BundleRow
from client.organizer.uploads import LIFETIME_US, MAX_BUNDLE_BYTES, Uploads
from client.remote.messages import BundleMeta

VERSION = "1.0.0"
OFFSET_TYPE = "application/offset+octet-stream"
_LONGEST_METADATA = 2000
_DIGEST_BYTES = 32
CREATION_PROBLEMS = (
    "tus_version",
    "bad_header",
    "bundle_conflict",
    "session_full",
    "sealed",
    "disk_full",
    "no_plan",
)
PIECE_PROBLEMS = (
    "tus_version",
    "bad_header",
    "bad_type",
    "upload_unknown",
    "upload_expired",
    "offset_conflict",
    "too_long",
    "checksum_mismatch",
    "bundle_mismatch",
    "sealed",
    "disk_full",
)


def require_version(
    tus_resumable: Annotated[str | None, Header(description="1.0.0")] = None,
) -> None:
    """Refuse another version of the protocol."""
    if tus_resumable != VERSION:
        raise Refusal("tus_version", {"Tus-Version": VERSION})


router = APIRouter(prefix="/files", tags=["tus 1.0"])
_versioned = [Depends(require_version)]


def uploads_of(request: Request) -> Uploads:
    """Return the one taker of bundles of this process."""
    uploads: Uploads = request.app.state.uploads
    return uploads


TheUploads = Annotated[Uploads, Depends(uploads_of)]
Number = Annotated[str | None, Header()]


@router.options("", status_code=204, response_class=Response)
@router.options("/{upload_id}", status_code=204, response_class=Response)
def describe() -> Response:
    """Say what this server speaks."""
    return _tus(
        204,
        {
            "Tus-Version": VERSION,
            "Tus-Extension": "creation,checksum,expiration",
            "Tus-Max-Size": str(MAX_BUNDLE_BYTES),
            "Tus-Checksum-Algorithm": "sha256",
        },
    )


@router.post(
    "",
    status_code=201,
    response_class=Response,
    dependencies=_versioned,
    responses=answers(*CREATION_PROBLEMS),
)
def create(
    session: Caller,
    uploads: TheUploads,
    upload_length: Number = None,
    upload_metadata: Number = None,
) -> Response:
    """Announce a bundle. The same bundle again gets the same Location, also when it is complete.

    `Upload-Metadata` carries name, offset, length and sha256 of `BundleMeta`, in base64.
    """
    meta = _meta(upload_metadata)
    if _number("Upload-Length", upload_length) != meta.length:
        raise Refusal("bad_header", name="Upload-Length")
    row = uploads.announce(session, meta)
    return _tus(201, {"Location": f"/files/{row.id}", **_progress(row)})


@router.head(
    "/{upload_id}",
    response_class=Response,
    dependencies=_versioned,
    responses=answers("tus_version", "upload_unknown", "upload_expired"),
)
def ask(upload_id: str, session: Caller, uploads: TheUploads) -> Response:
    """Say how many bytes of an upload are on the disk."""
    row = uploads.find(session, upload_id)
    return _tus(
        200,
        {"Upload-Length": str(row.length), "Cache-Control": "no-store", **_progress(row)},
    )


@router.patch(
    "/{upload_id}",
    status_code=204,
    response_class=Response,
    dependencies=_versioned,
    responses=answers(*PIECE_PROBLEMS),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {OFFSET_TYPE: {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def append(
    upload_id: str,
    request: Request,
    session: Caller,
    uploads: TheUploads,
    upload_offset: Number = None,
    upload_checksum: Annotated[str | None, Header(description="sha256 and base64")] = None,
) -> Response:
    """Append at most 4 MiB. Answered when the bytes are on the disk and their checksum fits."""
    if request.headers.get("content-type", "").split(";")[0].strip() != OFFSET_TYPE:
        raise Refusal("bad_type", wanted=OFFSET_TYPE)
    offset = _number("Upload-Offset", upload_offset)
    checksum = _checksum(upload_checksum)
    async with request.app.state.pieces.room_for(session.id):
        data = await request.body()
        row = await run_in_threadpool(uploads.write, session, upload_id, offset, data, checksum)
    return _tus(204, _progress(row))


def _tus(status: int, headers: dict[str, str]) -> Response:
    return Response(status_code=status, headers={"Tus-Resumable": VERSION, **headers})


def _progress(row: BundleRow) -> dict[str, str]:
    headers = {"Upload-Offset": str(row.received)}
    if not row.complete:
        moment = datetime.fromtimestamp((row.touched_us + LIFETIME_US) / SECOND_US, UTC)
        headers["Upload-Expires"] = format_datetime(moment, usegmt=True)
    return headers


def _number(name: str, value: str | None) -> int:
    longest = 16
    if value is None or not (value.isascii() and value.isdigit()) or len(value) > longest:
        raise Refusal("bad_header", name=name)
    return int(value)


def _checksum(value: str | None) -> bytes:
    algorithm, _, encoded = (value or "").partition(" ")
    try:
        digest = base64.b64decode(encoded, validate=True)
    except (ValueError, binascii.Error):
        digest = b""
    if algorithm != "sha256" or len(digest) != _DIGEST_BYTES:
        raise Refusal("bad_header", name="Upload-Checksum")
    return digest


def _meta(value: str | None) -> BundleMeta:
    """Return what `Upload-Metadata` says; each of the four keys once, nothing else."""
    fields: dict[str, str] = {}
    try:
        for pair in (value or "")[:_LONGEST_METADATA].split(","):
            key, _, encoded = pair.strip().partition(" ")
            if key in fields:
                raise Refusal("bad_header", name="Upload-Metadata")
            fields[key] = base64.b64decode(encoded, validate=True).decode("ascii")
        numbers = {key: _number("Upload-Metadata", fields.pop(key, None)) for key in _NUMBERS}
        return BundleMeta.model_validate({**fields, **numbers})
    except (ValueError, ValidationError) as error:
        raise Refusal("bad_header", name="Upload-Metadata") from error


_NUMBERS = ("offset", "length")
