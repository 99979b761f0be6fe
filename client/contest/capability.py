"""What this computer manages, 录制能力, as `saijian bench` measured it; and what to think of it."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field

from client.base.text import Text
from client.contest.values import Count, Value

PLAIN_SECONDS = 150 * 60
"""Length that is assumed without a plan: two hours, and what is filmed around them."""
RESERVE = 1.25
"""What a busy screen, a tail and the journal may take beyond the estimate."""
SPARE_BYTES = 1000**3
"""What the system itself needs to stay usable."""
EASY_PERCENT, MOST_PERCENT = 50, 90
"""Of one core. The browser beside us must have the other, and most of this one."""
PUNCTUAL_PERCENT, LATE_PERCENT = 95, 80
LEAST_MEMORY_MB = 300
"""Left for everything else while recording; below that Windows begins to swap."""
RATES = (10, 8, 5, 3, 2)
"""Pictures of the screen a second that are worth proposing."""

Level = Literal["pass", "warn", "fail"]
Part = Literal["screen", "camera", "second", "sound"]
Name = Annotated[str, Field(max_length=500)]
Share = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Reason(Value):
    """One sentence in both languages."""

    zh: Annotated[str, Field(max_length=1000)]
    en: Annotated[str, Field(max_length=1000)]

    @property
    def text(self) -> Text:
        """Return it as what people are shown."""
        return Text(self.zh, self.en)


class Load(Value):
    """What one source cost while it was recorded."""

    part: Part
    device: Name
    synthetic: bool
    """There was no such device: a made-up picture or tone took its place."""
    core_percent: Share
    bytes_per_second: Count
    encoder: Annotated[str, Field(max_length=40)] = ""


Capture = Literal["usual", "duplication"]


class Tried(Value):
    """A hardware encoder, or way to fetch the desktop, that was tried out; what came of it."""

    name: Annotated[str, Field(max_length=40)]
    works: bool
    reason: Reason


class Capability(Value):
    """The result of one measurement (`docs/formats/bench.md`)."""

    kind: Literal["saijian.bench/1"] = "saijian.bench/1"
    seconds: Share
    cores: Count
    loads: Annotated[tuple[Load, ...], Field(strict=False)]
    rest_percent: Share
    """Of one core: journal, hashes, disk, threads of libraries."""
    fps: Annotated[int, Field(ge=1, le=30)]
    """Pictures of the screen a second that were asked for."""
    on_time_percent: Share
    """Pictures of the screen that came within one and a half intervals."""
    memory_mb: Count
    memory_free_mb: Count
    tried: Annotated[tuple[Tried, ...], Field(strict=False)]
    capture: Capture = "usual"
    """How the desktop is best fetched here."""
    contest_seconds: Share
    disk_free: Count

    @property
    def core_percent(self) -> float:
        """Return the whole share of one core."""
        return sum(load.core_percent for load in self.loads) + self.rest_percent

    @property
    def contest_bytes(self) -> int:
        """Return what the whole contest will take at the measured rates."""
        return round(sum(load.bytes_per_second for load in self.loads) * self.contest_seconds)

    @property
    def disk_needed(self) -> int:
        """Return what must be free."""
        return round(self.contest_bytes * RESERVE) + SPARE_BYTES

    def encoder_of(self, part: Part) -> str:
        """Return which encoder was chosen for a picture; nothing where there is none."""
        return next((load.encoder for load in self.loads if load.part == part), "")

    @property
    def proposed_fps(self) -> int:
        """Return the highest rate of the screen with which this computer has room to breathe.

        The screen's share follows the rate; the rest stays.
        """
        screen = sum(load.core_percent for load in self.loads if load.part == "screen")
        others = self.core_percent - screen
        lower = [rate for rate in RATES if rate < self.fps]
        if self.core_percent <= EASY_PERCENT and self.on_time_percent >= PUNCTUAL_PERCENT:
            return self.fps
        fitting = [rate for rate in lower if others + screen * rate / self.fps <= EASY_PERCENT]
        return next(iter(fitting or lower[-1:]), self.fps)


def capability_of(document: dict[str, Any]) -> Capability:
    """Return what a result for programs tells; ValueError where it is none.

    What follows from the measurement is in it too, for others; here it is computed anew.
    """
    measured = {name: document[name] for name in Capability.model_fields if name in document}
    return Capability.model_validate_json(json.dumps(measured))


def to_json(measured: Capability) -> dict[str, Any]:
    """Return the result for programs (`docs/formats/bench.md`)."""
    judgement = judge(measured)
    return {
        **measured.model_dump(mode="json"),
        "core_percent": round(measured.core_percent, 2),
        "contest_bytes": measured.contest_bytes,
        "disk_needed": measured.disk_needed,
        "proposed_fps": measured.proposed_fps,
        "verdict": judgement.level,
        "evidence": judgement.evidence._asdict(),
        "advice": None if judgement.advice is None else judgement.advice._asdict(),
    }


class Judgement(NamedTuple):
    """What to think of a computer, in a person's words."""

    level: Level
    evidence: Text
    advice: Text | None


