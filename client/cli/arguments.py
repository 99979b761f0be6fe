"""The whole command line: every verb with its arguments, before anything heavy is imported.

The work of a verb is in the module of `client.cli` that has its name.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from client.cli.help_arguments import add_attach, add_doctor, add_emergency
from client.cli.organizer_arguments import add_organizer, port_number
from client.cli.parser import Parser, Verbs, add_verb, add_verbs, finite
from client.cli.room_arguments import add_board, add_preflight

ANOTHER = "another"
"""As in `capture.camera.another`, which is too heavy to be loaded here."""


def command_line(version: str) -> Parser:
    """Return the parser of `saijian`; the verbs are listed in the order in which they are added."""
    parser = Parser(
        prog="saijian",
        description="赛鉴：竞赛录制与存证。不带参数时打开窗口。"
        " SaiJian records contest sessions; without arguments it opens its window.",
    )
    parser.add_argument(
        "--version", action="version", version=version, help="显示版本 / show the version"
    )
    verbs = add_verbs(parser, "verb")
    for add in (
        _add_rehearse,
        _add_attend,
        _add_record,
        add_preflight,
        add_board,
        _add_bench,
        _add_devices,
        _add_phone,
        _add_upload,
        _add_verify,
        _add_play,
        _add_retention,
        add_emergency,
        add_attach,
        add_doctor,
        add_organizer,
        _add_window,
    ):
        add(verbs)
    return parser


def _add_rehearse(verbs: Verbs[Parser]) -> None:
    parser = add_verb(
        verbs,
        "rehearse",
        "彩排一整场 / rehearse one whole session",
        """\
  saijian rehearse                                   一分钟，开窗口 / one minute, with the window
  saijian rehearse --seconds 40 --headless --json    供程序读取 / for programs
  saijian rehearse --camera http://192.168.1.8:8080/video --microphone default
""",
    )
    parser.add_argument("--seconds", type=int, default=60, help="录制时长 / length, default 60")
    parser.add_argument("--headless", action="store_true", help="不开窗口 / without the window")
    parser.add_argument("--out", type=Path, default=None, help="新文件夹 / a new folder")
    _add_json(parser)
    parser.add_argument("--camera", default=None, help="序号、名称、地址或 test / or test")
    _add_second(parser)
    parser.add_argument("--microphone", default=None, help="名称、default 或 test / or test")


def _add_attend(verbs: Verbs[Parser]) -> None:
    parser = add_verb(
        verbs,
        "attend",
        "参加一场竞赛 / attend one contest session",
        """\
  saijian attend --plan https://example.org/plan --ticket 2024-0017 --code K7PX-22 --role primary
  saijian attend --plan plan.json --ticket 2024-0017 --code K7PX-22 --role backup --headless
""",
    )
    parser.add_argument("--plan", required=True, help="方案地址或文件 / plan address or file")
    parser.add_argument("--ticket", required=True, help="准考证号 / admission ticket")
    parser.add_argument("--code", required=True, help="一次性码 / one-time code")
    parser.add_argument(
        "--role", required=True, choices=("primary", "backup"), help="主机或备用机 / which computer"
    )
    parser.add_argument("--paper", default=None, help="场次，默认最近一场 / paper, default: next")
    parser.add_argument("--organizer-key", default=None, help="组委会公钥或其文件 / its public key")
    parser.add_argument(
        "--out", type=Path, default=None, help="存放场次的文件夹 / where to keep it"
    )
    parser.add_argument("--camera", default=None, help="序号、名称或地址 / index, name or address")
    _add_second(parser)
    _add_rotate(parser)
    parser.add_argument("--microphone", default=None, help="麦克风名称 / name of the microphone")
    _add_spare_folder(parser)
    parser.add_argument("--headless", action="store_true", help="不开窗口 / without the window")
    _add_json(parser)


def _add_record(verbs: Verbs[Parser]) -> None:
    parser = add_verb(
        verbs,
        "record",
        "录制屏幕、摄像头和声音 / record screen, camera and sound",
        """\
  saijian record --out ~/录像 --seconds 60
  saijian record --out D:\\rec --seconds 7200 --fps 5 --camera http://192.168.1.8:8080/video
  saijian record --out r --seconds 60 --camera rtsp://admin:码@192.168.1.9/live --rotate 90
  saijian record --out r --seconds 7200 --camera 0 --spare-camera http://192.168.1.8:8080/video
  saijian record --out r --seconds 7200 --camera 0 --second-camera rtsp://192.168.1.9/live
  saijian record --out r --seconds 10 --camera test --microphone test   (模拟 / simulated)
