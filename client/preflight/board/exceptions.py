"""What a room allows although a check objects: who decided, and why. Kept beside the reports."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from client.contest.plan import Line
from client.contest.values import Slug, Value
from client.preflight.reports.deliver import put
from client.preflight.reports.history import read_some
from client.preflight.reports.model import (
    BrokenReportError,
    Result,
    UtcMoment,
    Words,
    reason_of,
    require_size,
)

EXCEPTIONS_FILE = "room-exceptions.json"
MOST = 200
Said = Annotated[Line, Field(min_length=2, max_length=300)]


class RoomException(Value):
    """One exception for the whole room."""

    check: Slug
    finding: Annotated[Words, Field(min_length=1)] | None
    """The Chinese evidence that is allowed, word for word; None: whatever this check finds."""
    why: Said
    who: Said
    when: UtcMoment
    ended: UtcMoment | None = None
    """Taken back then; it stays in the file."""

    def covers(self, result: Result) -> bool:
        """Tell whether it allows what `result` objects to."""
        same = self.check == result.check and self.finding in (None, result.evidence.zh)
        return same and self.ended is None


class Exceptions(Value):
    """The file."""

    kind: Literal["saijian.room-exceptions/1"] = "saijian.room-exceptions/1"
    exceptions: Annotated[tuple[RoomException, ...], Field(max_length=MOST)] = ()

    def covering(self, result: Result) -> RoomException | None:
        """Return the exception that allows `result`; what passed needs none."""
        if result.verdict == "pass":
            return None
        return next((one for one in self.exceptions if one.covers(result)), None)


def load_exceptions(folder: Path) -> Exceptions:
    """Return what the room allows; BrokenReportError where the file is none of ours."""
    try:
        untrusted = read_some(folder / EXCEPTIONS_FILE)
    except FileNotFoundError:
        return Exceptions()
    require_size(len(untrusted))
    try:
        return Exceptions.model_validate_json(untrusted)
    except ValidationError as error:
        raise BrokenReportError(reason_of(error)) from None


def allow(folder: Path, check: str, finding: str | None, why: str, who: str) -> Exceptions:
    """Add an exception; ValidationError where a part is missing, BrokenReportError as above."""
    now = datetime.now(UTC).replace(microsecond=0)
    one = RoomException(check=check, finding=finding, why=why.strip(), who=who.strip(), when=now)
    before = load_exceptions(folder).exceptions
    same = [(old.check, old.finding) for old in before if old.ended is None]
    if (check, finding) in same:
        return Exceptions(exceptions=before)
    return _save(folder, (*before, one))


def take_back(folder: Path, check: str, finding: str | None) -> Exceptions:
    """End the exceptions for this check and finding; BrokenReportError as above."""
    now = datetime.now(UTC).replace(microsecond=0)

    def ended(one: RoomException) -> RoomException:
        is_it = (one.check, one.finding) == (check, finding) and one.ended is None
        return one.model_copy(update={"ended": now}) if is_it else one

    return _save(folder, tuple(ended(one) for one in load_exceptions(folder).exceptions))


def _save(folder: Path, exceptions: tuple[RoomException, ...]) -> Exceptions:
    document = Exceptions.model_validate({"exceptions": exceptions})
    data = document.model_dump_json(indent=1).encode() + b"\n"
    put(folder / EXCEPTIONS_FILE, data)
    return document
