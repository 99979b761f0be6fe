"""Is there the memory that the plan asks, and is enough of it free?"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from client.base.text import Text
from client.contest.plan import Environment
from client.preflight.check import Check, Finding
from client.preflight.facts.memory import MemoryFacts
from client.preflight.probes.memory import look_at_memory

_MB = 1 << 20
KEPT_BY_HARDWARE = 0.15
"""Graphics and firmware keep up to so much: 4 GB show as 3.4 GB with 512 MB of graphics memory."""
LEAST_FREE_MB = 1000
"""For recorder (300 MB), browser and office; with less, Windows begins to swap."""

_MORE = Text(
    "请换一台内存足够的电脑，或加装内存。", "Use a computer with more memory, or have some added."
)
_CLOSE = Text(
    "请关闭不用的程序和网页，然后再检查一次。",
    "Close programs and web pages that you do not need, check again.",
)
_UNKNOWN = Text(
    "请在“任务管理器—性能—内存”中自己看一看。",
    "Look yourself: Task Manager, Performance, Memory.",
)


def memory_check(
    environment: Environment, probe: Callable[[], MemoryFacts] = look_at_memory
) -> Check[MemoryFacts]:
    """Compare the memory with the plan's."""
    asked = _gb(environment.memory_mb * _MB)
    return Check(
        name="memory",
        title=Text("内存", "Memory"),
        requirement=Text(f"{asked} 以上", f"{asked} or more"),
        probe=probe,
        judge=partial(_judge, environment.memory_mb * _MB),
    )


def _judge(asked: int, facts: MemoryFacts) -> Finding:
    if facts.installed is None and facts.usable is None:
        return Finding(
            "unknown",
            Text("系统没有报告内存大小。", "The system does not tell its memory."),
            _UNKNOWN,
        )
    zh, en = [], []
    for value, said_zh, said_en in (
        (facts.installed, "安装", "installed"),
        (facts.usable, "可用", "usable"),
        (facts.free, "空闲", "free"),
    ):
        if value is not None:
            zh.append(f"{said_zh} {_gb(value)}")
            en.append(f"{_gb(value)} {said_en}")
    evidence = Text(f"{'，'.join(zh)}。", f"{', '.join(en)}.")
    enough = (
        facts.installed >= asked
        if facts.installed is not None
        else (facts.usable or 0) >= asked * (1 - KEPT_BY_HARDWARE)
    )
    if not enough:
        return Finding("fail", evidence, _MORE)
    if facts.free is not None and facts.free < LEAST_FREE_MB * _MB:
        return Finding("warn", evidence, _CLOSE)
    return Finding("pass", evidence)


def _gb(size: int) -> str:
    return f"{size / (1 << 30):.1f} GB"
