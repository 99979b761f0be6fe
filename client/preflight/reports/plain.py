"""Reads `saijian.preflight/1`, what `saijian preflight --json` prints: without seat or time.

Saved as `A12-primary.json` it can still stand in the room; its time is then that of the file.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from client.base.text import Text
from client.contest.values import Slug, Value
from client.preflight.check import Verdict
from client.preflight.reports.model import (
    MOST_RESULTS,
    Both,
    BrokenReportError,
    Result,
    RoleName,
    SeatReport,
    reason_of,
    require_size,
    seat_name,
)

PLAIN_KIND = b"saijian.preflight/1"
_NAME = re.compile(r"([^-]+(?:-[0-9]+)?)-(primary|backup)(?:[-. ].*)?\.json", re.IGNORECASE)


class _PlainResult(Value):
    check: Slug
    title: Both
    requirement: Both
    verdict: Verdict
    evidence: Both
    advice: Both | None


class _PlainReport(Value):
    kind: Literal["saijian.preflight/1"]
    failed: bool
    results: Annotated[tuple[_PlainResult, ...], Field(max_length=MOST_RESULTS)]


def read_plain(untrusted: bytes, name: str, when: datetime) -> SeatReport:
    """Return the old report in file `name` of `when`; BrokenReportError where it is none."""
    require_size(len(untrusted))
    seat, role = _place_of(name)
    try:
        plain = _PlainReport.model_validate_json(untrusted)
        return SeatReport(
            kind="saijian.preflight/2",
            when=when,
            seconds=0.0,
            software="?",
            seat=seat,
            role=role,
            host="?",
            plan=None,
            failed=plain.failed,
            complete=True,
            results=tuple(
                Result(**dict(result), on_site=False, measured=when) for result in plain.results
            ),
            compared=None,
            ticks=(),
        )
    except ValidationError as error:
        raise BrokenReportError(reason_of(error)) from None


def _place_of(name: str) -> tuple[str, RoleName]:
    match = _NAME.fullmatch(name)
    try:
        if match is not None:
            role: RoleName = "primary" if match[2].lower() == "primary" else "backup"
            return seat_name(match[1]), role
    except ValueError:
        pass
    raise BrokenReportError(
        Text(
            "旧格式报告没有座位：请把文件命名为 A12-primary.json",
            "a report of the old format names no seat: call the file A12-primary.json",
        )
    )
