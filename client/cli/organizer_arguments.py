"""`saijian organizer` and its own verbs, as they are typed."""

from __future__ import annotations

from pathlib import Path

from client.cli.parser import Parser, Verbs, add_verb, add_verbs

_PORTS = range(1 << 16)


def add_organizer(verbs: Verbs[Parser]) -> None:
    """Add the verb; which of its own verbs was typed is in `organizer_verb` (and `plan_verb`)."""
    parser = add_verb(
        verbs,
        "organizer",
        "组委会：方案、名单、服务 / the embedded organizer",
        """\
  saijian organizer init contest --host exam.example.org
  saijian organizer plan check draft.json
  saijian organizer plan sign contest draft.json
  saijian organizer roster load contest roster.csv
  saijian organizer serve contest --host 0.0.0.0 --port 8443
  saijian organizer sessions contest --json
""",
        "内嵌组委会服务：密钥、方案签名、名单、收取录像。 The embedded organizer.",
    )
    own = add_verbs(parser, "organizer_verb")
    _add_init(own)
    _add_plan(own)
    _add_roster(own)
    _add_serve(own)
    _add_sessions(own)
    add_verb(own, "openapi", "接口的 OpenAPI 描述 / describe the API")


def _add_init(verbs: Verbs[Parser]) -> None:
    parser = add_verb(verbs, "init", "新建组委会文件夹和密钥 / make folder and keys")
    parser.add_argument("dir", type=Path, metavar="DIR")
    parser.add_argument(
        "--host",
        action="append",
        default=[],
        help="证书里写明的主机名或地址，可重复 / name or address for the certificate",
    )


def _add_plan(verbs: Verbs[Parser]) -> None:
    plan = add_verb(verbs, "plan", "检查或签发竞赛方案 / check or sign a plan")
    actions = add_verbs(plan, "plan_verb")
    check = add_verb(actions, "check", "检查方案 / check a plan")
    check.add_argument("file", type=Path, metavar="FILE")
    sign = add_verb(actions, "sign", "签名并发布 / sign and publish")
    sign.add_argument("dir", type=Path, metavar="DIR")
    sign.add_argument("file", type=Path, metavar="FILE")
    sign.add_argument("--out", type=Path, help="另存一份 / write a copy there")


def _add_roster(verbs: Verbs[Parser]) -> None:
    roster = add_verb(verbs, "roster", "导入考生名单 / load the roster")
    actions = add_verbs(roster, "roster_verb")
    load = add_verb(actions, "load", "导入 CSV（UTF-8 或 GBK） / load a CSV")
    load.add_argument("dir", type=Path, metavar="DIR")
    load.add_argument("file", type=Path, metavar="CSV")


def _add_serve(verbs: Verbs[Parser]) -> None:
    serve = add_verb(verbs, "serve", "启动服务 / serve until Ctrl-C")
    serve.add_argument("dir", type=Path, metavar="DIR")
    serve.add_argument("--host", default="127.0.0.1", help="本机地址 / address of this computer")
    serve.add_argument("--port", type=port_number, default=0, help="0 为任选 / 0 takes a free one")
    serve.add_argument(
        "--tls", action="store_true", help="本机回环也加密；其他地址总是加密 / TLS on loopback too"
    )
    serve.add_argument(
        "--ready-file", type=Path, help="就绪后写入同一行 JSON / write the JSON line there too"
    )


def _add_sessions(verbs: Verbs[Parser]) -> None:
    sessions = add_verb(verbs, "sessions", "各场次的状态和地址 / sessions and addresses")
    sessions.add_argument("dir", type=Path, metavar="DIR")
    sessions.add_argument("--json", action="store_true", help="供程序读取 / for programs")


def port_number(text: str) -> int:
    """Return the port that `text` names; ValueError where there is no such port."""
    return _PORTS.index(int(text))
