"""The organizer's sample picture, 录制画面参考样例: fetched, and taken only if it is the plan's."""

from __future__ import annotations

import logging
from urllib.parse import urlsplit

from client.base.errors import SaiJianError
from client.contest.plan import Plan
from client.contest.signed import sha256
from client.remote.transport import Transport
from client.remote.wire import NoResponse, Request

MOST_BYTES = 8_000_000

log = logging.getLogger(__name__)


def fetch_sample(plan: Plan) -> bytes | None:
    """Return the bytes that the plan's digest names; None where there are none or others."""
    sample = plan.sample_picture
    if sample is None:
        return None
    try:
        body = _fetched(sample.url, plan)
    except SaiJianError as error:  # an address that we do not ask
        log.warning("the organizer's sample picture: %s", error.code)
        return None
    return body if body is not None and sha256(body) == sample.sha256 else None


def _fetched(url: str, plan: Plan) -> bytes | None:
    parts = urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc}"
    pinned = plan.organizer.certificate_pem if origin == plan.organizer.address.rstrip("/") else ""
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    transport = Transport(origin, certificate_pem=pinned)
    outcome = transport.exchange(Request("GET", target), limit=MOST_BYTES)
    return None if isinstance(outcome, NoResponse) else outcome.body
