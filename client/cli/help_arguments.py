"""`saijian emergency`, `attach` and `doctor`, as they are typed: for a day that goes wrong."""

from __future__ import annotations

from pathlib import Path

from client.cli.parser import Parser, Verbs, add_verb


def add_emergency(verbs: Verbs[Parser]) -> None:
    """Add the verb."""
    parser = add_verb(
        verbs,
        "emergency",
        "应急办法：录不了怎么办 / what to do when all else fails",
        """\
  saijian emergency                                        现在就看 / read it now
  saijian emergency --plan plan.json --out 应急卡.html     赛前打印 / print it beforehand
""",
    )
    parser.add_argument("--out", type=Path, default=None, help="写成可打印的网页 / a page to print")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--plan", default=None, help="方案地址或文件 / plan address or file")
    which.add_argument("--session", type=Path, default=None, help="场次文件夹 / a session's folder")


def add_attach(verbs: Verbs[Parser]) -> None:
    """Add the verb."""
    parser = add_verb(
        verbs,
        "attach",
        "加入外部录像 / take in what another program recorded",
        """\
  saijian attach 手机录像.mp4                            加入本机最近的场次 / the newest session
  saijian attach a.mkv --session SESSION --note "10:02 起 OBS 录屏"
  saijian attach a.mp4 --plan plan.json --ticket 2024-0017 --code K7PX-22

退出码 / exit codes:
  0 组委会已签收 / the organizer has signed for it    1 尚未送达 / not there yet
""",
        "把别的软件或手机录的文件复制进场次并送交组委会；原文件不动。标为“外部录像”，不能判为真实。\n"
        "Copy a recording of another program into a session and send it. It is never AUTHENTIC.",
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="录像、录音或照片 / a recording")
    parser.add_argument(
        "--session", type=Path, default=None, help="场次文件夹 / a session's folder"
    )
    parser.add_argument("--note", default="", help="说明，不要写姓名和号码 / a note without names")
    parser.add_argument("--plan", default=None, help="没有场次时：方案 / without one: the plan")
    parser.add_argument("--ticket", default=None, help="准考证号 / admission ticket")
    parser.add_argument("--code", default=None, help="一次性码 / one-time code")
    parser.add_argument(
        "--role", default="primary", choices=("primary", "backup"), help="主机或备用机 / which one"
    )
    parser.add_argument("--paper", default=None, help="场次，默认最近一场 / paper, default: next")
    parser.add_argument("--no-wait", action="store_true", help="不等待送达 / do not wait")
    parser.add_argument("--json", action="store_true", help="结果输出为 JSON / result as JSON")


def add_doctor(verbs: Verbs[Parser]) -> None:
    """Add the verb."""
    parser = add_verb(
        verbs,
        "doctor",
        "诊断信息 / diagnostics for whoever helps you",
        """\
  saijian doctor                        看概况 / a summary
  saijian doctor --zip 诊断.zip         交给技术人员 / for whoever helps you

退出码 / exit codes:
  0 正常 / healthy    1 有问题 / something is wrong
""",
        "版本、系统、设备、磁盘、日志和场次状态；不含姓名、号码、地址、密钥和录像内容。\n"
        "Versions, system, devices, disk, logs, states: no name, number, address, key or content.",
    )
    parser.add_argument("--zip", type=Path, default=None, help="写成压缩包 / as a zip file")
    parser.add_argument("--json", action="store_true", help="结果输出为 JSON / result as JSON")