""",
    )
    parser.add_argument("--out", type=Path, required=True, help="新文件夹 / a new folder")
    parser.add_argument(
        "--seconds", type=finite, required=True, help="时长（秒）/ length in seconds"
    )
    parser.add_argument("--fps", type=int, default=None, help="屏幕帧率 1-30 / screen rate")
    parser.add_argument("--no-screen", action="store_true", help="不录屏幕 / no screen")
    parser.add_argument("--no-camera", action="store_true", help="不录摄像头 / no camera")
    parser.add_argument("--no-audio", action="store_true", help="不录声音 / no sound")
    parser.add_argument(
        "--camera", default="0", help="序号、名称、地址或 test / index, name, address or test"
    )
    parser.add_argument("--spare-camera", default="", help="备用摄像头 / if that one fails")
    _add_second(parser)
    _add_rotate(parser)
    parser.add_argument(
        "--microphone", default="default", help="名称、default 或 test / name, default or test"
    )
    parser.add_argument("--spare-microphone", default="", help="备用麦克风 / if that one fails")
    _add_spare_folder(parser)


def _add_bench(verbs: Verbs[Parser]) -> None:
    parser = add_verb(
        verbs,
        "bench",
        "测试本机的录制能力 / measure how well this computer records",
        """\
  saijian bench --quick                       约 20 秒 / about 20 s
  saijian bench --quick --plan plan.json      按竞赛方案的设置 / with the contest's settings
  saijian bench --seconds 300 --json          供程序读取 / for a program to read
退出码 exit code: 0 可以录制 / good, 1 不适合 / not fit, 2 参数有误 / bad input
""",
        "试录一小段屏幕、摄像头和声音，测出开销，然后删除；屏幕上的操作由程序模拟。\n"
        "Record screen, camera and sound for a moment, measure it, keep nothing.",
    )
    parser.add_argument("--quick", action="store_true", help="试录 10 秒 / record 10 s, not 60")
    parser.add_argument("--seconds", type=finite, default=None, help="试录时长 / seconds to record")
    parser.add_argument("--plan", help="竞赛方案的地址或文件 / the plan's address or file")
    parser.add_argument("--camera", default=None, help="序号、名称、地址或 test / or test")
    _add_second(parser)
    parser.add_argument("--microphone", default=None, help="名称、default 或 test / or test")
    parser.add_argument(
        "--folder", type=Path, help="录像将保存在哪里 / where recordings will be kept"
    )
    _add_json(parser)


def _add_devices(verbs: Verbs[Parser]) -> None:
    parser = add_verb(
        verbs,
        "devices",
        "列出可用设备 / list devices",
        """\
  saijian devices            每个设备试用一秒 / list and try each for a second
  saijian devices --no-test  只列出，不打开摄像头和麦克风 / list only, open no camera or microphone
  saijian devices --json     供程序读取 / for a program to read
  saijian phone              查找手机摄像头 / find a phone as camera
""",
        "列出本机可以录制的屏幕、摄像头和麦克风，各试用一秒；什么也不保存。\n"
        "List what can be recorded here and try each for a second. Nothing is kept.",
    )
    parser.add_argument("--no-test", action="store_true", help="不试用 / without the tests")
    parser.add_argument("--test-one", default="", help=argparse.SUPPRESS)
    parser.add_argument("--seconds", type=finite, default=1.0, help=argparse.SUPPRESS)
    _add_json(parser)


def _add_phone(verbs: Verbs[Parser]) -> None:
    parser = add_verb(
        verbs,
        "phone",
        "在本机网络里查找手机摄像头 / find a phone's camera",
        """\
  saijian phone            先在手机上打开摄像程序 / first start the camera app on the phone
  saijian phone --json     供程序读取 / for a program to read
退出码 exit code: 0 找到了 / found, 1 没找到 / none found
""",
        "只在本机自己的内网网段里，按常用摄像程序的端口查找，最多 10 秒；按 Ctrl-C 停止。\n"
        "找到的手机会被记住：地址变了时，录制会在本网段里再找它。\n"
        "Look in this computer's own private networks only, at the usual apps' ports, 10 s at most."
        "\nWhat is found is remembered: a recording looks for it again when its address changed.",
    )
    parser.add_argument(
        "--no-remember", action="store_true", help="不记住 / remember nothing of it"
    )
    _add_json(parser)


def _add_second(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--second-camera",
        nargs="?",
        const=ANOTHER,
        default=None,
        help="同时录另一个摄像头，不写值则自动选 / one more; without a value any other",
    )


def _add_spare_folder(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--spare-folder",
        type=Path,
        default=None,
        help="本盘快满时改存到这里（另一块硬盘）/ on another drive, if this one fills",
    )


def _add_rotate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--rotate",
        default="auto",
        choices=("auto", "90", "180", "270"),
        help="摄像头画面顺时针旋转 / turn its picture clockwise",
    )


def _add_upload(verbs: Verbs[Parser]) -> None:
    parser = add_verb(
        verbs,
        "upload",
        "上传一个场次的其余内容 / send the rest of a session",
        """\
  saijian upload ~/.local/share/SaiJian/sessions/preliminary-1a2b3c4d
  saijian upload SESSION --once --json
