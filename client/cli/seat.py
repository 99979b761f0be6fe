"""What `--out` and `--send` of `saijian preflight` add: whose seat this is, and its report."""

from __future__ import annotations

import argparse
import secrets
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from client.base.errors import BadInputError
from client.base.text import Text
from client.cli.say import show_json, tell
from client.cli.sending import send_to_organizer, told_of
from client.contest.contestant import ROLE_WORDS
from client.contest.plan import PublishedPlan
from client.preflight.alone import leave, place_of, run_now
from client.preflight.check import Report
from client.preflight.reports.changes import what_changed
from client.preflight.reports.computer import host_name, mac_addresses
from client.preflight.reports.deliver import Delivery, deliver, report_name
from client.preflight.reports.history import earlier, last_good, load_report
from client.preflight.reports.make import (
    Place,
    make_report,
    plan_of,
    require_same,
)
from client.preflight.reports.model import (
    TICKS,
    RoleName,
    SeatReport,
    TickName,
)
from client.preflight.reports.own import own_folder
from client.preflight.reports.photo import photo_of, read_photo
from client.preflight.reports.seats import find_seat, load_seats
from client.preflight.reports.send import Sending

EXIT_NOT_DELIVERED = 3
_SEAT_OPTIONS = ("seat", "seats", "role", "again", "tick", "photo")


def require_all_or_nothing(args: argparse.Namespace) -> None:
    """BadInputError where options of a report stand without its goal, or it lacks its seat."""
    if args.html and args.out is None:
        raise _needs("html", "out", Text("报告文件夹", "the reports folder"))
    if args.send and args.plan is None:
        raise _needs("send", "plan", Text("组委会的竞赛方案", "the organizer's plan"))
    if args.out is None and not args.send:
        given = [name for name in _SEAT_OPTIONS if getattr(args, name)]
        if given:
            raise _needs(given[0], "out", Text("报告文件夹（或 --send）", "a folder (or --send)"))
    elif args.seats is None and not (args.seat and args.role):
        raise BadInputError(
            Text("不知道这是哪个座位。", "Which seat this is was not said."),
            Text("请用 --seat 和 --role，或 --seats。", "Use --seat and --role, or --seats."),
        )


def _needs(option: str, other: str, what: Text) -> BadInputError:
    return BadInputError(
        Text(f"--{option} 需要 --{other}。", f"--{option} needs --{other}."),
        Text(f"请用 --{other} 写明{what.zh}。", f"Name {what.en} by --{other}."),
    )


@dataclass(frozen=True)
class Seat:
    """This computer in its room, with what earlier reports say of it."""

    args: argparse.Namespace
    place: Place
    published: PublishedPlan | None
    copies: Path
    history: tuple[SeatReport, ...]
    last: SeatReport | None
    """What is kept where not all is asked again."""
    ticks: tuple[TickName, ...]
    picture: bytes
    """Of the room; empty where none was given."""

    @classmethod
    def of(cls, args: argparse.Namespace, published: PublishedPlan | None) -> Seat:
        """Return this computer's seat; BadInputError where it has none, or `--again` fits not."""
        place, copies = _place(args), own_folder("reports")
        shared = (args.out,) if args.out is not None else ()
        history = earlier(place, *shared, copies)
        last = _last(args.again, place, history) if args.again or args.only else None
        if last is not None:
            require_same(last, place, plan_of(published))
        picture = read_photo(args.photo) if args.photo is not None else b""
        return cls(args, place, published, copies, history, last, _ticked(args.tick), picture)

    def leave(self, report: Report, all_names: Sequence[str], seconds: float) -> int:
        """Put the report where it is to be, say so, and return the exit code."""
        stem = f"{self.place.seat}-{self.place.role}-{secrets.token_hex(6)}"
        photo = photo_of(self.picture, stem) if self.picture else None
        made = make_report(
            self.place,
            run_now(seconds),
            plan_of(self.published),
            report,
            all_names,
            last=self.last,
            compared_with=last_good(self.history),
            ticks=self.ticks,
            photo=photo,
        )
        name = report_name(made)
        delivery = leave(name, made, self.picture, self.args.out, self.copies)
        if self.args.html and delivery.trouble is None:
            delivery = self._leave_page(made, name)
        sending = None
        if self.args.send and self.published is not None:
            sending = send_to_organizer(name, made, self.published.plan, self.copies)
        self._say(made, delivery, sending)
        if delivery.trouble is not None or (sending is not None and not sending.is_sent):
            return EXIT_NOT_DELIVERED
        return 1 if made.failed else 0

    def _leave_page(self, made: SeatReport, name: str) -> Delivery:
        from client.preflight.board.pages import page_of_report

        page = deliver(
            f"{Path(name).stem}.html", page_of_report(made, name), self.args.out, self.copies
        )
        copy = self.copies / name
        return Delivery(self.args.out / name, copy if copy.exists() else None, page.trouble)

    def _say(self, made: SeatReport, delivery: Delivery, sending: Sending | None) -> None:
        if self.args.json:
            places = {
                "file": None if delivery.file is None else str(delivery.file),
                "copy": None if delivery.copy is None else str(delivery.copy),
                "trouble": None if delivery.trouble is None else delivery.trouble._asdict(),
                "sent": None if sending is None else sending.is_sent,
                "unsent": sending.why._asdict() if sending is not None and sending.why else None,
            }
            show_json({**made.model_dump(mode="json"), "delivery": places})
            return
        lines = [*told(made, delivery), *([told_of(sending, made)] if sending is not None else [])]
        print("\n".join(text.say() for text in lines), flush=True)


