"""What an organizer's answer says about one upload. Every header and body here is untrusted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote, urljoin, urlsplit

from pydantic import ValidationError

from client.base.text import Text
from client.remote.messages import Problem
from client.remote.wire import Response

TUS_VERSION = "1.0.0"
FILES = "/files"
_PATH = re.compile(r"^(/[A-Za-z0-9._~!$&'()*+,;=:@%-]+)+$")
_MAX_PATH = 500
_NUMBER = re.compile(r"^\d{1,16}$", re.ASCII)
_MAX_REASON = 300
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Refused:
    """Trying again does not help. `code` is the organizer's word for it where it gave one."""

    status: int
    code: str
    reason: Text


def is_tus(response: Response) -> bool:
    """Tell a tus server's answer from one of a captive portal, a proxy or a web site."""
    return response.headers.get("tus-resumable", "").strip() == TUS_VERSION


def offset_in(response: Response, length: int) -> int | None:
    """Return Upload-Offset where it can be true for an upload of `length` bytes, else None."""
    total = _number(response, "upload-length")
    if "upload-length" in response.headers and total != length:
        return None
    offset = _number(response, "upload-offset")
    return offset if offset is not None and offset <= length else None


def upload_path(response: Response, origin: str) -> str | None:
    """Return the path that Location names if it lies on the server `origin`, else None."""
    location = response.headers.get("location", "").strip()
    if not location or len(location) > _MAX_PATH:
        return None
    try:
        target = urlsplit(urljoin(origin + FILES, location))
        same = _server(target.geturl()) == _server(origin)
    except ValueError:
        return None
    plain = not (target.query or target.fragment or target.username)
    if not (same and plain and _PATH.match(target.path)):
        return None
    climbs = any(unquote(part) in {".", ".."} for part in target.path.split("/"))
    return None if climbs or target.path == FILES else target.path


def problem_of(response: Response) -> Problem | None:
    """Return the organizer's own words in an error answer; None where it has none."""
    try:
        return Problem.model_validate_json(response.body)
    except ValidationError:
        return None


def is_final(response: Response) -> bool:
    """Tell whether a 4xx comes from an organizer, not from a gateway on the way that blocks us."""
    refuses = 400 <= response.status < 500  # noqa: PLR2004 4xx
    return refuses and (is_tus(response) or problem_of(response) is not None)


def refusal_of(response: Response) -> Refused:
    """Return why the organizer refused, in its own words (shortened) or by the status."""
    problem = problem_of(response)
    if problem is not None:
        reason = Text(_one_line(problem.zh), _one_line(problem.en))
        return Refused(response.status, problem.code, reason)
    reason = Text(
        f"组委会服务器拒绝了请求（HTTP {response.status}）。",
        f"The organizer's server refused the request (HTTP {response.status}).",
    )
    return Refused(response.status, "", reason)


def _number(response: Response, name: str) -> int | None:
    text = response.headers.get(name, "").strip()
    return int(text) if _NUMBER.match(text) else None


def _server(url: str) -> tuple[str, str, int]:
    parts = urlsplit(url)
    port = parts.port or _DEFAULT_PORTS.get(parts.scheme, 0)
    return parts.scheme, parts.hostname or "", port


def _one_line(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)[:_MAX_REASON]