""",
    )
    parser.add_argument("session", type=Path, help="场次文件夹 / the session's folder")
    _add_json(parser)
    parser.add_argument(
        "--once",
        action="store_true",
        help="发完现有内容就结束，不等新内容，服务器不通也不久等 / send what there is, then end",
    )


def _add_verify(verbs: Verbs[Parser]) -> None:
    parser = add_verb(
        verbs,
        "verify",
        "核验一个场次 / verify a session",
        """\
  saijian verify SESSION --organizer-key organizer-key.pub
  saijian verify SESSION --json --decode

退出码 / exit codes:
  0 AUTHENTIC, UNANCHORED, SIMULATED    1 INCOMPLETE, TAMPERED    2 UNREADABLE
""",
        "核验场次文件夹：是否被改动，哪些时段缺失。 Verify a session folder.",
    )
    parser.add_argument("session", type=Path, metavar="SESSION", help="场次文件夹 / its folder")
    parser.add_argument(
        "--organizer-key",
        metavar="K",
        help="组委会公钥：64 位十六进制，或文件（hex、PEM） / hex digits, or a hex or PEM file",
    )
    _add_json(parser)
    parser.add_argument(
        "--decode", action="store_true", help="同时解码每一帧（较慢） / decode every frame too"
    )


def _add_play(verbs: Verbs[Parser]) -> None:
    parser = add_verb(
        verbs,
        "play",
        "在浏览器中回看一个场次 / watch a session in the browser",
        """\
  saijian play SESSION                   打开本机页面，按 Ctrl-C 结束 / until Ctrl-C
  saijian play SESSION --no-browser --json --seconds 600    供程序使用 / for programs
""",
        "屏幕、摄像头和声音按同一时间轴并排播放，标出缺口和事件。只播放，不核验，不写入。\n"
        "All tracks side by side on one time line. It shows only: saijian verify judges.",
    )
    parser.add_argument("session", type=Path, metavar="SESSION", help="场次文件夹 / its folder")
    parser.add_argument("--no-browser", action="store_true", help="不打开浏览器 / open no browser")
    parser.add_argument("--port", type=port_number, default=0, help="0 为任选 / 0 takes a free one")
    parser.add_argument(
        "--seconds", type=finite, default=None, help="到时自动结束 / end after so long"
    )
    _add_json(parser)


def _add_retention(verbs: Verbs[Parser]) -> None:
    parser = add_verb(
        verbs,
        "retention",
        "本机各场次保存到哪一天 / until when sessions are kept",
        """\
  saijian retention                      本机的全部场次 / all sessions on this computer
  saijian retention --json               供程序读取 / for a program to read
  saijian retention D:\\copies            另一个文件夹里的场次 / the sessions in another folder

退出码 / exit codes:
  0 没有必须保留的场次 / nothing must be kept    3 有必须保留的场次 / something must be kept
""",
        "列出本机的场次、状态和保存期限；不删除任何文件。\n"
        "List the sessions here and until when they are kept. Nothing is deleted.",
    )
    _add_json(parser)
    parser.add_argument(
        "folders",
        nargs="*",
        type=Path,
        metavar="FOLDER",
        help="场次文件夹，或存放场次的文件夹 / a session, or a folder of sessions",
    )


def _add_window(verbs: Verbs[Parser]) -> None:
    """The verb behind the Start menu, links and plan files; the list of verbs leaves it out."""
    parser = add_verb(
        verbs,
        "window",
        None,
        """\
  saijian window --plan https://example.org/plan
  saijian window --plan saijian:https://example.org/plan
  saijian window --session ~/.local/share/SaiJian/sessions/preliminary-1a2b3c4d
""",
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--plan", help="方案地址、链接或文件 / plan address, link or file")
    which.add_argument("--session", type=Path, help="场次文件夹 / a session's folder")
    which.add_argument(
        "--technician", action="store_true", help="只检测这台电脑 / only check this computer"
    )


def _add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="结果输出为 JSON / result as JSON")
