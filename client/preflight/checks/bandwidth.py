"""Does the line to the organizer carry what this computer records?"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import NamedTuple

from client.base.text import Text
from client.contest.capability import RESERVE
from client.contest.plan import Environment, Plan, Recording
from client.contest.sizes import session_bytes
from client.preflight.check import Check, Finding
from client.preflight.checks.organizer import no_organizer
from client.preflight.facts.network import BandwidthFacts
from client.preflight.probes.bandwidth import BandwidthRun

LIMIT_SECONDS = 150.0
"""Sixty computers behind one address, each about two seconds."""
_KBIT = 125


class LineNeed(NamedTuple):
    """What the line must carry, in kbit/s."""

    recordings: int
    """Of this computer, without reserve."""
    up: int
    """With it."""
    down: int
    venue: int | None
    """The whole venue's line; None where nobody sits in a venue."""


def line_need(plan: Plan | None) -> LineNeed:
    """Return what `plan` (None: the usual settings) asks of the line."""
    recording = plan.recording if plan is not None else Recording()
    environment = plan.environment if plan is not None else Environment()
    recordings = round(session_bytes(recording, 1) / _KBIT)
    venue = environment.venue_mbps * 1000 if plan is not None and plan.sites else None
    return LineNeed(recordings, round(recordings * RESERVE), environment.down_kbps, venue)


def enough_kbps(need: LineNeed) -> int:
    """Return the rate above which measuring longer tells nothing more."""
    return round(RESERVE * max(need.up, need.down, need.venue or 0))


def bandwidth_check(need: LineNeed, run: BandwidthRun | None) -> Check[BandwidthFacts]:
    """Judge what `run` measures; None where no organizer is known."""
    check: Check[BandwidthFacts] = Check(
        name="bandwidth",
        title=Text("到组委会的带宽", "Bandwidth to the organizer"),
        requirement=Text(
            f"上传 {_mbps(need.up)}（本机录像所需，含余量），下载 {_mbps(need.down)}",
            f"up {_mbps(need.up)} (this computer's recordings, with reserve), "
            f"down {_mbps(need.down)}",
        ),
        probe=run or no_organizer,
        judge=partial(judge, need),
        limit_seconds=LIMIT_SECONDS,
    )
    if run is None:
        return check
    return replace(check, stop=run.stop, follow=run.follow)


def judge(need: LineNeed, facts: BandwidthFacts) -> Finding:
    """Judge this computer by its own need; the venue's line only ever warns."""
    evidence = Text(
        f"上传 {_mbps(facts.up_kbps)}，下载 {_mbps(facts.down_kbps)}，"
        f"排队 {facts.waited_seconds:.0f} 秒。",
        f"Up {_mbps(facts.up_kbps)}, down {_mbps(facts.down_kbps)}, after "
        f"{facts.waited_seconds:.0f} s in the queue.",
    )
    if facts.up_kbps < need.recordings or facts.down_kbps < need.down / 2:
        return Finding("fail", evidence, _TOO_SLOW)
    if facts.up_kbps < need.up or facts.down_kbps < need.down:
        return Finding("warn", evidence, _SCARCE)
    if need.venue is not None and facts.up_kbps < need.venue:
        return Finding("warn", evidence, _venue(need.venue))
    return Finding("pass", evidence)


def _mbps(kbps: int) -> str:
    return f"{kbps / 1000:.1f} Mbps"


def _venue(kbps: int) -> Text:
    return Text(
        f"本机够用；考场线路要求 {_mbps(kbps)}，按整个考场判断：请技术人员核对线路。",
        f"Enough for this computer. The venue's line should have {_mbps(kbps)}, judged once a "
        "room: let the technician look at the line.",
    )


_TOO_SLOW = Text(
    "线路太慢，录像传不上去：请关闭下载、网盘和视频，插网线后再测；仍然这样请换一条线路。",
    "The line is too slow for the recordings: end downloads, cloud drives and videos, use a cable, "
    "measure again; if it stays so, use another line.",
)
_SCARCE = Text(
    "够用但没有余量：请关闭下载、网盘和视频，插网线后再测一次。",
    "Enough with nothing to spare: end downloads, cloud drives and videos, use a cable, measure "
    "again.",
)