def told(made: SeatReport, delivery: Delivery) -> list[Text]:
    """Return the last lines for a person: what changed, and where the report is."""
    lines = []
    if (changed := what_changed(made.compared)) is not None:
        lines.append(changed)
    if not made.complete:
        lines.append(
            Text(
                "还有检查项从未做过，请不带 --only 全部检查一次。",
                "Some checks have never been run: run without --only.",
            )
        )
    role = ROLE_WORDS[made.role]
    if delivery.file is not None:
        lines.append(
            Text(
                f"{made.seat} {role.zh}的报告：{delivery.file}",
                f"Report of {made.seat}, {role.en}: {delivery.file}",
            )
        )
    if delivery.trouble is not None:
        kept = delivery.copy or "-"
        lines.append(
            Text(
                f"报告没能写进共享文件夹：{delivery.trouble.zh}。已留在本机：{kept}。"
                "请先建好文件夹或检查网络，再把它复制过去。",
                f"The report is not in the folder: {delivery.trouble.en}. Kept here: {kept}. "
                "Make the folder or check the network, then copy it there.",
            )
        )
    return lines


def _place(args: argparse.Namespace) -> Place:
    host = host_name()
    if args.seats is not None:
        row = find_seat(load_seats(args.seats), host, mac_addresses())
        role = ROLE_WORDS[row.role]
        tell(Text(f"座位 {row.seat}，{role.zh}", f"seat {row.seat}, {role.en}"))
        return Place(row.seat, row.role, host)
    return place_of(args.seat, cast("RoleName", args.role))


def _ticked(given: Sequence[str]) -> tuple[TickName, ...]:
    """Return what was ticked on the command line, or is ticked now by whoever is asked."""
    if "all" in given:
        return tuple(TICKS)
    if "ask" not in given:
        return tuple(cast("Sequence[TickName]", given))
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise BadInputError(
            Text("没有可以提问的终端。", "There is no terminal to ask at."),
            Text("请用 --tick 逐项写明。", "Name each item by --tick."),
        )
    return tuple(tick for tick in TICKS if tick in given or _is_seen(TICKS[tick]))


def _is_seen(item: Text) -> bool:
    tell(Text(f"{item.zh}？[y/N] ", f"{item.en}? [y/N] "))
    return sys.stdin.readline().strip().casefold() in ("y", "yes", "是")


def _last(again: Path | None, place: Place, history: Sequence[SeatReport]) -> SeatReport | None:
    """Return the report to go on from; a folder stands for the newest one there."""
    if again is None:
        return history[0] if history else None
    if not again.is_dir():
        return load_report(again)
    found = earlier(place, again)
    if not found:
        raise BadInputError(
            Text(
                f"{again} 里没有 {place.seat} {place.role} 这台电脑的报告。",
                f"{again} holds no report of {place.seat} {place.role} from this computer.",
            ),
            Text("请不带 --again 全部检查一次。", "Run all checks once, without --again."),
        )
    return found[0]
