"""`saijian organizer`: keys, plan, roster and server of an embedded organizer."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from client.base.clock import SECOND_US
from client.base.errors import BadInputError
from client.base.files import write_atomically
from client.base.text import Text

if TYPE_CHECKING:
    from client.organizer.overview import Overview
    from client.organizer.serve import Listening

_EXAMPLES = """示例 / examples:
  saijian organizer init contest --host exam.example.org
  saijian organizer plan check draft.json
  saijian organizer plan sign contest draft.json
  saijian organizer roster load contest roster.csv
  saijian organizer serve contest --host 0.0.0.0 --port 8443
  saijian organizer sessions contest --json
"""
_BEIJING = timezone(timedelta(hours=8))


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb and its own verbs."""
    parser = subparsers.add_parser(
        "organizer",
        help="组委会：方案、名单、服务 / the embedded organizer",
        description="内嵌组委会服务：密钥、方案签名、名单、收取录像。 The embedded organizer.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verbs = parser.add_subparsers(dest="organizer_verb", required=True, metavar="VERB")
    _add_init(verbs)
    _add_plan(verbs)
    _add_roster(verbs)
    _add_serve(verbs)
    _add_sessions(verbs)
    openapi = verbs.add_parser("openapi")
    openapi.set_defaults(work=_openapi)


def run(args: argparse.Namespace) -> int:
    """Do what was asked and return the exit code; errors for people are raised."""
    work: Callable[[argparse.Namespace], int] = args.work
    return work(args)


_Verbs = argparse._SubParsersAction  # noqa: SLF001 (argparse gives the type no public name)


def _add_init(verbs: _Verbs[argparse.ArgumentParser]) -> None:
    parser = verbs.add_parser("init", help="新建组委会文件夹和密钥 / make folder and keys")
    parser.add_argument("dir", type=Path, metavar="DIR")
    parser.add_argument(
        "--host",
        action="append",
        default=[],
        help="证书里写明的主机名或地址，可重复 / name or address for the certificate",
    )
    parser.set_defaults(work=_init)


def _add_plan(verbs: _Verbs[argparse.ArgumentParser]) -> None:
    plan = verbs.add_parser("plan", help="检查或签发竞赛方案 / check or sign a plan")
    actions = plan.add_subparsers(dest="plan_verb", required=True, metavar="VERB")
    check = actions.add_parser("check", help="检查方案 / check a plan")
    check.add_argument("file", type=Path, metavar="FILE")
    check.set_defaults(work=_check_plan)
    sign = actions.add_parser("sign", help="签名并发布 / sign and publish")
    sign.add_argument("dir", type=Path, metavar="DIR")
    sign.add_argument("file", type=Path, metavar="FILE")
    sign.add_argument("--out", type=Path, help="另存一份 / write a copy there")
    sign.set_defaults(work=_sign_plan)


def _add_roster(verbs: _Verbs[argparse.ArgumentParser]) -> None:
    roster = verbs.add_parser("roster", help="导入考生名单 / load the roster")
    actions = roster.add_subparsers(dest="roster_verb", required=True, metavar="VERB")
    load = actions.add_parser("load", help="导入 CSV（UTF-8 或 GBK） / load a CSV")
    load.add_argument("dir", type=Path, metavar="DIR")
    load.add_argument("file", type=Path, metavar="CSV")
    load.set_defaults(work=_load_roster)


def _add_serve(verbs: _Verbs[argparse.ArgumentParser]) -> None:
    serve = verbs.add_parser("serve", help="启动服务 / serve until Ctrl-C")
    serve.add_argument("dir", type=Path, metavar="DIR")
    serve.add_argument("--host", default="127.0.0.1", help="本机地址 / address of this computer")
    serve.add_argument("--port", type=_port, default=0, help="0 为任选 / 0 takes a free one")
    serve.add_argument(
        "--tls", action="store_true", help="本机回环也加密；其他地址总是加密 / TLS on loopback too"
    )
    serve.add_argument(
        "--ready-file", type=Path, help="就绪后写入同一行 JSON / write the JSON line there too"
    )
    serve.set_defaults(work=_serve)


def _add_sessions(verbs: _Verbs[argparse.ArgumentParser]) -> None:
    sessions = verbs.add_parser("sessions", help="各场次的状态和地址 / sessions and addresses")
    sessions.add_argument("dir", type=Path, metavar="DIR")
    sessions.add_argument("--json", action="store_true", help="供程序读取 / for programs")
    sessions.set_defaults(work=_sessions)


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port < 1 << 16:
        raise argparse.ArgumentTypeError(text)
    return port


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

    done = load_roster(open_folder(args.dir), _read(args.file))
    print(
        Text(
            f"名单共 {done.total} 人：新增 {done.added}，更改 {done.changed}，"
            f"移出 {done.removed}。",
            f"{done.total} in the roster: {done.added} added, {done.changed} changed, "
            f"{done.removed} removed.",
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

    serve(open_folder(args.dir), args.host, args.port, announce, tls=args.tls)
    return 0


def _sessions(args: argparse.Namespace) -> int:
    from client.organizer.folder import open_folder
    from client.organizer.overview import sessions_of

    sessions = sessions_of(open_folder(args.dir))
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
    at = datetime.fromtimestamp(last / SECOND_US, UTC).astimezone(_BEIJING)
    state = Text("已封存", "sealed") if session.sealed_us else Text("进行中", "open")
    words = [
        session.session,
        session.ticket,
        session.paper,
        session.role,
        f"{at:%m-%d %H:%M:%S}",
        f"#{'-' if session.last_seq is None else session.last_seq}",
        f"{session.stored_bytes / 1e6:.1f} MB",
        "→".join(span.address for span in session.addresses),
        state.say(),
    ]
    if session.forks:
        words.append(Text("日志分叉！", "JOURNAL FORKED!").say())
    return "  ".join(words)


def _openapi(_: argparse.Namespace) -> int:
    from client.organizer.describe import described

    print(described(), end="")
    return 0
