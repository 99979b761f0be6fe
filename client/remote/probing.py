"""Measuring the line to the organizer: a place in its queue, then bytes there and back."""

from __future__ import annotations

from pydantic import ValidationError

from client.remote.client import OrganizerClient
from client.remote.failures import body_of, unusable
from client.remote.messages import ProbeReply, ProbeTurn
from client.remote.wire import Request

LONGEST_PIECE = 4 * 1024 * 1024
_ZEROS = bytes(LONGEST_PIECE)


def enter_queue(client: OrganizerClient) -> ProbeTurn:
    """Join the queue; OrganizerError where it is full, or this address measured too much."""
    return _turn(client, Request("POST", "/probe/turns"))


def wait_for_turn(client: OrganizerClient, turn: str, seconds: float) -> ProbeTurn:
    """Return the place in the queue, at the latest after `seconds` (3 at most)."""
    return _turn(client, Request("GET", f"/probe/turns/{turn}?wait={seconds:g}"))


def leave_queue(client: OrganizerClient, turn: str) -> None:
    """Let the next one in; that the organizer does not hear it harms nobody."""
    client.exchange("", Request("POST", f"/probe/turns/{turn}/done"))


def send_piece(client: OrganizerClient, turn: str, size: int) -> None:
    """Send `size` bytes; OrganizerError where they did not arrive."""
    body = _ZEROS[:size]
    answer = body_of(client.exchange("", Request("POST", f"/probe?turn={turn}", {}, body)))
    try:
        came = ProbeReply.model_validate_json(answer).bytes
    except ValidationError as error:
        raise unusable("probe") from error
    if came != size:
        raise unusable("probe")


def fetch_piece(client: OrganizerClient, turn: str, size: int) -> None:
    """Fetch `size` bytes; OrganizerError where they did not come."""
    request = Request("GET", f"/probe?turn={turn}&bytes={size}")
    if len(body_of(client.exchange("", request, limit=size))) != size:
        raise unusable("probe")


def _turn(client: OrganizerClient, request: Request) -> ProbeTurn:
    try:
        return ProbeTurn.model_validate_json(body_of(client.exchange("", request)))
    except ValidationError as error:
        raise unusable("probe") from error
