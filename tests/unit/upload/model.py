"""A tus organizer as a value: no network, no disk, and any fault on order."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field

from client.remote.wire import NoResponse, Outcome, Request, Response

TUS = {"tus-resumable": "1.0.0"}
FAULTS = (
    "lost request",
    "lost answer",
    "half a patch, then silence",
    "500",
    "503 later",
    "423",
    "429",
    "408",
    "404",
    "410",
    "portal 200",
    "portal 302",
    "portal 403",
    "no offset",
    "offset -1",
    "offset beyond",
    "forgets everything",
    "loses a byte",
    "bit flipped on the way",
    "foreign location",
)


@dataclass
class Held:
    """One upload at the server."""

    meta: str
    length: int
    data: bytes = b""


@dataclass
class TusModel:
    """Answers requests; `fault` spoils one exchange in a way named in FAULTS."""

    uploads: dict[str, Held] = field(default_factory=dict)
    created: int = 0

    def exchange(self, request: Request, fault: str | None = None) -> Outcome:
        if fault == "lost request":
            return NoResponse("no route")
        if fault == "forgets everything":
            self.uploads.clear()
            return NoResponse("restarted")
        if fault == "loses a byte":
            for held in self.uploads.values():
                held.data = held.data[:-1]
            return Response(500, TUS)
        spoilt = self._spoilt_before(request, fault)
        if spoilt is not None:
            return spoilt
        if fault == "bit flipped on the way" and request.body:
            body = bytes([request.body[0] ^ 1]) + request.body[1:]
            request = Request(request.method, request.path, request.headers, body)
        return self._spoilt_after(self._answer(request), fault)

    def _spoilt_before(self, request: Request, fault: str | None) -> Outcome | None:
        if fault and fault.isdigit():
            return Response(int(fault), TUS)
        if fault == "503 later":
            return Response(503, {**TUS, "retry-after": "3"})
        if fault == "portal 302":
            return Response(302, {"location": "http://portal.test/"}, b"<html>")
        if fault and fault.startswith("portal"):
            return Response(int(fault.split()[1]), {}, b"<html>")
        if fault == "half a patch, then silence" and request.method == "PATCH":
            held = self.uploads.get(request.path)
            if held and int(request.headers["Upload-Offset"]) == len(held.data):
                held.data += request.body[: len(request.body) // 2]
            return NoResponse("time-out")
        return None

    def _spoilt_after(self, answer: Response, fault: str | None) -> Outcome:
        if fault == "lost answer":
            return NoResponse("reset")
        headers = dict(answer.headers)
        if fault == "no offset":
            headers.pop("upload-offset", None)
        elif fault == "offset -1":
            headers["upload-offset"] = "-1"
        elif fault == "offset beyond":
            headers["upload-offset"] = "99999999999"
        elif fault == "foreign location" and "location" in headers:
            headers["location"] = "http://elsewhere.test" + headers["location"]
        return Response(answer.status, headers, answer.body)

    def _answer(self, request: Request) -> Response:
        if request.method == "POST":
            return self._create(request)
        held = self.uploads.get(request.path)
        if held is None:
            return Response(404, TUS)
        if request.method == "HEAD":
            length = {"upload-length": str(held.length)}
            return Response(200, {**TUS, **length, "upload-offset": str(len(held.data))})
        if int(request.headers["Upload-Offset"]) != len(held.data):
            return Response(409, TUS)
        wanted = base64.b64decode(request.headers["Upload-Checksum"].split()[1])
        if hashlib.sha256(request.body).digest() != wanted:
            return Response(460, TUS)
        held.data += request.body
        return Response(204, {**TUS, "upload-offset": str(len(held.data))})

    def _create(self, request: Request) -> Response:
        meta = request.headers["Upload-Metadata"]
        for path, held in self.uploads.items():
            if held.meta == meta:
                return Response(201, {**TUS, "location": path})
        self.created += 1
        path = f"/files/u{self.created}"
        self.uploads[path] = Held(meta, int(request.headers["Upload-Length"]))
        return Response(201, {**TUS, "location": path})
