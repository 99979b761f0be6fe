"""Does anything run that does not belong beside a contest? It is told, never ended.

The contest's address comes through a chat group (R4): chat counts only once the contest has begun.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from client.base.text import Text
from client.contest.programs import Program, ProgramKind
from client.preflight.check import Check, Finding
from client.preflight.facts.software import Running, RunningFacts
from client.preflight.probes.processes import read_running

KINDS: dict[ProgramKind, Text] = {
    "remote-control": Text("远程控制", "remote control"),
    "screen-sharing": Text("会议和屏幕共享", "meetings and screen sharing"),
    "recorder": Text("录屏", "screen recorders"),
    "chat": Text("聊天", "chat"),
    "classroom": Text("电子教室控制", "classroom control"),
    "virtual-camera": Text("虚拟摄像头", "virtual cameras"),
}


def programs_check(
    programs: Sequence[Program],
    *,
    contest_begun: bool = False,
    probe: Callable[[], RunningFacts] | None = None,
) -> Check[RunningFacts]:
    """Look for `programs` among the processes that run now."""
    kinds = list(dict.fromkeys(KINDS[program.kind] for program in programs))
    return Check(
        name="other-programs",
        title=Text("其他程序", "Other programs"),
        requirement=Text(
            f"不运行：{'、'.join(kind.zh for kind in kinds)}",
            f"none of these runs: {', '.join(kind.en for kind in kinds)}",
        )
        if kinds
        else Text("方案没有列出", "the plan lists none"),
        probe=probe or partial(read_running, tuple(programs)),
        judge=partial(_judge, {p.slug: p for p in programs}, contest_begun),
    )


def _judge(programs: dict[str, Program], contest_begun: bool, facts: RunningFacts) -> Finding:  # noqa: FBT001
    if not facts.seen:
        return Finding(
            "unknown",
            Text("系统没有给出正在运行的程序。", "The system does not tell what runs."),
            Text("请自行关闭无关的程序。", "Close what you do not need yourself."),
        )
    found = [(programs[r.slug], r) for r in facts.running if r.slug in programs]
    may_stay = [pair for pair in found if pair[0].kind == "chat" and not contest_begun]
    told = [pair for pair in found if pair not in may_stay]
    if told:
        evidence = Text(f"正在运行：{_zh(told)}。", f"Running: {_en(told)}.")
        return Finding("warn", evidence, _CLOSE)
    if may_stay:
        return Finding(
            "pass",
            Text(
                f"{_zh(may_stay)} 可以开到开赛为止：网址由竞赛群发布。",
                f"{_en(may_stay)}: may stay until the start, since its group brings the address.",
            ),
        )
    return Finding(
        "pass",
        Text(
            f"看了 {facts.seen} 个进程，没有列出的程序。",
            f"None of the listed programs among {facts.seen} processes.",
        ),
    )


_CLOSE = Text(
    "请保存工作并退出这些程序（包括任务栏右下角的图标）；学校统一安装、不能退出的，请告诉监考人员。",
    "Save your work and quit them, their icons beside the clock too; tell the supervisor of those "
    "that the school installed and you cannot quit.",
)


def _zh(found: Sequence[tuple[Program, Running]]) -> str:
    return "、".join(
        f"{program.name.zh}（{KINDS[program.kind].zh}，进程 {' '.join(running.processes)}）"
        for program, running in found
    )


def _en(found: Sequence[tuple[Program, Running]]) -> str:
    return ", ".join(
        f"{program.name.en or program.name.zh} ({KINDS[program.kind].en}, "
        f"process {' '.join(running.processes)})"
        for program, running in found
    )
