"""Asking the organizer for anything but bytes: enrolment, receipt, storage receipt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from pydantic import ValidationError

from client.base.text import Text
from client.contest.values import Value
from client.remote.wire import NoResponse, Outcome, Request
from client.upload.answers import Refused, is_final, problem_of, refusal_of
from client.upload.retry import may_pass

Reply = TypeVar("Reply", bound=Value)


class Organizer(Protocol):
    """A connection to the organizer, used by one thread at a time."""

    def exchange(self, token: str, request: Request) -> Outcome:
        """Send `request` and return what came of it, within a bounded time; never raises."""


Connect = Callable[[float], Organizer]
"""Makes a new connection that waits so many seconds for the first byte of an answer."""
QUICK_SECONDS = 25.0
SEAL_SECONDS = 90.0
"""The organizer holds back the answer to a seal while it re-hashes everything."""


@dataclass(frozen=True)
class Away:
    """No usable answer; trying again may help."""

    outcome: Outcome
    problem: Text


def ask(
    organizer: Organizer, token: str, path: str, message: Value, kind: type[Reply]
) -> Reply | Refused | Away:
    """POST `message` and return the answer as `kind`, or why there is none."""
    body = message.model_dump_json().encode()
    request = Request("POST", path, {"Content-Type": "application/json"}, body)
    outcome = organizer.exchange(token, request)
    if isinstance(outcome, NoResponse):
        return Away(outcome, trouble_of(outcome))
    if 200 <= outcome.status < 300:  # noqa: PLR2004 2xx
        try:
            return kind.model_validate_json(outcome.body)
        except ValidationError:
            return Away(outcome, trouble_of(outcome))
    if is_final(outcome) and not may_pass(outcome):
        return refusal_of(outcome)
    return Away(outcome, trouble_of(outcome))


def trouble_of(outcome: Outcome) -> Text:
    """Say in plain words why an exchange brought nothing, and that it goes on by itself."""
    if isinstance(outcome, NoResponse):
        return Text(
            "暂时联系不上组委会服务器。录制不受影响，会自动重试。",
            "The organizer cannot be reached now. Recording goes on; sending is tried again.",
        )
    if problem_of(outcome) is not None:
        return refusal_of(outcome).reason
    if 200 <= outcome.status < 400:  # noqa: PLR2004 2xx, 3xx
        return Text(
            "网络上的回答不是来自组委会服务器。请检查上网认证；录制不受影响，会自动重试。",
            "The answer did not come from the organizer. Check the network login; recording goes"
            " on, sending is tried again.",
        )
    return Text(
        f"组委会服务器暂时出错（HTTP {outcome.status}）。录制不受影响，会自动重试。",
        f"The organizer's server has a problem (HTTP {outcome.status}). Recording goes on; sending"
        " is tried again.",
    )
