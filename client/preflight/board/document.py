"""The room as one JSON object: what the page shows, and what `saijian board --json` prints."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from client.base.text import Text
from client.contest.contestant import ROLE_WORDS
from client.preflight.board.exceptions import Exceptions
from client.preflight.board.room import LEFT, STATE_WORDS, STATES, Card, Room
from client.preflight.board.seatmap import seat_map, seat_order
from client.preflight.reports.model import ROLES, TICKS, Both, Result, UtcMoment

KIND = "saijian.board/1"
_Json = dict[str, Any]


def board_document(
    room: Room,
    exceptions: Exceptions,
    folder: str,
    now: datetime,
    notes: Iterable[Text] = (),
    cards: list[_Json] | None = None,
) -> _Json:
    """Return the document; `cards` stands in for those of `room` where only some are wanted."""
    plan = seat_map(card.seat for card in room.cards)
    return {
        "kind": KIND,
        "made": moment(now),
        "folder": folder,
        "words": {
            "states": {name: STATE_WORDS[name]._asdict() for name in STATES},
            "roles": {name: ROLE_WORDS[name]._asdict() for name in ROLES},
            "ticks": {name: text._asdict() for name, text in TICKS.items()},
        },
        "rows": list(plan.rows),
        "columns": plan.columns,
        "spots": {seat: list(spot) for seat, spot in plan.spots.items()},
        "seats_planned": room.seats_planned,
        "left": left(room),
        "counts": {state: sum(c.state == state for c in room.cards) for state in STATES},
        "causes": causes(room),
        "ticks": {seat: list(ticks) for seat, ticks in room.ticks.items()},
        "cards": [card_json(card) for card in ordered(room.cards)] if cards is None else cards,
        "broken": [
            {"file": one.name, "why": (one.why or Text("?", "?"))._asdict()} for one in room.broken
        ],
        "exceptions": [
            {**one.model_dump(mode="json"), "seats": _excused_at(room, one.check, one.finding)}
            for one in exceptions.exceptions
            if one.ended is None
        ],
        "notes": [text._asdict() for text in notes],
    }


def left(room: Room) -> int:
    """Return how many computers and files somebody must still see to."""
    return sum(card.state in LEFT for card in room.cards) + len(room.broken)


def ordered(cards: Iterable[Card]) -> list[Card]:
    """Return the cards worst first, then by seat and role."""
    return sorted(
        cards,
        key=lambda card: (STATES.index(card.state), seat_order(card.seat), ROLES.index(card.role)),
    )


def card_json(card: Card) -> _Json:
    """Return one computer."""
    report = card.report
    found: _Json = {
        "key": f"{card.seat}-{card.role}",
        "seat": card.seat,
        "role": card.role,
        "state": card.state,
        "file": card.name,
        "problems": [result_json(result) for result in card.problems],
        "excused": [
            {**result_json(one.result), "why": one.exception.why, "who": one.exception.who}
            for one in card.excused
        ],
        "only_input_methods": card.only_input_methods,
        "others": list(card.others),
        "clock_is_ahead": card.clock_is_ahead,
    }
    if report is None:
        return found
    compared = report.compared
    return {
        **found,
        "host": report.host,
        "when": moment(report.when),
        "seconds": report.seconds,
        "software": report.software,
        "plan": None if report.plan is None else report.plan.model_dump(),
        "complete": report.complete,
        "passed": [
            {"title": one.title.model_dump(), "evidence": one.evidence.model_dump()}
            for one in report.results
            if one.verdict == "pass"
        ],
        "compared": None if compared is None else compared.model_dump(mode="json"),
    }


def result_json(result: Result) -> _Json:
    """Return one finding that did not pass."""
    return {**result.model_dump(mode="json"), "measured": moment(result.measured)}


def causes(room: Room) -> list[_Json]:
    """Return the checks that object anywhere, those with most failures first."""
    titles: dict[str, tuple[Both, bool]] = {}
    counts: dict[str, dict[str, int]] = {}
    for card in room.cards:
        for result in card.problems:
            titles.setdefault(result.check, (result.title, result.on_site))
            tally = counts.setdefault(result.check, {"fail": 0, "unknown": 0, "warn": 0})
            tally[result.verdict] += 1
    found = [
        {"check": name, "title": titles[name][0].model_dump(), "on_site": titles[name][1], **tally}
        for name, tally in counts.items()
    ]
    return sorted(found, key=lambda one: (-one["fail"], -one["unknown"], -one["warn"]))


def moment(when: UtcMoment) -> str:
    """Return a moment as all our documents write it."""
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def _excused_at(room: Room, check: str, finding: str | None) -> int:
    return sum(
        (one.exception.check, one.exception.finding) == (check, finding)
        for card in room.cards
        for one in card.excused
    )
