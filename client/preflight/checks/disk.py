"""Is there room for what the session will record?

Recordings are kept (R8, R10). The 500 GB that R13 asks of a disk are a check of their own.
"""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from typing import NamedTuple

from client.base.files import existing_folder, free_bytes
from client.base.text import Text
from client.base.trouble import is_full
from client.contest.capability import PLAIN_SECONDS, RESERVE, SPARE_BYTES
from client.contest.plan import Plan, Recording
from client.contest.sizes import longest_seconds, session_bytes
from client.evidence.spare import trouble_with_spare
from client.preflight.check import Check, Finding

GB = 1000**3


_CONNECT = Text(
    "请接上备用硬盘；本盘快满时，录像会改存到那里。",
    "Connect the spare drive: recordings go on there when this one is nearly full.",
)


class Space(NamedTuple):
    """What the drive of the sessions folder offers."""

    free: int
    is_writable: bool
    spare: int = 0
    """Free on the spare drive that is set, on which a recording goes on."""
    spare_trouble: Text | None = None
    """Why the one that is set is of no use."""


class Need(NamedTuple):
    """Bytes that must be free."""

    longest: int
    """For the longest paper of the plan, reserve included: less is a failure."""
    together: int
    """For all papers one after another: recordings stay until their retention has passed."""


def disk_check(plan: Plan | None, sessions: Path, spare: Path | None = None) -> Check[Space]:
    """Compare the free space at the folder `sessions` with what `plan` will need there.

    `spare` is the folder on another drive that is set, where recordings go on.
    """
    need = need_of(plan)
    return Check(
        name="disk-space",
        title=Text("磁盘可用空间", "Free disk space"),
        requirement=Text(
            f"录制一场至少需要 {_gb(need.longest)}，全部场次需要 {_gb(need.together)}",
            f"one session takes {_gb(need.longest)}, all papers together {_gb(need.together)}",
        ),
        probe=partial(_look, sessions, spare),
        judge=partial(_judge, need),
        fix="storage",
    )


def need_of(plan: Plan | None) -> Need:
    """Return what the plan's papers need, from opening to the last moment of overrun."""
    if plan is None:
        alone = _with_reserve(session_bytes(Recording(), PLAIN_SECONDS))
        return Need(alone, alone)
    lengths = [longest_seconds(plan, paper) for paper in plan.papers()]
    sizes = [session_bytes(plan.recording, seconds) for seconds in lengths]
    return Need(_with_reserve(max(sizes)), _with_reserve(sum(sizes)))


def _with_reserve(size: int) -> int:
    return round(size * RESERVE) + SPARE_BYTES


def _look(sessions: Path, spare: Path | None) -> Space:
    """Ask the system, and write a byte: a full quota or a read-only drive shows only then."""
    existing = existing_folder(sessions)
    here = Space(free_bytes(sessions), is_writable=True)
    try:
        with tempfile.TemporaryFile(dir=existing) as file:
            file.write(b"0")
    except OSError as error:
        here = here._replace(free=0) if is_full(error) else here._replace(is_writable=False)
    if spare is None:
        return here
    trouble = trouble_with_spare(spare, existing)
    return here._replace(spare=0 if trouble else free_bytes(spare), spare_trouble=trouble)


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
    evidence, room = _evidence(space), space.free + space.spare
    if room < need.longest:
        return Finding("fail", evidence, _make_room(_gb(need.longest - room)))
    if space.spare_trouble is not None:
        return Finding("warn", evidence, _CONNECT)
    if room < need.together:
        return Finding("warn", evidence, _only_one(_gb(need.together - room)))
    return Finding("pass", evidence)


def _evidence(space: Space) -> Text:
    zh, en = f"可用 {_gb(space.free)}", f"{_gb(space.free)} are free"
    if space.spare_trouble is not None:
        why = space.spare_trouble
        zh, en = f"{zh}；备用硬盘不能用：{why.zh}", f"{en}; the spare drive is of no use: {why.en}"
    elif space.spare:
        zh, en = f"{zh}，备用硬盘另有 {_gb(space.spare)}", f"{en}, {_gb(space.spare)} on the spare"
    return Text(f"{zh}。", f"{en}.")


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
