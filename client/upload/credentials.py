"""What the uploader may present to the organizer: a token, or the code to enrol with later.

`token.json` in the session's private folder, readable by this user alone. Neither token, ticket
nor code appears in a log: their fields are left out of `repr`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from client.base.files import read_file, write_atomically
from client.contest.contestant import OneTimeCode, Ticket
from client.contest.values import Slug, Value
from client.remote.messages import CodeText, TicketNumber


class Token(Value):
    """Enrolled: what every request carries."""

    token: Annotated[str, Field(min_length=16, max_length=200, repr=False)]


class PendingEnrolment(Value):
    """Offline from the start: what the enrolment will need, in place of the token."""

    ticket: Annotated[TicketNumber, Field(repr=False)]
    code: Annotated[CodeText, Field(repr=False)]
    paper: Slug | None = None


Credentials = Token | PendingEnrolment
_CREDENTIALS: TypeAdapter[Credentials] = TypeAdapter(Credentials)


def load_credentials(path: Path) -> Credentials | None:
    """Read them; None where there are none yet, or none that can be used."""
    try:
        return _CREDENTIALS.validate_json(read_file(path))
    except (OSError, ValidationError):
        return None


def save_credentials(path: Path, credentials: Credentials) -> None:
    """Put them at `path` in place of what was there, whole or not at all."""
    write_atomically(path, credentials.model_dump_json().encode(), private=True)


def pending(ticket: Ticket, code: OneTimeCode, paper: str | None) -> PendingEnrolment:
    """Return what to keep when the organizer cannot be reached at the start."""
    return PendingEnrolment(ticket=ticket, code=code, paper=paper)
