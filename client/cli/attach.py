"""`saijian attach`: take in what another program recorded (外部录像), and have it sent."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable

from client.attempt.admission import Applicant
from client.attempt.attaching import Delivery, attach, delivery_of
from client.base.errors import BadInputError, RefusedError
from client.base.text import Text
from client.cli.host import Host
from client.cli.say import show_json, tell
from client.contest.attachment import Attachment
from client.contest.contestant import OneTimeCode, Role, Ticket
from client.evidence.copying import Tally
from client.evidence.layout import SessionFolder
from client.evidence.retention import sessions_below
from client.recorder.setup import Devices
from client.remote.plans import load_plan_from
from client.upload.credentials import Token, load_credentials
from client.upload.process import load_session_plan

LOOK_S = 0.5
SAY_EVERY_S = 5.0
EXIT_NOT_THERE = 1


def run(args: argparse.Namespace, host: Host) -> int:
    """Take the file in; 0 when the organizer has signed for it, 1 where that is still to come."""
    folder = _folder(args, host)
    line = _Line()
    attachment = attach(folder, args.file, args.note, Tally(line.copied))
    tell(
        Text(
            f"已加入：{attachment.name}，{attachment.bytes:,} 字节。原文件没有动过。",
            f"Taken in as {attachment.name}, {attachment.bytes:,} bytes. Your file is unchanged.",
        )
    )
    delivery = _sent(folder, attachment, line, wait=not args.no_wait)
    if args.json:
        show_json(
            {
                "session": str(folder.path),
                **attachment.model_dump(exclude={"kind", "session"}),
                "received_us": delivery.received_us if delivery else None,
            }
        )
    return 0 if delivery is not None else EXIT_NOT_THERE


def _folder(args: argparse.Namespace, host: Host) -> SessionFolder:
    """Return the session that is meant: named, enrolled for now, or the newest one here."""
    if args.session is not None:
        folder = SessionFolder(args.session.absolute())
        load_session_plan(folder)  # any other folder is left as it is
        return folder.create()
    if args.plan is not None:
        return _enrolled(args, host)
    below = sessions_below(host.sessions_root())
    found = [path for path in below if SessionFolder(path).plan.exists()]
    if not found:
        raise BadInputError(
            Text("本机没有场次。", "There is no session on this computer."),
            Text(
                "请加上 --plan、--ticket、--code：先登记，再加入录像。",
                "Add --plan, --ticket and --code: that enrols first, then takes the file in.",
            ),
        )
    return SessionFolder(max(found, key=lambda path: path.stat().st_mtime)).create()


def _enrolled(args: argparse.Namespace, host: Host) -> SessionFolder:
    """Enrol a session that nothing will be recorded in, or find the one begun before."""
    if not (args.ticket and args.code):
        raise BadInputError(
            Text("缺少准考证号或一次性码。", "Ticket or code is missing."),
            Text("请同时给出 --ticket 和 --code。", "Give both: --ticket and --code."),
        )
    published = load_plan_from(args.plan)
    applicant = Applicant(Ticket(args.ticket), OneTimeCode(args.code), Role(args.role), args.paper)
    return host.admit(published, applicant, Devices(), host.sessions_root())


def _sent(
    folder: SessionFolder, attachment: Attachment, line: _Line, *, wait: bool
) -> Delivery | None:
    """Wait for the organizer's receipt; None where it is not waited for, or cannot come yet."""
    is_idle = not folder.journal.exists() and not isinstance(load_credentials(folder.token), Token)
    if is_idle:
        tell(
            Text(
                "暂时联系不上组委会，还没有登记。文件已在本机保存好；联网后请再运行同一条命令。",
                "The organizer is out of reach and nobody is enrolled. The file is kept here; run "
                "the same command again once the network is back.",
            )
        )
        return None
    if not wait:
        return None
    plan = load_session_plan(folder)
    try:
        while (delivery := delivery_of(folder, plan, attachment)).received_us is None:
            if delivery.problem is not None:
                raise RefusedError(delivery.problem, _REFUSED)
            line.sent(delivery)
            time.sleep(LOOK_S)
    except KeyboardInterrupt:
        tell(
            Text(
                "不再等待。文件已在本机保存好，后台会继续发送。",
                "Not waiting any more. The file is kept here and goes on being sent.",
            )
        )
        return None
    tell(
        Text(
            "组委会已收到并签收。它标为“外部录像”，不能判为真实。",
            "The organizer has it and signed for it, as a foreign recording: never AUTHENTIC.",
        )
    )
    return delivery


_REFUSED = Text(
    "文件仍在本机，请不要删除，并致电组委会。",
    "The file is still here: keep it, call the organizer.",
)


class _Line:
    """Progress on standard error: at once, then every 5 s."""

    def __init__(self) -> None:
        self._said = time.monotonic()
        self._copied = 0

    def copied(self, count: int) -> None:
        self._copied += count
        size = f"{self._copied / 1e6:.0f} MB"
        self._say(lambda: Text(f"正在复制 {size}", f"copying {size}"))

    def sent(self, delivery: Delivery) -> None:
        percent = 100 * delivery.sent // max(1, delivery.total)
        self._say(lambda: Text(f"正在发送 {percent}%", f"sending {percent}%"))

    def _say(self, words: Callable[[], Text]) -> None:
        if time.monotonic() - self._said >= SAY_EVERY_S:
            self._said = time.monotonic()
            print(words().say(), file=sys.stderr, flush=True)
