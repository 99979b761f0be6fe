"""`saijian retention`: which sessions lie on this computer, and until which day they are kept."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

from client.base.clock import utc_us
from client.base.errors import EvidenceError
from client.base.text import Text
from client.cli.say import show_json
from client.contest.plan import Label
from client.contest.workdays import beijing_day
from client.evidence.layout import sessions_root
from client.evidence.retention import Hold, Retention, is_session, retention_of, sessions_below

NOTHING_HELD, HELD = 0, 3
_HOLDS = {
    Hold.RUNNING: Text("正在录制或上传", "running"),
    Hold.UNFINISHED: Text("未完成", "unfinished"),
    Hold.UNSENT: Text("尚未上传完", "not sent yet"),
    Hold.KEPT: Text("保存期内", "being kept"),
    Hold.DAMAGED: Text("有损坏", "damaged"),
    Hold.FREE: Text("可以删除", "may be deleted"),
}
_KINDS = {
    "rehearsal": Text("（彩排）", " (rehearsal)"),
    "recording": Text("普通录像", "plain recording"),
    "unknown": Text("无法识别", "unknown"),
}
_HEADINGS = (
    Text("竞赛", "contest"),
    Text("场次", "paper"),
    Text("日期", "day"),
    Text("大小", "size"),
    Text("保存到", "kept until"),
    Text("状态", "state"),
)
_ADVICE = {
    Hold.RUNNING: Text(
        "正在录制或上传的场次请先结束。", "End first what is being recorded or uploaded."
    ),
    Hold.UNFINISHED: Text(
        "未完成的场次请打开赛鉴继续或结束。",
        "Open SaiJian to go on with an unfinished session, or to end it.",
    ),
    Hold.UNSENT: Text(
        "尚未上传完的场次请联网后打开赛鉴，或运行 saijian upload。",
        "What is not sent yet: connect to the network and open SaiJian, or run saijian upload.",
    ),
    Hold.KEPT: Text(
        "保存期内的录像请勿删除、移动或剪辑。",
        "Do not delete, move or cut recordings that are being kept.",
    ),
    Hold.DAMAGED: Text(
        "有损坏的场次请保持原样，运行 saijian verify 查看原因，并联系组委会。",
        "Leave a damaged session as it is, see saijian verify for the cause, ask the organizer.",
    ),
}
_PROVISIONAL = Text(
    "带“*”的日期是暂定的：那一年的放假安排还没有公布，遇节假日会顺延，以组委会通知为准。",
    "Days with * are provisional: that year's holidays were not published yet and may move them"
    " to later; the organizer's notice counts.",
)


def run(args: argparse.Namespace) -> int:
    """Print the list; 3 where something must be kept, 0 where nothing must."""
    now_us = utc_us()
    found = [retention_of(path.absolute(), now_us) for path in _sessions(args.folders)]
    today = beijing_day(now_us)
    if args.json:
        show_json(to_json(found, today))
    else:
        print("\n".join(say(found)))
    return HELD if any(session.is_held for session in found) else NOTHING_HELD


def _sessions(folders: list[Path]) -> Iterable[Path]:
    """Return the sessions that were named, or all of this user's."""
    if not folders:
        return sessions_below(sessions_root())
    for folder in folders:
        if not folder.is_dir():
            raise EvidenceError(
                Text(f"找不到文件夹：{folder}。", f"There is no such folder: {folder}."),
                Text("请检查路径。", "Check the path."),
            )
    return [path for f in folders for path in ([f] if is_session(f) else sessions_below(f))]


def to_json(found: list[Retention], today: date) -> dict[str, Any]:
    """Return the list for programs; days are ISO 8601, in Beijing."""
    return {
        "today": today.isoformat(),
        "held": any(session.is_held for session in found),
        "sessions": [_session_json(session) for session in found],
    }


def _session_json(session: Retention) -> dict[str, Any]:
    return {
        "folder": str(session.folder),
        "kind": session.kind,
        "contest": session.contest.model_dump() if session.contest else None,
        "paper": session.paper.model_dump() if session.paper else None,
        "day": session.day.isoformat() if session.day else None,
        "state": session.hold.value,
        "damage": session.damage or None,
        "bytes": session.bytes,
        "kept_until": session.kept_until.isoformat() if session.kept_until else None,
        "provisional": session.provisional,
        "may_be_deleted": not session.is_held,
    }


def say(found: list[Retention]) -> list[str]:
    """Return the table for a person, and what to do, line by line."""
    if not found:
        return [Text("本机没有场次。", "There are no sessions here.").say()]
    rows = [tuple(heading.say() for heading in _HEADINGS), *(_row(session) for session in found)]
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row, folder in zip(rows, [None, *(session.folder for session in found)], strict=True):
        cells = [_pad(cell, width) for cell, width in zip(row, widths, strict=True)]
        lines.append("  ".join(cells).rstrip())
        lines += [f"    {folder}"] if folder else []
    holds = {session.hold for session in found}
    lines += [advice.say() for hold, advice in _ADVICE.items() if hold in holds]
    if any(session.provisional for session in found):
        lines.append(_PROVISIONAL.say())
    return lines


def _row(session: Retention) -> tuple[str, ...]:
    name = _named(session.contest)
    if session.kind in _KINDS:
        name += _KINDS[session.kind].say()
    until = str(session.kept_until or "–") + ("*" if session.provisional else "")
    state = _HOLDS[session.hold].say() + (f" [{session.damage}]" if session.damage else "")
    return (
        name,
        _named(session.paper) or "–",
        str(session.day or "–"),
        f"{session.bytes / 1e6:.1f} MB",
        until,
        state,
    )


def _named(label: Label | None) -> str:
    return Text(label.zh, label.en or label.zh).say() if label else ""


def _width(text: str) -> int:
    """Return the columns that a terminal gives `text`."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def _pad(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
