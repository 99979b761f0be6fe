"""Where a contestant gets the plan from: a file, or an address that the organizer published."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from client.base.errors import OrganizerError, PlanError
from client.base.paths import extended
from client.base.text import Text
from client.contest.plan import MAX_PLAN_BYTES, PublishedPlan, load_plan
from client.contest.signed import PublicKey
from client.remote.failures import body_of, unusable
from client.remote.pinning import certificate_at
from client.remote.transport import BAD_CERTIFICATE, Timeouts, Transport, bad_address
from client.remote.wire import NoResponse, Outcome, Request

_URL = re.compile(r"^https?://", re.IGNORECASE)
_KEY = re.compile(r"^key=([0-9a-f]{64})$")
_HOPS = 3
_HTTPS_PORT = 443
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


def load_plan_from(source: str, organizer_key: PublicKey | None = None) -> PublishedPlan:
    """Return the plan at an https address or in a file, validated and verified.

    An address may end with `#key=` and the organizer's public key, as `organizer serve` prints it.
    Then that key must have signed the plan, and the server's certificate does not matter.
    Raises PlanError, BadInputError (address), OrganizerError (nobody there).
    """
    if _URL.match(source) is None:
        return load_plan(_read_file(extended(Path(source))), organizer_key)
    address, _, fragment = source.partition("#")
    stated = _KEY.match(fragment)
    if fragment and stated is None:
        raise _bad_fragment()
    key = PublicKey(stated[1]) if stated else organizer_key
    return load_plan(_download(address, key), key)


def _read_file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_PLAN_BYTES + 1)
    except (OSError, ValueError) as error:
        raise PlanError(
            Text(f"方案文件读不出：{path}。", f"The plan file cannot be read: {path}."),
            Text("请检查文件名和权限。", "Check the file's name and permissions."),
        ) from error


def _download(address: str, key: PublicKey | None) -> bytes:
    """Fetch `address`. With a known key even a server with an unknown certificate will do."""
    try:
        parts = urlsplit(address)
    except ValueError as error:
        raise bad_address() from error
    origin = f"{parts.scheme}://{parts.netloc}"
    outcome = _follow(Transport(origin), address)
    if _is_unknown(outcome) and key is not None:
        pem = _certificate(parts.hostname or "", parts.port or _HTTPS_PORT)
        outcome = _follow(Transport(origin, certificate_pem=pem), address) if pem else outcome
    if _is_unknown(outcome):
        raise OrganizerError(
            Text(
                "下载方案的服务器证书无法核实。",
                "The certificate of the plan's server cannot be verified.",
            ),
            Text(
                "请使用组委会公布的完整地址（含 #key=…），或使用方案文件。",
                "Use the organizer's complete address (with #key=…), or the plan file.",
            ),
        )
    return body_of(outcome)


def _follow(transport: Transport, address: str) -> Outcome:
    """Fetch `address`; redirects are followed on the same server only."""
    url = address
    for _ in range(_HOPS):
        outcome = transport.exchange(Request("GET", _target(url)), limit=MAX_PLAN_BYTES)
        if isinstance(outcome, NoResponse) or outcome.status not in _REDIRECTS:
            return outcome
        try:
            url = urljoin(url, outcome.headers.get("location", ""))
            same = urlsplit(url)[:2] == urlsplit(address)[:2]
        except ValueError as error:
            raise unusable("redirect") from error
        if not same:
            raise unusable("redirect")
    raise unusable("redirect")


def _is_unknown(outcome: Outcome) -> bool:
    return isinstance(outcome, NoResponse) and outcome.reason == BAD_CERTIFICATE


def _certificate(host: str, port: int) -> str:
    try:
        return certificate_at(host, port, Timeouts().connect)
    except OSError:
        return ""


def _target(url: str) -> str:
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _bad_fragment() -> PlanError:
    return PlanError(
        Text(
            "方案地址 # 后面的部分不完整。", "The part of the plan's address after # is not whole."
        ),
        Text("请重新复制组委会公布的完整地址。", "Copy the organizer's complete address again."),
    )
