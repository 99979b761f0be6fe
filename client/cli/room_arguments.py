"""`saijian preflight` and `saijian board`, as they are typed."""

from __future__ import annotations

from pathlib import Path

from client.cli.organizer_arguments import port_number
from client.cli.parser import Parser, Verbs, add_verb, finite

TICKS = ("quiet", "light", "power", "computers", "desk")


def add_preflight(verbs: Verbs[Parser]) -> None:
    """Add the verb; with `--out` it leaves a report of this seat there."""
    parser = add_verb(
        verbs,
        "preflight",
        "赛前检查本机 / check this computer",
        """\
  saijian preflight                                      用常规要求检查 / usual requirements
  saijian preflight --plan https://…/plan#key=…          按竞赛方案检查 / by the contest's plan
  saijian preflight --plan plan.json --json              供程序读取 / for a program to read
  saijian preflight --only cameras --devices yes         只查摄像头 / the cameras alone
  saijian preflight --plan https://…/plan#key=… --seat A12 --role primary --send
                                                         结果发给组委会 / for the organizer's board
机房 / in a room, from a USB stick:
  saijian preflight --seat A12 --role primary --out //share/reports --devices yes
  saijian preflight --seats 座位表.xlsx --out //share/reports --tick quiet --tick light
  saijian preflight --seats 座位表.xlsx --out //share/reports --again //share/reports
退出码 exit code: 0 没有不合格 / nothing failed, 1 有不合格 / failed, 2 参数有误 / bad input,
  3 报告没能写进 --out 或发给组委会，已留在本机 / not in --out or not sent, but kept here
""",
        "检查这台电脑是否符合竞赛方案的要求。\nCheck whether this computer meets the contest plan.",
    )
    parser.add_argument("--plan", help="竞赛方案的地址或文件 / the plan's address or file")
    parser.add_argument(
        "--folder", type=Path, help="录像将保存在哪里 / where recordings will be kept"
    )
    parser.add_argument("--json", action="store_true", help="结果输出为 JSON / result as JSON")
    parser.add_argument(
        "--devices",
        choices=("yes", "no"),
        help="是否打开摄像头和麦克风试用，不写则询问 / try cameras and microphones; else it asks",
    )
    parser.add_argument(
        "--camera",
        action="append",
        default=[],
        metavar="ADDRESS",
        help="手机或网络摄像头的地址，可重复 / a phone's or network camera's address",
    )
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="CHECK",
        help="只查这一项，可重复，其余取自上次 / only this check; the rest as last time",
    )
    _add_seat(parser)


def _add_seat(parser: Parser) -> None:
    """Add what a report of one seat takes."""
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--seat", help="座位，如 A12 / the seat")
    where.add_argument(
        "--seats", type=Path, help="座位表：主机名、MAC、座位、角色 / CSV or xlsx of all seats"
    )
    parser.add_argument(
        "--role", choices=("primary", "backup"), help="主机或备用机 / which computer of the seat"
    )
    parser.add_argument("--out", type=Path, help="报告文件夹 / folder for the reports")
    parser.add_argument(
        "--send", action="store_true", help="把报告发给组委会 / send it to the plan's organizer"
    )
    parser.add_argument(
        "--html", action="store_true", help="另写一份网页 / write a page beside the report"
    )
    parser.add_argument(
        "--again",
        type=Path,
        metavar="REPORT",
        help="只重查其中未通过的；可给文件夹 / what failed there; a folder means its newest",
    )
    parser.add_argument(
        "--tick",
        action="append",
        default=[],
        choices=(*TICKS, "all", "ask"),
        help="考场清单中已确认的一项，或 ask 逐项提问 / an item of the room's checklist, or ask",
    )
    parser.add_argument(
        "--photo",
        type=Path,
        help="考场照片，放在报告旁边 / a picture of the room, kept beside the report",
    )


def add_board(verbs: Verbs[Parser]) -> None:
    """Add the verb."""
    parser = add_verb(
        verbs,
        "board",
        "机房检查一览 / the room at a glance",
        """\
  saijian board //share/reports                             还剩什么 / what is left
  saijian board //share/reports --serve 0 --seats 座位表.xlsx   打开一览页 / the live page
  saijian board contest --serve 0                           组委会收到的报告 / an organizer's folder
  saijian board reports --xlsx 未解决.xlsx --html 一览.html
  saijian board reports --except other-programs --finding "…" --why "机房管理" --who 张三
退出码 exit code: 0 全部就绪 / nothing is left, 1 还有未解决的 / something is left, 2 参数有误
""",
        "读取 preflight --out 写入的或发给组委会的报告，按座位显示整个机房。\n"
        "Read reports of preflight --out, or those sent to an organizer; show the room by seats.",
    )
    parser.add_argument("dir", type=Path, metavar="REPORTS_DIR", help="报告文件夹 / the folder")
    parser.add_argument("--html", type=Path, metavar="F", help="写成一个网页 / write one page")
    parser.add_argument("--xlsx", type=Path, metavar="F", help="写成 Excel / write a workbook")
    parser.add_argument(
        "--serve",
        type=port_number,
        metavar="PORT",
        help="在本机浏览器中实时显示，0 为任选端口 / the live page, 0 takes a free port",
    )
    parser.add_argument("--no-browser", action="store_true", help="不打开浏览器 / open no browser")
    parser.add_argument("--seconds", type=finite, help="到时自动结束 / end after so long")
    parser.add_argument("--json", action="store_true", help="结果输出为 JSON / result as JSON")
    parser.add_argument("--seats", type=Path, help="座位表 / list of all seats")
    parser.add_argument("--plan", help="竞赛方案，用于座位数 / the plan, for the number of seats")
    parser.add_argument("--room", help="方案中的考场编号 / id of the room in the plan")
    parser.add_argument("--except", dest="allowed", metavar="CHECK", help="豁免 / allow this check")
    parser.add_argument("--finding", help="只豁免这一发现 / only this finding, word for word")
    parser.add_argument("--take-back", action="store_true", help="撤销豁免 / end the exception")
    parser.add_argument("--why", help="豁免理由 / the reason")
    parser.add_argument("--who", help="谁决定 / who decided")
