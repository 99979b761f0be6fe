"""Is the room ready (R12)? Only somebody in it can see: a checklist that is ticked, 需到场."""

from __future__ import annotations

from collections.abc import Collection

from client.base.text import Text
from client.preflight.check import Check, Finding
from client.preflight.reports.model import TICKS, RoomPhoto, TickName

RoomFacts = tuple[tuple[TickName, ...], RoomPhoto | None]


def room_check(ticks: Collection[TickName], photo: RoomPhoto | None) -> Check[RoomFacts]:
    """Judge what was ticked."""
    return Check(
        name="room",
        title=Text("考场清单", "Room checklist"),
        requirement=_listed(TICKS),
        probe=lambda: (tuple(tick for tick in TICKS if tick in ticks), photo),
        judge=_judge,
        on_site=True,
    )


def _judge(facts: RoomFacts) -> Finding:
    ticked, photo = facts
    open_ones = [tick for tick in TICKS if tick not in ticked]
    seen = Text("都已确认", "all seen")
    if open_ones:
        left = _listed(open_ones)
        seen = Text(f"还没有确认：{left.zh}", f"not seen yet: {left.en}")
    if photo is not None:
        digest = photo.sha256[:12]
        seen = Text(f"{seen.zh}；照片 {digest}", f"{seen.en}; photograph {digest}")
    evidence = Text(f"{seen.zh}。", f"{seen.en}.")
    if not open_ones:
        return Finding("pass", evidence)
    advice = Text("请逐项处理好再勾选。", "Put each in order, then tick it.")
    return Finding("warn", evidence, advice)


def _listed(ticks: Collection[TickName]) -> Text:
    return Text(
        "、".join(TICKS[tick].zh for tick in ticks), ", ".join(TICKS[tick].en for tick in ticks)
    )
