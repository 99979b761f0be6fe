"""One display, large enough, and no picture that goes elsewhere?"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from client.base.text import Text
from client.contest.plan import Environment
from client.preflight.check import Check, Finding
from client.preflight.facts.displays import Display, DisplayFacts, Link
from client.preflight.probes.displays import read_displays

LINKS: dict[Link, Text] = {
    "internal": Text("内置", "built in"),
    "wired": Text("有线", "by cable"),
    "indirect": Text("经 USB 或网络转接", "by a USB or network adapter"),
    "wireless": Text("无线投屏", "wireless"),
    "virtual": Text("虚拟显示器", "virtual"),
    "unknown": Text("连接方式不明", "connection not known"),
}
_ELSEWHERE = ("indirect", "wireless")


def displays_check(
    environment: Environment, probe: Callable[[], DisplayFacts] = read_displays
) -> Check[DisplayFacts]:
    """Judge the displays by the size that `environment` asks."""
    size = (environment.display_width, environment.display_height)
    return Check(
        name="displays",
        title=Text("显示器", "Displays"),
        requirement=Text(
            f"一个显示器，至少 {size[0]}x{size[1]}，不投屏",
            f"one display of at least {size[0]}x{size[1]}, not sent elsewhere",
        ),
        probe=probe,
        judge=partial(_judge, size),
        things=_names,
        fix="display",
    )


def _names(facts: DisplayFacts) -> list[str]:
    return [f"{one.name} {one.width}x{one.height}" for one in facts.displays]


def _judge(size: tuple[int, int], facts: DisplayFacts) -> Finding:
    if not facts.displays:
        return Finding(
            "unknown",
            Text("系统没有给出显示器。", "The system tells of no display."),
            Text(
                "请在这台电脑的桌面上运行本程序，而不是远程或文字终端。",
                "Run this program on the computer's own desktop, not in a remote or text console.",
            ),
        )
    evidence = _found(facts)
    advice = list(_advice(size, facts.displays))
    if not advice:
        return Finding("pass", evidence)
    together = Text("".join(a.zh for a in advice), " ".join(a.en for a in advice))
    return Finding("warn", evidence, together)


def _advice(size: tuple[int, int], displays: tuple[Display, ...]) -> list[Text]:
    advice = []
    if len(displays) > 1:
        advice.append(
            Text(
                "全部显示器都会被录制：不用的请拔掉或在“显示设置”中断开。",
                "All displays are recorded: unplug or disconnect those you do not need.",
            )
        )
    if any(len(display.links) > 1 or set(display.links) & set(_ELSEWHERE) for display in displays):
        advice.append(
            Text(
                "画面可能同时送到别的设备：请断开投屏、转接器和第二个设备"
                "（Windows 按 Win+P 选择“仅电脑屏幕”）。",
                "The picture may go to another device: end casting, disconnect adapters and the "
                "second device (on Windows Win+P, “PC screen only”).",
            )
        )
    if any("virtual" in display.links for display in displays):
        advice.append(
            Text(
                "有虚拟显示器：如果不是虚拟机，请在“显示设置”中断开它，或卸载产生它的程序。",
                "There is a virtual display: unless this is a virtual machine, disconnect it in "
                "the display settings or remove the program that makes it.",
            )
        )
    if any(d.width < size[0] or d.height < size[1] for d in displays):
        advice.append(
            Text(
                "分辨率太小，竞赛页面可能显示不全：请在“显示设置”中选择更大的分辨率。",
                "The resolution is too small for the contest's pages: choose a larger one in the "
                "display settings.",
            )
        )
    return advice


def _found(facts: DisplayFacts) -> Text:
    count = len(facts.displays)
    zh = "；".join(_say(display, "缩放", "、", zh=True) for display in facts.displays)
    en = "; ".join(_say(display, "scaled", ", ", zh=False) for display in facts.displays)
    return Text(f"{count} 个显示器：{zh}。", f"{count} display(s): {en}.")


def _say(display: Display, scaled: str, comma: str, *, zh: bool) -> str:
    parts = [f"{display.name} {display.width}x{display.height}"]
    if display.scale_percent is not None:
        parts.append(f"{scaled} {display.scale_percent}%")
    links = dict.fromkeys(display.links) or {"unknown": None}
    parts += [LINKS[link].zh if zh else LINKS[link].en for link in links]
    if len(display.links) > 1:
        count = len(display.links)
        parts.append(f"同一画面送到 {count} 个设备" if zh else f"the same on {count} devices")
    return comma.join(parts)
