"""Is there room for what the session will record?

Recordings are kept (R8, R10). The 500 GB that R13 asks of a disk are a check of their own.
"""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from typing import NamedTuple

from client.base.clock import SECOND_US
from client.base.files import free_bytes
from client.base.text import Text
from client.contest.capability import PLAIN_SECONDS, RESERVE, SPARE_BYTES
from client.contest.plan import Plan, Recording
from client.contest.schedule import schedule_of
from client.preflight.check import Check, Finding

GB = 1000**3
SCREEN_KBPS = 1000
"""Screen at 10 fps, quantiser 26: busy office work at 1920x1080 takes about 250; video far more.

The check `recording` measures what it is here; this one answers at once.
"""
_SCREEN_FPS, _SCREEN_QP = 10, 26
_QP_HALVES = 6
"""x264 halves the bit rate every so many steps of the quantiser."""


class Space(NamedTuple):
    """What the drive of the sessions folder offers."""

    free: int
    is_writable: bool


class Need(NamedTuple):
    """Bytes that must be free."""

    longest: int
    """For the longest paper of the plan, reserve included: less is a failure."""
    together: int
    """For all papers one after another: recordings stay until their retention has passed."""


def disk_check(plan: Plan | None, sessions: Path) -> Check[Space]:
    """Compare the free space at the folder `sessions` with what `plan` will need there."""
    need = need_of(plan)
    return Check(
        name="disk-space",
        title=Text("磁盘可用空间", "Free disk space"),
        requirement=Text(
            f"录制一场至少需要 {_gb(need.longest)}，全部场次需要 {_gb(need.together)}",
            f"one session takes {_gb(need.longest)}, all papers together {_gb(need.together)}",
        ),
        probe=partial(_look, sessions),
        judge=partial(_judge, need),
    )


def need_of(plan: Plan | None) -> Need:
    """Return what the plan's papers need, from opening to the last moment of overrun."""
    if plan is None:
        alone = _with_reserve(session_bytes(Recording(), PLAIN_SECONDS))
        return Need(alone, alone)
    schedules = [schedule_of(plan, paper) for paper in plan.papers()]
    sizes = [
        session_bytes(plan.recording, (times.stops_us - times.opens_us) / SECOND_US)
        for times in schedules
    ]
    return Need(_with_reserve(max(sizes)), _with_reserve(sum(sizes)))


def session_bytes(recording: Recording, seconds: float) -> int:
    """Return the bytes of all tracks of `seconds` of recording."""
    screen = SCREEN_KBPS * recording.screen.fps / _SCREEN_FPS
    screen *= 2 ** ((_SCREEN_QP - recording.screen.qp) / _QP_HALVES)
    kbps = screen + recording.camera.kbps + recording.sound.kbps
    return round(kbps * 1000 / 8 * seconds)


def _with_reserve(size: int) -> int:
    return round(size * RESERVE) + SPARE_BYTES


def _look(sessions: Path) -> Space:
    """Ask the system, and write a byte: a full quota or a read-only drive shows only then."""
    existing = next(path for path in (sessions, *sessions.parents) if path.exists())
    try:
        with tempfile.TemporaryFile(dir=existing) as file:
            file.write(b"0")
    except OSError:
        return Space(free_bytes(sessions), is_writable=False)
    return Space(free_bytes(sessions), is_writable=True)


def _judge(need: Need, space: Space) -> Finding:
    if not space.is_writable:
        return Finding(
            "fail",
            Text("录像文件夹不能写入。", "The folder for recordings cannot be written to."),
            Text(
                "请换一个有写入权限的用户或磁盘，或请管理员解除写保护（还原卡）。",
                "Use an account or drive that may be written to, or have the protection lifted.",
            ),
        )
    evidence = Text(f"可用 {_gb(space.free)}。", f"{_gb(space.free)} are free.")
    if space.free < need.longest:
        short = _gb(need.longest - space.free)
        return Finding("fail", evidence, _make_room(short))
    if space.free < need.together:
        short = _gb(need.together - space.free)
        return Finding("warn", evidence, _only_one(short))
    return Finding("pass", evidence)


def _make_room(short: str) -> Text:
    return Text(
        f"还差 {short}：请删除或移走不用的文件、清空回收站，然后再检查一次。",
        f"{short} are missing: delete or move files you do not need, empty the bin, check again.",
    )


def _only_one(short: str) -> Text:
    return Text(
        f"够录一场；若要参加全部场次，还差 {short}，请提前腾出空间。",
        f"Enough for one session; for all papers {short} are missing, make room beforehand.",
    )


def _gb(size: int) -> str:
    return f"{size / GB:.1f} GB"
