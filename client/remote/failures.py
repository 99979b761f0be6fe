"""What the organizer answered instead of what was asked, as the errors that a person reads."""

from __future__ import annotations

import unicodedata

from pydantic import ValidationError

from client.base.errors import EnrolmentError, OrganizerError, RefusedError
from client.base.text import Text
from client.remote.messages import Problem
from client.remote.wire import NoResponse, Outcome

_LONGEST = 300
_LATER = frozenset({408, 425, 429})
_RETRY = Text(
    "请稍后再试；若一直如此，请检查网络或联系组委会。",
    "Try again in a moment; if it lasts, check the network or call the organizer.",
)
_ASK = Text("请按提示处理，或联系组委会。", "Do what it says, or call the organizer.")


class RequestRefusedError(RefusedError):
    """The organizer's own refusal; `problem` is its code, such as `incomplete`."""

    def __init__(self, problem: str, title: Text) -> None:
        """Say it in the organizer's words."""
        super().__init__(title, _ASK)
        self.problem = problem


class EnrolmentRefusedError(EnrolmentError):
    """The organizer does not enrol this session; `problem` is its code, such as `code_used`."""

    def __init__(self, problem: str, title: Text) -> None:
        """Say it in the organizer's words."""
        super().__init__(title, _ASK)
        self.problem = problem


def body_of(
    outcome: Outcome,
    refused: type[RequestRefusedError | EnrolmentRefusedError] = RequestRefusedError,
) -> bytes:
    """Return the body of a good answer.

    Raises OrganizerError where trying again may help (nobody there, 5xx, rubbish), and `refused`
    where the organizer itself says no.
    """
    if isinstance(outcome, NoResponse):
        raise OrganizerError(
            Text(f"连不上组委会服务器（{outcome.reason}）。", f"No organizer: {outcome.reason}."),
            _RETRY,
        )
    status = outcome.status
    if status in {200, 201, 204}:
        return outcome.body
    problem = problem_in(outcome.body)
    if problem is None:
        raise unusable(f"HTTP {status}")
    title = Text(f"组委会：{problem.zh}", f"Organizer: {problem.en}")
    if status >= 500 or status in _LATER or status < 400:  # noqa: PLR2004 (HTTP's classes)
        raise OrganizerError(title, _RETRY)
    raise refused(problem.code, title)


def problem_in(untrusted: bytes) -> Problem | None:
    """Return the Problem in an error's body, its sentences made safe to show; None for rubbish."""
    try:
        problem = Problem.model_validate_json(untrusted)
    except (ValidationError, ValueError):
        return None
    return Problem(code=problem.code, zh=clean(problem.zh), en=clean(problem.en))


def clean(untrusted: str) -> str:
    """Return a server's sentence in one line of at most 300 characters that shows what it is."""
    kept = (" " if unicodedata.category(c)[0] == "C" else c for c in untrusted[: 2 * _LONGEST])
    return " ".join("".join(kept).split())[:_LONGEST]


def unusable(what: str) -> OrganizerError:
    """Return the error for an answer that no organizer gives."""
    return OrganizerError(
        Text(f"组委会服务器的回答无法识别（{what}）。", f"Unusable answer ({what})."), _RETRY
    )
