"""What surrounds the picture of the desktop: monitors, their power, a lock screen; and its news."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from client.base.text import Text
from client.capture.screen.grabber import Box

Cover = Literal["", "locked", "secure"]
"""What lies over the desktop: a lock screen, or a desktop of the system that nobody may record."""


@dataclass(frozen=True)
class Monitor:
    """One that shows a part of the desktop."""

    name: str
    box: Box
    turn: int = 0
    """Degrees."""
    scale: int = 100
    """Per cent."""


@dataclass(frozen=True)
class Surroundings:
    """As they are at one moment."""

    desktop: Box
    """What is recorded."""
    monitors: tuple[Monitor, ...]
    lit: bool | None = None
    """False: all monitors are off. None: the system does not tell."""
    cover: Cover = ""


PLUGGED = Text(
    "接上了显示器 {name}（{size}），现在有 {count} 个",
    "monitor {name} ({size}) was plugged in: {count} now",
)
PULLED = Text(
    "显示器 {name} 被拔掉或关掉了，现在有 {count} 个",
    "monitor {name} was unplugged or switched off: {count} now",
)
TURNED = Text("显示器 {name} 被旋转到 {turn} 度", "monitor {name} was turned to {turn} degrees")
RESIZED = Text("显示器 {name} 的分辨率改为 {size}", "monitor {name} has {size} pixels now")
SCALED = Text("显示器 {name} 的缩放改为 {scale}%", "monitor {name} is scaled to {scale} % now")
MOVED = Text("显示器 {name} 换了位置", "monitor {name} has another place now")
OUTSIDE = Text(
    "显示器 {name} 不在录制的画面里", "monitor {name} is not in the picture that is recorded"
)
WITHOUT = Text("没有接显示器，或者都被关掉了", "no monitor is connected, or all are switched off")
DARK = Text("所有显示器都关了（黑屏节能）", "all monitors are off to save power")
LIT = Text("显示器又亮了", "the monitors are on again")
COVERS: dict[Cover, Text] = {
    "locked": Text("电脑锁屏了", "the computer is locked"),
    "secure": Text(
        "系统的安全桌面盖住了屏幕（例如管理员确认窗口），程序录不到",
        "a secure desktop of the system covers the screen (such as a question for an administrator)"
        ": no program may record it",
    ),
}
UNCOVERED = Text("锁屏或安全桌面已结束", "lock screen or secure desktop are over")


def why_none(now: Surroundings) -> Text | None:
    """Return why the system may hand out no picture; None where nothing speaks for it."""
    if now.cover:
        return COVERS[now.cover]
    if not now.monitors:
        return WITHOUT
    return DARK if now.lit is False else None


def news(before: Surroundings, now: Surroundings) -> list[Text]:
    """Return what changed, a sentence each."""
    return [*_of_monitors(before, now), *_of_power(before, now), *_of_cover(before, now)]


def outside(now: Surroundings) -> list[Text]:
    """Return a sentence for each monitor that is not, or not all, inside the recorded desktop."""
    whole = now.desktop
    return [
        OUTSIDE.format(name=monitor.name)
        for monitor in now.monitors
        if monitor.box.left < whole.left
        or monitor.box.top < whole.top
        or monitor.box.left + monitor.box.width > whole.left + whole.width
        or monitor.box.top + monitor.box.height > whole.top + whole.height
    ]


def _of_monitors(before: Surroundings, now: Surroundings) -> Iterator[Text]:
    old = {monitor.name: monitor for monitor in before.monitors}
    new = {monitor.name: monitor for monitor in now.monitors}
    for name in old:
        if name not in new:
            yield PULLED.format(name=name, count=len(new))
    for name, monitor in new.items():
        if name not in old:
            yield PLUGGED.format(name=name, size=_size(monitor.box), count=len(new))
        else:
            yield from _of_one(old[name], monitor)


def _of_one(before: Monitor, now: Monitor) -> Iterator[Text]:
    """Yield its news; a turned monitor has other sides, which needs no sentence of its own."""
    name = now.name
    if now.turn != before.turn:
        yield TURNED.format(name=name, turn=now.turn)
    elif now.box[2:] != before.box[2:]:
        yield RESIZED.format(name=name, size=_size(now.box))
    elif now.box != before.box:
        yield MOVED.format(name=name)
    if now.scale != before.scale:
        yield SCALED.format(name=name, scale=now.scale)


def _of_power(before: Surroundings, now: Surroundings) -> Iterator[Text]:
    if now.lit is False and before.lit is not False:
        yield DARK
    elif now.lit and before.lit is False:
        yield LIT


def _of_cover(before: Surroundings, now: Surroundings) -> Iterator[Text]:
    if now.cover != before.cover:
        yield COVERS[now.cover] if now.cover else UNCOVERED


def _size(box: Box) -> str:
    return f"{box.width}x{box.height}"
