"""`saijian board`: the whole room from the reports that its computers left in a folder."""

from __future__ import annotations

import argparse
from pathlib import Path

from pydantic import ValidationError

from client.base.errors import BadInputError
from client.base.files import private_folder, write_atomically
from client.base.text import Text
from client.cli.page import announcing
from client.cli.say import show_json
from client.contest.contestant import ROLE_WORDS
from client.contest.plan import Plan
from client.preflight.board.document import left, ordered
from client.preflight.board.exceptions import allow, take_back
from client.preflight.board.pages import page_of
from client.preflight.board.room import LEFT, STATE_WORDS, Card, Expected, Room
from client.preflight.board.watch import Board
from client.preflight.reports.model import BrokenReportError
from client.preflight.reports.seats import load_seats

_MOST_LINES = 200


def run(args: argparse.Namespace) -> int:
    """Show the room; 1 when something is left to do. BadInputError where nothing can be shown."""
    if not args.dir.is_dir():
        raise BadInputError(
            Text(f"没有这个文件夹：{args.dir}", f"There is no folder {args.dir}."),
            Text("请写 preflight --out 用的文件夹。", "Name the folder of preflight --out."),
        )
    args.dir = _reports_in(args.dir)
    if args.allowed:
        _change(args)
    board = Board(args.dir, expected(args))
    board.look()
    if args.serve is not None:
        return _serve(board, args)
    document = board.document()
    if args.html is not None:
        write_atomically(args.html, page_of(document))
    if args.xlsx is not None:
        from client.preflight.board.workbook import workbook_of  # openpyxl takes a moment

        write_atomically(args.xlsx, workbook_of(board.room, board.exceptions))
    if args.json:
        show_json(document)
    else:
        for text in (*_lines(board.room), *(Text(**note) for note in document["notes"])):
            print(text.say())
    return 1 if left(board.room) else 0


def _reports_in(folder: Path) -> Path:
    """Return where the reports lie: of an organizer's folder that is one inside it."""
    from client.organizer.folder import OrganizerFolder  # keys take a moment

    organizer = OrganizerFolder(folder)
    return private_folder(organizer.reports) if organizer.key.exists() else folder


def expected(args: argparse.Namespace) -> Expected:
    """Return what the room should hold, by seat list and plan; BadInputError where they are bad."""
    plan = _plan(args.plan)
    per_seat = 2 if plan is None else min(2, plan.environment.computers_per_seat)
    rows = load_seats(args.seats) if args.seats is not None else ()
    computers = tuple((row.seat, row.role) for row in rows)
    return Expected(computers, _room_seats(plan, args.room), per_seat)


def _plan(place: str | None) -> Plan | None:
    if place is None:
        return None
    from client.remote.plans import load_plan_from

    return load_plan_from(place).plan


def _room_seats(plan: Plan | None, name: str | None) -> int | None:
    rooms = [room for site in plan.sites for room in site.rooms] if plan is not None else []
    if name is None:
        return rooms[0].seats if len(rooms) == 1 else None
    for room in rooms:
        if room.id == name:
            return room.seats
    known = ", ".join(room.id for room in rooms) or "-"
    raise BadInputError(
        Text(f"方案里没有考场“{name}”。", f"The plan has no room “{name}”."),
        Text(f"可选考场：{known}。", f"Rooms of the plan: {known}."),
    )


def _serve(board: Board, args: argparse.Namespace) -> int:
    from client.preflight.board.page import serve_board  # the web server takes a moment

    serve_board(board, args.serve, announcing(args), args.seconds)
    return 0


def _change(args: argparse.Namespace) -> None:
    folder: Path = args.dir
    try:
        if args.take_back:
            take_back(folder, args.allowed, args.finding)
        else:
            allow(folder, args.allowed, args.finding, args.why or "", args.who or "")
    except ValidationError as error:
        raise BadInputError(
            Text("豁免要写明检查项、理由和决定人。", "An exception needs check, reason and name."),
            Text("请加上 --why 和 --who。", "Add --why and --who."),
        ) from error
    except BrokenReportError as error:
        raise BadInputError(
            Text(f"豁免文件读不出：{error.why.zh}。", f"The exceptions: {error.why.en}."),
            Text("请把它移走后再试。", "Move it away and try again."),
        ) from error


def _lines(room: Room) -> list[Text]:
    open_ones = [card for card in ordered(room.cards) if card.state in LEFT]
    lines = [_line(card) for card in open_ones[:_MOST_LINES]]
    lines += [
        Text(f"[读不出] {one.name}：{one.why.zh}", f"[unreadable] {one.name}: {one.why.en}")
        for one in room.broken
        if one.why is not None
    ]
    done, total = len(room.cards) - len(open_ones), len(room.cards)
    lines.append(Text(f"{total} 台电脑，{done} 台就绪。", f"{total} computers, {done} are ready."))
    return lines


def _line(card: Card) -> Text:
    state, role = STATE_WORDS[card.state], ROLE_WORDS[card.role]
    bad = [one for one in card.problems if one.verdict != "warn"]
    zh = "；".join(f"{one.title.zh}：{one.evidence.zh}" for one in bad)
    en = "; ".join(f"{one.title.en}: {one.evidence.en}" for one in bad)
    return Text(
        f"[{state.zh}] {card.seat} {role.zh} {zh}".rstrip(),
        f"[{state.en}] {card.seat} {role.en} {en}".rstrip(),
    )
