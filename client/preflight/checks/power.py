"""Is this computer on mains power, as R14 asks throughout, and will it stay awake?

The recorder asks the system to stay awake, so sleep when idle is only told. No request keeps
Windows awake when the lid is closed, so that is warned of.
"""

from __future__ import annotations

from collections.abc import Callable

from client.base.text import Text
from client.preflight.check import Check, Finding
from client.preflight.facts.power import LidAction, PowerFacts
from client.preflight.fixes import FixName
from client.preflight.probes.power import look_at_power

LOW_PERCENT = 20
_MINUTE = 60

_LID: dict[LidAction, Text] = {
    "nothing": Text("合盖不睡眠", "closing the lid does nothing"),
    "sleep": Text("合盖会睡眠", "closing the lid makes it sleep"),
    "hibernate": Text("合盖会休眠", "closing the lid makes it hibernate"),
    "shutdown": Text("合盖会关机", "closing the lid shuts it down"),
    "other": Text("合盖有别的动作", "closing the lid does something else"),
}
_PLUG = Text(
    "请接上电源，整场比赛都不要拔。", "Plug in the power cord, leave it there for all the contest."
)
_CHARGE = Text(
    "请一直接着电源充电，拔一下电源就可能断电。",
    "Leave it on mains to charge: without the cord it would soon be off.",
)
_OPEN = Text(
    "比赛时不要合上盖子；或在“控制面板—电源选项—选择关闭笔记本计算机盖的功能”中，"
    "把“接通电源”改为“不采取任何操作”。",
    "Keep the lid open; or, in Control Panel, Power Options, Choose what closing the lid does, set "
    "“Do nothing” for mains.",
)
_LOOK = Text("请自己看一看电源线是否插好。", "Look yourself whether the power cord is plugged in.")


def power_check(probe: Callable[[], PowerFacts] = look_at_power) -> Check[PowerFacts]:
    """Judge the power; a computer without battery is on mains."""
    return Check(
        name="power",
        title=Text("电源", "Power"),
        requirement=Text("全程接通电源，不睡眠", "on mains throughout, and awake"),
        probe=probe,
        judge=_judge,
    )


def _judge(facts: PowerFacts) -> Finding:
    evidence = _evidence(facts)
    awake: FixName | None = "stay-awake" if facts.sleeps_after_s else None
    if facts.has_battery is False:
        return Finding("pass", evidence, fix=awake)
    if facts.on_mains is None:
        return Finding("unknown", evidence, _LOOK)
    if not facts.on_mains:
        return Finding("fail", evidence, _PLUG)
    if facts.battery_percent is not None and facts.battery_percent < LOW_PERCENT:
        return Finding("warn", evidence, _CHARGE)
    if facts.lid not in (None, "nothing"):
        return Finding("warn", evidence, _OPEN, "power")
    return Finding("pass", evidence, fix=awake)


def _evidence(facts: PowerFacts) -> Text:
    parts: list[Text] = []
    if facts.has_battery is False:
        parts.append(Text("没有电池，由电源供电", "no battery, runs from mains"))
    elif facts.on_mains is None:
        parts.append(Text("系统没有报告是否接通电源", "whether it is on mains is not told"))
    else:
        parts.append(
            Text("已接通电源", "on mains") if facts.on_mains else Text("正在用电池", "on battery")
        )
    if facts.battery_percent is not None:
        parts.append(Text(f"电量 {facts.battery_percent}%", f"battery at {facts.battery_percent}%"))
    if facts.sleeps_after_s:
        minutes = round(facts.sleeps_after_s / _MINUTE)
        parts.append(
            Text(
                f"空闲 {minutes} 分钟后睡眠（录制时程序会阻止）",
                f"sleeps after {minutes} idle minutes (the recorder prevents that)",
            )
        )
    elif facts.sleeps_after_s == 0:
        parts.append(Text("空闲时不睡眠", "does not sleep when idle"))
    if facts.lid is not None and facts.has_battery is not False:
        parts.append(_LID[facts.lid])
    return Text(
        f"{'，'.join(part.zh for part in parts)}。", f"{', '.join(part.en for part in parts)}."
    )
