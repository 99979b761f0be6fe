"""The report file `saijian.preflight/2`: who was checked where and when, and what was found.

Writers are computers of contestants and technicians, and the folder is a share that many may write
to: bytes become a `SeatReport` only here, and what is not exactly one is refused.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timedelta, timezone
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, Field, ValidationError, model_validator

from client.base.text import Text
from client.contest.plan import Amount, Line
from client.contest.plan_errors import wrong
from client.contest.values import HexDigest, Slug, Value
from client.preflight.check import Verdict

KIND = "saijian.preflight/2"
MAX_REPORT_BYTES = 512_000
LONGEST_TEXT = 2000
MOST_RESULTS = 200
MOST_THINGS, LONGEST_THING = 50, 200
MAX_PHOTO_BYTES = 20_000_000
BEIJING = timezone(timedelta(hours=8))

RoleName = Literal["primary", "backup"]
ROLES: tuple[RoleName, ...] = ("primary", "backup")
VERDICT_WORDS: dict[Verdict | None, Text] = {
    "pass": Text("通过", "pass"),
    "warn": Text("注意", "warning"),
    "fail": Text("不合格", "failed"),
    "unknown": Text("未知", "unknown"),
    None: Text("无", "none"),
}
TickName = Literal["quiet", "light", "power", "computers", "desk"]
TICKS: dict[TickName, Text] = {
    "quiet": Text("环境安静", "the room is quiet"),
    "light": Text("光线充足", "there is enough light"),
    "power": Text("有应急电源", "there is emergency power"),
    "computers": Text("两台电脑就位", "two computers are in place"),
    "desk": Text("桌面没有其他物品", "nothing else is on the desk"),
}
"""The room checklist: what only a person in the room can see."""
_YEARS = range(2020, 2101)
_SEAT = re.compile(r"([A-Z]{0,2})-?0*([1-9][0-9]{0,3})")


def seat_name(text: str) -> str:
    """Return `text` as seats are written here: `a-07` is `A7`; ValueError where it is no seat."""
    match = _SEAT.fullmatch(unicodedata.normalize("NFKC", text).strip().upper())
    if match is None:
        raise ValueError(text)
    return match[1] + match[2]


def _in_utc(moment: datetime) -> datetime:
    if moment.utcoffset() != timedelta(0) or moment.year not in _YEARS:
        raise ValueError("neither UTC nor of our time")
    return moment


UtcMoment = Annotated[AwareDatetime, AfterValidator(_in_utc)]
SeatName = Annotated[str, Field(pattern=r"^[A-Z]{0,2}[1-9][0-9]{0,3}$")]
"""Row letters, if any, and a number: `A12`, `7`."""
HostName = Annotated[Line, Field(min_length=1, max_length=255)]
Words = Annotated[Line, Field(max_length=LONGEST_TEXT)]
Thing = Annotated[Line, Field(min_length=1, max_length=LONGEST_THING)]
Things = Annotated[tuple[Thing, ...], Field(max_length=MOST_THINGS)]


class Both(Value):
    """One sentence in both languages, without line breaks."""

    zh: Annotated[Words, Field(min_length=1)]
    en: Words

    @classmethod
    def of(cls, text: Text) -> Both:
        """Return `text`, cut to what a report may hold; unprintable characters become spaces."""
        return cls(zh=printable(text.zh) or "-", en=printable(text.en))


def printable(text: str, longest: int = LONGEST_TEXT) -> str:
    """Return `text` in one line of at most `longest` characters."""
    line = "".join(c if c.isprintable() else " " for c in text)
    return line if len(line) <= longest else line[: longest - 1] + "…"


class Result(Value):
    """One check's finding."""

    check: Slug
    title: Both
    requirement: Both
    verdict: Verdict
    evidence: Both
    advice: Both | None
    on_site: bool
    """需到场: somebody must be at the computer for it; else it ran by itself, 自动."""
    measured: UtcMoment
    """Older than the report where only what had failed was run again."""
    things: Things = ()
    """What was found, by name: devices, programs, cards. Older reports have none."""


class ReportedPlan(Value):
    """The contest plan whose numbers were asked for."""

    id: Slug
    revision: Amount
    sha256: HexDigest


class Change(Value):
    """A verdict or a thing that is not what it was; None: no such check then, or now."""

    check: Slug
    title: Both
    before: Verdict | None
    now: Verdict | None
    gone: Things = ()
    new: Things = ()


class Comparison(Value):
    """What changed since the last good run of this computer; since the last run if none was."""

    when: UtcMoment
    was_good: bool
    changes: Annotated[tuple[Change, ...], Field(max_length=2 * MOST_RESULTS)]


class RoomPhoto(Value):
    """A picture of the room, kept beside the report and never sent with it."""

    file: Annotated[Line, Field(min_length=1, max_length=255)]
    bytes: Annotated[int, Field(ge=1, le=MAX_PHOTO_BYTES)]
    sha256: HexDigest


class SeatReport(Value):
    """The file that one computer leaves in the reports folder."""

    kind: Literal["saijian.preflight/2"]
    when: UtcMoment
    seconds: Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False)]
    """How long the checks took."""
    software: Annotated[Line, Field(max_length=80)]
    seat: SeatName
    role: RoleName
    host: HostName
    plan: ReportedPlan | None
    failed: bool
    complete: bool
    """False where some checks have never been run here (`--only`)."""
    results: Annotated[tuple[Result, ...], Field(max_length=MOST_RESULTS)]
    compared: Comparison | None
    ticks: Annotated[tuple[TickName, ...], Field(max_length=len(TICKS))]
    """What somebody in the room saw and ticked; anything else is open."""
    photo: RoomPhoto | None = None

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> SeatReport:
        names = [result.check for result in self.results]
        for name in names:
            if names.count(name) > 1:
                raise wrong("same_id", id=name)
        if self.failed != any(result.verdict == "fail" for result in self.results):
            raise ValueError("failed does not follow from the results")
        return self

    @property
    def is_good(self) -> bool:
        """Tell whether everything was checked and nothing failed or stayed unknown."""
        bad = any(result.verdict in ("fail", "unknown") for result in self.results)
        return self.complete and not bad

    def to_bytes(self) -> bytes:
        """Return the file's content."""
        return self.model_dump_json(indent=1).encode() + b"\n"


class BrokenReportError(Exception):
    """These bytes are no report; `why` says it to a person."""

    def __init__(self, why: Text) -> None:
        """Keep the reason in both languages."""
        super().__init__(why.en)
        self.why = why


def read_report(untrusted: bytes) -> SeatReport:
    """Return the report in a file's bytes; BrokenReportError for anything else, whatever it is."""
    require_size(len(untrusted))
    try:
        return SeatReport.model_validate_json(untrusted)
    except ValidationError as error:
        raise BrokenReportError(reason_of(error)) from None


def require_size(size: int) -> None:
    """BrokenReportError where a report file has more bytes than any honest one."""
    if size > MAX_REPORT_BYTES:
        raise BrokenReportError(
            Text(f"超过 {MAX_REPORT_BYTES} 字节", f"it is longer than {MAX_REPORT_BYTES} bytes")
        )


def reason_of(error: ValidationError) -> Text:
    """Return what is wrong, and where; nothing of the file is repeated but names of members."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    if first["type"] == "json_invalid":
        return Text("不是完整的 JSON", "it is not complete JSON")
    place = printable(".".join(map(str, first["loc"])), 80) or "-"
    return Text(f"“{place}” 一项不对（{first['type']}）", f"“{place}” is wrong ({first['type']})")
