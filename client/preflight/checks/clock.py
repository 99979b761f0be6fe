"""Does this computer's clock agree with the organizer's?"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from client.base.clock import SECOND_US
from client.base.errors import OrganizerError
from client.base.text import Text
from client.preflight.check import Check, Finding
from client.remote.client import ClockReading

ReadClock = Callable[[], ClockReading]

_SET_CLOCK = Text(
    "请在系统设置的“日期和时间”中打开“自动设置时间”，再点“立即同步”，然后再检查一次。",
    "Turn on “Set time automatically” in the date and time settings, synchronise, check again.",
)


def clock_check(limit_seconds: int, read_clock: ReadClock | None) -> Check[ClockReading]:
    """Compare clocks by `read_clock`, None where no organizer is known."""
    return Check(
        name="clock",
        title=Text("电脑时间", "This computer's clock"),
        requirement=Text(
            f"与组委会服务器相差不超过 {limit_seconds} 秒",
            f"at most {limit_seconds} s from the organizer's clock",
        ),
        probe=read_clock or _nobody,
        judge=partial(_judge, limit_seconds),
        fix="clock",
    )


def _nobody() -> ClockReading:
    raise OrganizerError(
        Text("没有可以对时的组委会服务器。", "There is no organizer's server to compare with."),
        Text("请用 --plan 给出竞赛方案后再检查。", "Give the contest plan with --plan."),
    )


def _judge(limit_seconds: int, reading: ClockReading) -> Finding:
    """Judge the offset; half the round trip is what it may be wrong by."""
    offset = reading.offset_us / SECOND_US
    doubt = reading.round_trip_us / 2 / SECOND_US
    if doubt < 0:
        raise ValueError(f"round trip {reading.round_trip_us}")
    evidence = Text(
        f"{_behind_zh(offset)} {abs(offset):.2f} 秒（误差 {doubt:.2f} 秒以内）。",
        f"{abs(offset):.2f} s {_behind_en(offset)} (within {doubt:.2f} s).",
    )
    if abs(offset) - doubt > limit_seconds:
        return Finding("fail", evidence, _SET_CLOCK)
    if abs(offset) + doubt > limit_seconds / 2:
        return Finding("warn", evidence, _SET_CLOCK)
    return Finding("pass", evidence)


def _behind_zh(offset: float) -> str:
    return "比服务器慢" if offset > 0 else "比服务器快"


def _behind_en(offset: float) -> str:
    return "behind the organizer" if offset > 0 else "ahead of the organizer"
