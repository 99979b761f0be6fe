"""The organizer's API as calls: values in, validated values or errors for a person out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeVar

from pydantic import ValidationError

from client.base.clock import monotonic_us, utc_us
from client.contest.receipt import Enrolment
from client.contest.signed import PublicKey, is_signed_by
from client.contest.values import Value
from client.remote.failures import EnrolmentRefusedError, RequestRefusedError, body_of, unusable
from client.remote.messages import (
    EnrolmentReply,
    EnrolmentRequest,
    TimeReply,
)
from client.remote.transport import Timeouts, Transport
from client.remote.wire import Outcome, Request

_ANSWER_BYTES = 512 * 1024
_CLOCK_READINGS = 3

V = TypeVar("V", bound=Value)


class ClockReading(NamedTuple):
    """The organizer's clock against this computer's wall clock."""

    offset_us: int
    """Organizer minus this computer."""
    round_trip_us: int
    address: str
    """This computer's address as the organizer sees it."""


class OrganizerClient:
    """One organizer. May be used from several threads."""

    def __init__(
        self,
        address: str,
        *,
        certificate_pem: str = "",
        timeouts: Timeouts = Timeouts(),  # noqa: B008 (a frozen value)
        keys: Sequence[str] = (),
    ) -> None:
        """Prepare to speak to `address`; nothing is connected yet.

        `certificate_pem` pins exactly this certificate (from the signed plan). With `keys` every
        enrolment must be signed by one of them, else it counts as rubbish.
        """
        self._transport = Transport(address, certificate_pem=certificate_pem, timeouts=timeouts)
        self._keys = [PublicKey(key) for key in keys]

    @property
    def origin(self) -> str:
        """Return `scheme://host:port` of the organizer."""
        return self._transport.origin

    def time(self) -> TimeReply:
        """Return the organizer's clock and the address it sees."""
        return self._ask(Request("GET", "/time"), TimeReply)

    def read_clock(self) -> ClockReading:
        """Measure the organizer's clock a few times and return the reading with the least delay."""
        return min((self._read_clock() for _ in range(_CLOCK_READINGS)), key=_delay)

    def enrol(self, request: EnrolmentRequest) -> EnrolmentReply:
        """Enrol; EnrolmentRefusedError where ticket, code, paper or plan are not accepted."""
        reply = self._ask(
            _post("/enrolments", request), EnrolmentReply, refused=EnrolmentRefusedError
        )
        enrolment = self._signed(reply.enrolment, Enrolment)
        ours = (enrolment.session, enrolment.session_key, enrolment.role)
        if ours != (request.session, request.session_key, request.role):
            raise unusable("enrolment")
        return reply

    def send_report(self, report: bytes) -> None:
        """Hand in what one computer found before the contest; it needs no enrolment."""
        headers = {"Content-Type": "application/json"}
        body_of(self.exchange("", Request("POST", "/reports", headers, report)))

    def exchange(self, token: str, request: Request, *, limit: int = _ANSWER_BYTES) -> Outcome:
        """Do one exchange for protocol code that does no I/O itself. Never raises."""
        return self._transport.exchange(request, token=token, limit=limit)

    def _ask(
        self,
        request: Request,
        kind: type[V],
        *,
        refused: type[RequestRefusedError | EnrolmentRefusedError] = RequestRefusedError,
    ) -> V:
        outcome = self._transport.exchange(request, limit=_ANSWER_BYTES)
        try:
            return kind.model_validate_json(body_of(outcome, refused))
        except ValidationError as error:
            raise unusable(kind.__name__) from error

    def _signed(self, document: dict[str, Any], kind: type[V]) -> V:
        """Return the signed document as a value; OrganizerError where a known key did not sign."""
        try:
            value = kind.model_validate(document)
        except ValidationError as error:
            raise unusable(kind.__name__) from error
        if self._keys and not any(is_signed_by(document, key) for key in self._keys):
            raise unusable("signature")
        return value

    def _read_clock(self) -> ClockReading:
        begun = monotonic_us()
        reply = self.time()
        here = utc_us()
        delay = monotonic_us() - begun
        return ClockReading(reply.time_us - (here - delay // 2), delay, reply.address)


def _delay(reading: ClockReading) -> int:
    return reading.round_trip_us


def _post(path: str, body: Value) -> Request:
    headers = {"Content-Type": "application/json"}
    return Request("POST", path, headers, body.model_dump_json().encode())
