"""`saijian retention`: which sessions lie on this computer, and until which day they are kept."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

from client.attempt.keeping import ADVICE, PROVISIONAL, REFUSED, standing
from client.base.clock import utc_us
from client.base.errors import EvidenceError
from client.base.text import Text, without_prefix
from client.cli.say import show_json
from client.contest.plan import Label
from client.contest.workdays import beijing_day
from client.evidence.layout import sessions_root
from client.evidence.retention import Retention, is_session, retention_of, sessions_below

NOTHING_HELD, HELD = 0, 3
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
        "spare_folder": str(session.spare) if session.spare else None,
        "kind": session.kind,
        "contest": session.contest.model_dump() if session.contest else None,
        "paper": session.paper.model_dump() if session.paper else None,
        "day": session.day.isoformat() if session.day else None,
        "state": session.hold.value,
        "damage": session.damage or None,
        "bytes": session.bytes,
        "kept_until": session.kept_until.isoformat() if session.kept_until else None,
        "provisional": session.provisional,
        "refused": session.refused,
        "may_be_deleted": not session.is_held,
    }


def say(found: list[Retention]) -> list[str]:
    """Return the table for a person, and what to do, line by line."""
    if not found:
        return [Text("本机没有场次。", "There are no sessions here.").say()]
    rows = [tuple(heading.say() for heading in _HEADINGS), *(_row(session) for session in found)]
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row, session in zip(rows, [None, *found], strict=True):
        cells = [_pad(cell, width) for cell, width in zip(row, widths, strict=True)]
        lines.append("  ".join(cells).rstrip())
        places = [session.folder, session.spare] if session else []
        lines += [f"    {without_prefix(str(place))}" for place in places if place]
    holds = {session.hold for session in found}
    lines += [advice.say() for hold, advice in ADVICE.items() if hold in holds]
    if any(session.refused for session in found):
        lines.append(REFUSED.say())
    if any(session.provisional for session in found):
        lines.append(PROVISIONAL.say())
    return lines


def _row(session: Retention) -> tuple[str, ...]:
    name = _named(session.contest)
    if session.kind in _KINDS:
        name += _KINDS[session.kind].say()
    until = str(session.kept_until or "–") + ("*" if session.provisional else "")
    state = standing(session).say() + (f" [{session.damage}]" if session.damage else "")
    return (
        name,
        _named(session.paper) or "–",
        str(session.day or "–"),
        f"{session.bytes / 1e6:.1f} MB",
        until,
        state,
    )


def _named(label: Label | None) -> str:
    return label.text.say() if label else ""


def _width(text: str) -> int:
    """Return the columns that a terminal gives `text`."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def _pad(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
