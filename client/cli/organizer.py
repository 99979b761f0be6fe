"""`saijian organizer`: keys, plan, roster and server of an embedded organizer."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from client.base.errors import BadInputError
from client.base.files import write_atomically
from client.base.text import Text
from client.cli.say import tell
from client.contest.beijing import beijing_time

if TYPE_CHECKING:
    from client.organizer.overview import Overview
    from client.organizer.reports import SentReport
    from client.organizer.serve import Listening

_OTHER_ADDRESS = Text("（不是报备的地址）", " (not registered)")


def run(args: argparse.Namespace) -> int:
    """Do what was asked and return the exit code; errors for people are raised."""
    verb = args.organizer_verb
    own = getattr(args, f"{verb}_verb", "")
    return _WORK[f"{verb} {own}".strip()](args)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInputError(
            Text(f"文件读不出：{path}。", f"The file cannot be read: {path}."),
            Text("请检查文件名和权限。", "Check the file's name and permissions."),
        ) from error


def _init(args: argparse.Namespace) -> int:
    from client.organizer.folder import OrganizerFolder, init_folder

    key = init_folder(args.dir, tuple(args.host))
    example = OrganizerFolder(args.dir).roster_example
    print(key)
    print(
        Text(
            f"已建立 {args.dir}。上面是公钥，请公布给裁判；名单请按 {example} 填写。",
            f"Made {args.dir}. Above is the judges' public key; the roster goes as {example}.",
        ).say()
    )
    return 0


def _check_plan(args: argparse.Namespace) -> int:
    from client.organizer.publish import check_plan

    plan = check_plan(_read(args.file))
    papers = ", ".join(paper.id for paper in plan.papers())
    signed = (
        Text("已签名", "signed") if len(plan.signature) > len("AAAA") else Text("草稿", "draft")
    )
    print(
        Text(
            f"方案可用（{signed.zh}）：{plan.name.zh}，第 {plan.revision} 版，场次 {papers}。",
            f"A good plan ({signed.en}): {plan.id}, revision {plan.revision}, papers {papers}.",
        ).say()
    )
    return 0


def _sign_plan(args: argparse.Namespace) -> int:
    from client.organizer.folder import open_folder
    from client.organizer.publish import sign_plan

    published = sign_plan(open_folder(args.dir), _read(args.file), args.out)
    print(
        Text(
            f"已签名并发布：第 {published.plan.revision} 版，{published.sha256}",
            f"Signed and published: revision {published.plan.revision}, {published.sha256}",
        ).say()
    )
    return 0


def _load_roster(args: argparse.Namespace) -> int:
    from client.organizer.enlist import load_roster
    from client.organizer.folder import open_folder

    def announce(numbers: int) -> None:
        if numbers:
            tell(
                Text(
                    f"正在计算 {numbers} 个证件号的摘要，人多时要一两分钟，请等一等……",
                    f"Making digests of {numbers} document numbers: a minute or two for many…",
                )
            )

    done = load_roster(open_folder(args.dir), _read(args.file), announce)
    print(
        Text(
            f"名单共 {done.total} 人：新增 {done.added}，更改 {done.changed}，"
            f"移出 {done.removed}。",
            f"{done.total} in the roster: {done.added} added, {done.changed} changed, "
            f"{done.removed} removed.",
        ).say()
    )
    if done.numbers:
        print(
            Text(
                f"证件号 {done.numbers} 个，只保存摘要，不保存号码。您的名单文件 {args.file.name} "
                "里仍是原样：请妥善保管，用完即删。",
                f"{done.numbers} document numbers, kept as digests alone. Your file "
                f"{args.file.name} still holds them in clear: guard it, and delete it after use.",
            ).say()
        )
    return 0


def _serve(args: argparse.Namespace) -> int:
    from client.organizer.folder import open_folder
    from client.organizer.serve import serve

    def announce(listening: Listening) -> None:
        if args.ready_file is not None:
            write_atomically(args.ready_file, f"{listening.line()}\n".encode())
        print(listening.line(), flush=True)

    serve(open_folder(args.dir), args.host, args.port, announce, sent_report, tls=args.tls)
    return 0


def sent_report(untrusted: bytes) -> SentReport:
    """Return a report that a computer sent, as the organizer keeps it; Refusal `bad_report`."""
    from client.organizer.problems import Refusal
    from client.organizer.reports import SentReport
    from client.preflight.reports.model import BrokenReportError, read_report

    try:
        report = read_report(untrusted)
    except BrokenReportError as error:
        raise Refusal("bad_report", reason=error.why) from None
    plan = report.plan.sha256 if report.plan is not None else ""
    return SentReport(report.seat, report.role, report.host, report.when, plan, report.to_bytes())


def _sessions(args: argparse.Namespace) -> int:
    from client.organizer.folder import open_folder
    from client.organizer.overview import sessions_of
    from client.organizer.room import Disk

    folder = open_folder(args.dir)
    sessions = sessions_of(folder)
    trouble = Disk(folder.path).trouble()
    if trouble is not None:
        tell(trouble)
    if args.json:
        print(json.dumps([_plain(s) for s in sessions], ensure_ascii=False, indent=1))
        return 0
    for session in sessions:
        print(_line(session))
    print(Text(f"共 {len(sessions)} 个场次。", f"{len(sessions)} sessions.").say())
    return 0


def _plain(session: Overview) -> dict[str, object]:
    spans = [span._asdict() for span in session.addresses]
    return {**session._asdict(), "addresses": spans}


def _line(session: Overview) -> str:
    last = session.last_us or session.enrolled_us
    at = beijing_time(last)
    state = Text("已封存", "sealed") if session.sealed_us else Text("进行中", "open")
    words = [
        session.session,
        session.ticket,
        session.paper,
        session.role,
        f"{at:%m-%d %H:%M:%S}",
        f"#{'-' if session.last_seq is None else session.last_seq}",
        f"{session.stored_bytes / 1e6:.1f} MB",
        "→".join(
            span.address + (_OTHER_ADDRESS.say() if span.is_registered is False else "")
            for span in session.addresses
        ),
        state.say(),
    ]
    if session.foreign:
        n = len(session.foreign)
        words.append(Text(f"外部录像 {n} 个（非赛鉴所录）", f"{n} foreign recordings").say())
    if session.forks:
        words.append(Text("日志分叉！", "JOURNAL FORKED!").say())
    return "  ".join(words)


def _openapi(_: argparse.Namespace) -> int:
    from client.organizer.describe import described

    print(described(), end="")
    return 0


_WORK: dict[str, Callable[[argparse.Namespace], int]] = {
    "init": _init,
    "plan check": _check_plan,
    "plan sign": _sign_plan,
    "roster load": _load_roster,
    "serve": _serve,
    "sessions": _sessions,
    "openapi": _openapi,
}
