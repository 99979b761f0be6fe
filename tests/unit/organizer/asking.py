"""What a client asks, in short."""

from __future__ import annotations

import uuid

from client.contest.contestant import Role
from client.contest.receipt import JournalHead
from client.organizer.enrolments import enrol, session_of_token
from client.remote.messages import EnrolmentRequest, HeartbeatRequest
from tests.simulators.contest import Contest, code_of

ADDRESS = "203.0.113.9"


def request(contest: Contest, **changes: object) -> EnrolmentRequest:
    """Return a good enrolment request of a new session, with `changes`."""
    fields = {
        "ticket": "T-1",
        "code": code_of(str(changes.get("ticket", "T-1"))),
        "paper": "one",
        "role": Role.PRIMARY,
        "session": str(uuid.uuid4()),
        "session_key": uuid.uuid4().hex * 2,
        "plan_sha256": contest.plan.sha256,
        "software": "test",
        **changes,
    }
    return EnrolmentRequest.model_validate(fields)


def enrolled(office, contest: Contest, address: str = ADDRESS, **changes: object):
    """Enrol and return the session's row."""
    return session_of_token(office, enrol(office, request(contest, **changes), address).token)


def beat(seq: int, digit: str = "a") -> HeartbeatRequest:
    """Return a heartbeat whose head is line `seq` with a digest of `digit`s."""
    head = JournalHead(seq=seq, sha256=digit * 64)
    return HeartbeatRequest(head=head, recorded_us=1, uploaded_bytes=2, pending_bytes=3)
