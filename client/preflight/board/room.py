"""What the reports say of the room: one card a computer, and what is left to do at each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from client.base.text import Text
from client.preflight.board.exceptions import Exceptions, RoomException
from client.preflight.board.folder import Filed
from client.preflight.board.seatmap import holes
from client.preflight.reports.model import BEIJING, ROLES, Result, RoleName, SeatReport, TickName

State = Literal["fail", "missing", "stale", "unknown", "warn", "pass"]
STATES: tuple[State, ...] = ("fail", "missing", "stale", "unknown", "warn", "pass")
"""Worst first: this is the order of every list."""
STATE_WORDS: dict[State, Text] = {
    "fail": Text("不合格", "failed"),
    "missing": Text("没有报告", "no report"),
    "stale": Text("不是今天的报告", "not of today"),
    "unknown": Text("未查清", "not known"),
    "warn": Text("注意", "warning"),
    "pass": Text("通过", "passed"),
}
LEFT: tuple[State, ...] = ("fail", "missing", "stale", "unknown")
"""States that somebody must still see to."""
AHEAD = timedelta(minutes=10)
"""A report from further ahead was made by a clock that is wrong."""


@dataclass(frozen=True)
class Excused:
    """A finding that the room allows."""

    result: Result
    exception: RoomException


@dataclass(frozen=True)
class Card:
    """One computer of a seat; `report` is its newest one."""

    seat: str
    role: RoleName
    state: State
    name: str = ""
    """File of the report."""
    report: SeatReport | None = None
    problems: tuple[Result, ...] = ()
    """What did not pass and is not allowed, worst first."""
    excused: tuple[Excused, ...] = ()
    others: tuple[str, ...] = ()
    """Hosts that also say, today, that they are this computer."""
    clock_is_ahead: bool = False

    @property
    def only_input_methods(self) -> bool:
        """Tell whether nothing but input methods failed or is unknown."""
        faults = [one.check for one in self.problems if one.verdict in ("fail", "unknown")]
        return bool(faults) and all(name.startswith("input-") for name in faults)


@dataclass(frozen=True)
class Room:
    """All of it at one moment."""

    cards: tuple[Card, ...]
    """By seat, then role."""
    ticks: dict[str, tuple[TickName, ...]]
    """By seat: what a technician ticked today at either of its computers."""
    broken: tuple[Filed, ...]
    seats_planned: int | None = None


@dataclass(frozen=True)
class Expected:
    """What the room should hold; everything may be unknown."""

    computers: tuple[tuple[str, RoleName], ...] = ()
    """Of the seat list."""
    room_seats: int | None = None
    per_seat: int = 2


def read_room(
    filed: Iterable[Filed], exceptions: Exceptions, expected: Expected, now: datetime
) -> Room:
    """Return the room as `filed` shows it at `now`."""
    groups: dict[tuple[str, RoleName], list[Filed]] = {}
    broken = []
    for one in filed:
        if one.report is None:
            broken.append(one)
        else:
            groups.setdefault((one.report.seat, one.report.role), []).append(one)
    places = {*groups, *_asked(groups, expected)}
    cards = [
        _card(place, groups[place], exceptions, now) if place in groups else Card(*place, "missing")
        for place in places
    ]
    return Room(tuple(cards), _ticks(groups, now), tuple(broken), seats_planned=expected.room_seats)


def _asked(groups: Iterable[tuple[str, RoleName]], expected: Expected) -> set[tuple[str, RoleName]]:
    if expected.computers:
        return set(expected.computers)
    seats = {seat for seat, _ in groups}
    if expected.room_seats is not None:
        seats |= set(holes(seats, expected.room_seats))
    return {(seat, role) for seat in seats for role in ROLES[: expected.per_seat]}


def _card(
    place: tuple[str, RoleName], files: Sequence[Filed], exceptions: Exceptions, now: datetime
) -> Card:
    newest = max(files, key=lambda one: (_moment(one, now), one.mtime_ns, one.name))
    report = newest.report
    if report is None:  # groups hold reports only
        raise ValueError(newest.name)
    today = {one.report.host for one in files if one.report and _is_today(one, now)}
    problems, excused = _split(report, exceptions)
    return Card(
        *place,
        _state(report, problems, is_today=_is_today(newest, now)),
        newest.name,
        report,
        problems,
        excused,
        tuple(sorted(today - {report.host})),
        report.when > now + AHEAD,
    )


def _split(
    report: SeatReport, exceptions: Exceptions
) -> tuple[tuple[Result, ...], tuple[Excused, ...]]:
    problems, excused = [], []
    for result in report.results:
        if result.verdict == "pass":
            continue
        exception = exceptions.covering(result)
        if exception is None:
            problems.append(result)
        else:
            excused.append(Excused(result, exception))
    problems.sort(key=lambda result: STATES.index(result.verdict))
    return tuple(problems), tuple(excused)


def _state(report: SeatReport, problems: Sequence[Result], *, is_today: bool) -> State:
    found: set[State] = {result.verdict for result in problems}
    if not is_today:
        found.add("stale")
    if not report.complete or not report.results:
        found.add("unknown")
    return next((state for state in STATES if state in found), "pass")


def _ticks(
    groups: dict[tuple[str, RoleName], list[Filed]], now: datetime
) -> dict[str, tuple[TickName, ...]]:
    found: dict[str, set[TickName]] = {}
    for (seat, _), files in groups.items():
        for one in files:
            if one.report is not None and _is_today(one, now):
                found.setdefault(seat, set()).update(one.report.ticks)
    return {seat: tuple(sorted(ticks)) for seat, ticks in found.items()}


def _moment(one: Filed, now: datetime) -> datetime:
    """Return when the report was made; by the file's own time where its clock is ahead of ours."""
    if one.report is None or one.report.when > now + AHEAD:
        return min(one.written, now)
    return one.report.when


def _is_today(one: Filed, now: datetime) -> bool:
    return _moment(one, now).astimezone(BEIJING).date() >= now.astimezone(BEIJING).date()
