"""Who answers at the organizer's address: the organizer, or somebody in between."""

from __future__ import annotations

from urllib.parse import urlsplit

from pydantic import ValidationError

from client.preflight.facts.network import AccessFacts
from client.remote.client import OrganizerClient
from client.remote.failures import clean
from client.remote.messages import TimeReply
from client.remote.transport import BAD_CERTIFICATE
from client.remote.wire import NoResponse, Outcome, Request

_LOGIN_NEEDED = frozenset({407, 511})
_REDIRECTS = range(300, 400)


def ask_organizer(client: OrganizerClient, *, pinned: bool) -> AccessFacts:
    """Ask for the time once and return who answered."""
    return facts_of(client.exchange("", Request("GET", "/time")), pinned=pinned)


def facts_of(outcome: Outcome, *, pinned: bool) -> AccessFacts:
    """Return what an answer to `GET /time` tells."""
    if isinstance(outcome, NoResponse):
        if outcome.reason == BAD_CERTIFICATE:
            return AccessFacts(answer="certificate", pinned=pinned)
        return AccessFacts(answer="nobody", detail=clean(outcome.reason), pinned=pinned)
    if outcome.status in _LOGIN_NEEDED:
        return AccessFacts(answer="login", detail=f"HTTP {outcome.status}", pinned=pinned)
    if outcome.status in _REDIRECTS:
        return AccessFacts(
            answer="redirect", detail=_host(outcome.headers.get("location", "")), pinned=pinned
        )
    try:
        TimeReply.model_validate_json(outcome.body)
    except ValidationError:
        return AccessFacts(answer="page", detail=f"HTTP {outcome.status}", pinned=pinned)
    return AccessFacts(answer="organizer", pinned=pinned)


def _host(location: str) -> str:
    try:
        return clean(urlsplit(location).hostname or "")
    except ValueError:
        return ""
