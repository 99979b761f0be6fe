"""Who sits where: contestant, computer role, seat."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal, NewType

from client.base.text import Text
from client.contest.signed import Sha256, sha256

Ticket = NewType("Ticket", str)
"""Admission ticket number, 准考证号: how the organizer knows a contestant."""

OneTimeCode = NewType("OneTimeCode", str)
"""Code handed out with the ticket; good for one enrolment a paper and role."""

SessionId = NewType("SessionId", str)
"""UUID of one contestant's session of one paper on one computer."""


class Role(StrEnum):
    """Which of the two computers of a seat this is (备用机 is the spare)."""

    PRIMARY = "primary"
    BACKUP = "backup"


ROLE_WORDS: dict[Literal["primary", "backup"], Text] = {
    "primary": Text("主机", "primary"),
    "backup": Text("备用机", "backup"),
}


def ticket_digest(contest_id: str, ticket: Ticket) -> Sha256:
    """Name a contestant in evidence without writing the ticket number there."""
    return sha256(f"saijian.ticket/1\n{contest_id}\n{ticket}".encode())
