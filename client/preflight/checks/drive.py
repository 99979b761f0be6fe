"""Is the disk as large as the plan asks, and does it take what the recorder writes?

Free space is a check of its own (`checks/disk`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from client.base.text import Text
from client.contest.plan import Environment, Recording
from client.contest.sizes import session_bytes
from client.preflight.check import Check, Finding
from client.preflight.checks.disk import GB
from client.preflight.facts.drive import DriveFacts
from client.preflight.probes.drive import look_at_drive

TOLERANCE = 0.05
"""480 GB is what makers sell beside their 500 GB; the plan's number is in decimal GB as theirs."""
EASY, LEAST = 10, 2
"""Times what the recorder writes: browser, office and the system write too."""

_LARGER = Text(
    "请换一台磁盘足够大的电脑，或请技术人员把环境变量 SAIJIAN_HOME 设为更大磁盘上的文件夹。",
    "Use a computer with a larger disk, or let a technician set SAIJIAN_HOME to a folder on one.",
)
_SLOW = Text(
    "请关闭正在下载、更新、杀毒的程序后再检查一次；仍然这样请换一块磁盘。",
    "Stop downloads, updates and virus scans, check again; if it stays so, use another disk.",
)
_BY_HAND = Text(
    "请让技术人员在“磁盘管理”中看磁盘大小；不能写入时见“写入录像”一项。",
    "Let a technician look at Disk Management; if nothing can be written, see “Writing”.",
)


def drive_check(
    environment: Environment,
    sessions: Path,
    recording: Recording,
    probe: Callable[[Path], DriveFacts] = look_at_drive,
) -> Check[DriveFacts]:
    """Compare the disk below `sessions` with the plan; measuring takes at most 2 s."""
    need = session_bytes(recording, 1) / 1e6
    return Check(
        name="disk",
        title=Text("磁盘", "Disk"),
        requirement=Text(
            f"{environment.disk_gb} GB 以上（允许少 {TOLERANCE:.0%}），"
            f"写入每秒 {need * EASY:.1f} MB 以上",
            f"{environment.disk_gb} GB or more (up to {TOLERANCE:.0%} less is allowed), "
            f"takes {need * EASY:.1f} MB/s or more",
        ),
        probe=partial(probe, sessions),
        judge=partial(_judge, environment.disk_gb, need),
        things=lambda facts: [facts.model] if facts.model else [],
    )


def _judge(asked_gb: int, need: float, facts: DriveFacts) -> Finding:
    evidence = _evidence(facts)
    if facts.disk_bytes is not None and facts.disk_bytes < asked_gb * GB * (1 - TOLERANCE):
        return Finding("fail", evidence, _LARGER)
    if facts.mb_per_second is not None and facts.mb_per_second < need * LEAST:
        return Finding("fail", evidence, _SLOW)
    if facts.disk_bytes is None or facts.mb_per_second is None:
        return Finding("unknown", evidence, _BY_HAND)
    if facts.mb_per_second < need * EASY:
        return Finding("warn", evidence, _SLOW)
    return Finding("pass", evidence)


def _evidence(facts: DriveFacts) -> Text:
    kind = {
        "ssd": Text("固态", "SSD"),
        "hdd": Text("机械", "HDD"),
        None: Text("类型未知", "kind unknown"),
    }
    zh, en = [facts.place or "?"], [facts.place or "?"]
    if facts.model:
        zh.append(facts.model)
        en.append(facts.model)
    zh.append(kind[facts.kind].zh)
    en.append(kind[facts.kind].en)
    if facts.disk_bytes is None:
        zh.append("整块磁盘的大小读不出")
        en.append("size of the whole disk unknown")
    else:
        zh.append(f"整块磁盘 {facts.disk_bytes / GB:.0f} GB")
        en.append(f"whole disk {facts.disk_bytes / GB:.0f} GB")
    if facts.mb_per_second is None or facts.written_mb is None:
        zh.append("写入速度没有测成")
        en.append("writing could not be measured")
    else:
        zh.append(f"写入每秒 {facts.mb_per_second:.1f} MB（试写 {facts.written_mb:.1f} MB）")
        en.append(f"takes {facts.mb_per_second:.1f} MB/s ({facts.written_mb:.1f} MB written)")
    return Text(f"{'，'.join(zh)}。", f"{', '.join(en)}.")