class _Doubt(NamedTuple):
    level: Level
    advice: Text


def judge(measured: Capability) -> Judgement:
    """Judge whether this computer records a contest without being a burden."""
    doubts = [doubt for doubt in _doubts(measured) if doubt is not None]
    level: Level = "pass"
    if doubts:
        level = "fail" if any(doubt.level == "fail" for doubt in doubts) else "warn"
    doubts.sort(key=lambda doubt: doubt.level != "fail")
    advice = [doubt.advice for doubt in doubts]
    joined = Text("".join(a.zh for a in advice), " ".join(a.en for a in advice))
    return Judgement(level, _evidence(measured), joined if advice else None)


def _evidence(m: Capability) -> Text:
    made_up = [load.part for load in m.loads if load.synthetic]
    named = {"screen": "屏幕", "camera": "摄像头", "second": "第二摄像头", "sound": "声音"}
    zh = "、".join(named[part] for part in made_up)
    said = Text(
        f"录制占一个核心的 {m.core_percent:.0f}%、内存 {m.memory_mb} MB，"
        f"画面准时率 {m.on_time_percent:.0f}%，整场约 {_gb(m.contest_bytes)}。",
        f"Recording takes {m.core_percent:.0f}% of one core and {m.memory_mb} MB of memory; "
        f"{m.on_time_percent:.0f}% of pictures on time; the contest takes {_gb(m.contest_bytes)}.",
    )
    if not made_up:
        return said
    return Text(
        f"{said.zh}（{zh}没有设备，用模拟数据测得。）",
        f"{said.en} (No device for {', '.join(made_up)}: measured with made-up data.)",
    )


def _doubts(m: Capability) -> list[_Doubt | None]:
    return [_cpu(m), _late(m), _memory(m), _disk(m)]


def _cpu(m: Capability) -> _Doubt | None:
    if m.core_percent <= EASY_PERCENT:
        return None
    if m.core_percent > MOST_PERCENT:
        return _Doubt(
            "fail",
            Text(
                "这台电脑录制时太吃力：请关闭其他程序后再检查；仍然这样请换一台电脑。",
                "Recording is too much for this computer: close other programs and check again; "
                "if it stays so, use another computer.",
            ),
        )
    return _Doubt("warn", _slower(m))


def _late(m: Capability) -> _Doubt | None:
    if m.on_time_percent >= PUNCTUAL_PERCENT:
        return None
    level: Level = "warn" if m.on_time_percent >= LATE_PERCENT else "fail"
    return _Doubt(
        level,
        Text(
            "画面来得不准时，电脑正忙：请关闭其他程序（杀毒扫描、更新、网盘、视频）后再检查。",
            "Pictures come late, this computer is busy: close other programs (virus scan, "
            "updates, cloud drives, videos) and check again.",
        ),
    )


def _slower(m: Capability) -> Text:
    slower = m.proposed_fps
    return Text(
        f"可以录，但余量不大：请关闭其他程序；或请组委会把屏幕帧率降到每秒 {slower} 帧。",
        f"It works, with little to spare: close other programs, or ask the organizer for {slower} "
        "pictures of the screen a second.",
    )


def _memory(m: Capability) -> _Doubt | None:
    if m.memory_free_mb >= LEAST_MEMORY_MB:
        return None
    return _Doubt(
        "warn",
        Text(
            f"内存只剩 {m.memory_free_mb} MB：请关闭不用的程序和网页。",
            f"Only {m.memory_free_mb} MB of memory are free: close programs and pages.",
        ),
    )


def _disk(m: Capability) -> _Doubt | None:
    missing = m.disk_needed - m.disk_free
    if missing <= 0:
        return None
    return _Doubt(
        "fail",
        Text(
            f"磁盘还差 {_gb(missing)}：请腾出空间，或换一个磁盘。",
            f"{_gb(missing)} of disk are missing: make room or use another drive.",
        ),
    )


def _gb(size: int) -> str:
    return f"{size / 1000**3:.1f} GB"
