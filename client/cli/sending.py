"""`saijian preflight --send`: asking whether the organizer shall have the report, and saying so."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from client.base.text import Text
from client.cli.say import tell
from client.contest.contestant import ROLE_WORDS
from client.contest.plan import Plan
from client.preflight.reports.model import SeatReport
from client.preflight.reports.send import UNSENT, Sending, send
from client.remote.client import OrganizerClient
from client.remote.transport import Timeouts

_PATIENCE = Timeouts(connect=4.0, read=10.0, whole=15.0)


def asked_to_send(args: argparse.Namespace) -> bool:
    """Ask the person where plan and seat are given and nothing says where the report shall go.

    Nobody at the terminal, or no answer: nothing is sent.
    """
    has_seat = args.seats is not None or args.seat
    if args.out is not None or args.json or not (args.plan and has_seat):
        return False
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    tell(
        Text(
            "检查后把报告发给组委会吗？其中有座位、电脑名、各项结果和所见的程序名、文件夹名，"
            "没有准考证号、姓名、画面和声音。[y/N] ",
            "Send the report to the organizer afterwards? It holds seat, computer name, results, "
            "the names of programs and folders seen; no ticket, name, picture or sound. [y/N] ",
        )
    )
    return sys.stdin.readline().strip().casefold() in ("y", "yes", "是")


def send_to_organizer(name: str, report: SeatReport, plan: Plan, copies: Path) -> Sending:
    """Send the report `name` to the organizer of `plan`, with what still waits here."""
    organizer = plan.organizer
    client = OrganizerClient(
        organizer.address, certificate_pem=organizer.certificate_pem, timeouts=_PATIENCE
    )
    return send(name, report.to_bytes(), plan.id, copies / UNSENT, client.send_report)


def told_of(sending: Sending, report: SeatReport) -> Text:
    """Return the last line for a person."""
    role = ROLE_WORDS[report.role]
    if sending.why is None:
        more = Text("", "")
        if sending.earlier:
            more = Text(
                f"，连同以前没发出的 {sending.earlier} 份",
                f", and {sending.earlier} of before that had waited here",
            )
        return Text(
            f"{report.seat} {role.zh}的报告已发给组委会{more.zh}。",
            f"The organizer has the report of {report.seat}, {role.en}{more.en}.",
        )
    why = Text(sending.why.zh.rstrip("。"), sending.why.en.rstrip("."))
    then = Text("", "")
    if sending.is_kept:
        then = Text(
            "报告已留在本机，下次用 --send 检查时一并发出。",
            " It is kept here and goes along with the next run with --send.",
        )
    return Text(
        f"报告没能发给组委会：{why.zh}。{then.zh}",
        f"The report was not sent to the organizer: {why.en}.{then.en}",
    )
