"""What every route of the API may ask for: the office, who is calling, from which address."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from client.organizer.enrolments import session_of_token
from client.organizer.office import Office, plain_address
from client.organizer.problems import Refusal
from client.organizer.tables import SessionRow

_bearer = HTTPBearer(auto_error=False, description="Token of the enrolment")
_LONGEST_TOKEN = 200


def office_of(request: Request) -> Office:
    """Return the organizer that this process serves."""
    office: Office = request.app.state.office
    return office


def address_of(request: Request) -> str:
    """Return the address that the socket shows; no header is believed."""
    if request.client is None:
        raise Refusal("internal")
    return plain_address(request.client.host)


def caller(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> SessionRow:
    """Return the session that the bearer token was issued for."""
    if credentials is None or not 0 < len(credentials.credentials) <= _LONGEST_TOKEN:
        raise Refusal("token_unknown", {"WWW-Authenticate": "Bearer"})
    return session_of_token(office_of(request), credentials.credentials)


TheOffice = Annotated[Office, Depends(office_of)]
Address = Annotated[str, Depends(address_of)]
Caller = Annotated[SessionRow, Depends(caller)]
