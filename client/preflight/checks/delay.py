"""Do requests reach the organizer soon, evenly, and all of them?"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from client.base.text import Text
from client.contest.plan import Environment
from client.preflight.check import Check, Finding
from client.preflight.checks.organizer import no_organizer
from client.preflight.facts.network import DelayFacts
from client.preflight.probes.delay import DelayRun

LIMIT_SECONDS = 16.0
SLOW_NAME_MS = 1000.0
_MUCH = 3
"""So many times the plan's figure is a failure, less a warning."""


def delay_check(environment: Environment, run: DelayRun | None) -> Check[DelayFacts]:
    """Judge what `run` measures; None where no organizer is known."""
    delay, jitter, loss = environment.delay_ms, environment.jitter_ms, environment.loss_percent
    check: Check[DelayFacts] = Check(
        name="network-delay",
        title=Text("网络延时与丢包", "Network delay and loss"),
        requirement=Text(
            f"延时 {delay} 毫秒、抖动 {jitter} 毫秒、丢包 {loss}% 以内",
            f"delay within {delay} ms, jitter {jitter} ms, loss {loss}%",
        ),
        probe=run or no_organizer,
        judge=partial(judge, environment),
        limit_seconds=LIMIT_SECONDS,
    )
    return check if run is None else replace(check, stop=run.stop, follow=run.follow)


def judge(asked: Environment, facts: DelayFacts) -> Finding:
    """Judge the worst of the three figures; a slow name service only warns."""
    limits = (
        (facts.median_ms, asked.delay_ms),
        (facts.jitter_ms, asked.jitter_ms),
        (facts.loss_percent, asked.loss_percent),
    )
    evidence = _evidence(facts)
    if any(found > _MUCH * limit for found, limit in limits[:2]) or (
        facts.loss_percent > _MUCH * max(1, asked.loss_percent)
    ):
        return Finding("fail", evidence, _ANOTHER_LINE)
    if any(found > limit for found, limit in limits):
        return Finding("warn", evidence, _CALM_LINE)
    if facts.resolve_ms is not None and facts.resolve_ms > SLOW_NAME_MS:
        return Finding("warn", evidence, _NAMES)
    return Finding("pass", evidence)


def _evidence(facts: DelayFacts) -> Text:
    lost = facts.unanswered + facts.repeated
    name = Text("", "")
    if facts.resolve_ms is not None:
        name = Text(
            f"，域名解析 {facts.resolve_ms:.0f} 毫秒", f", name found in {facts.resolve_ms:.0f} ms"
        )
    return Text(
        f"延时 {facts.median_ms:.0f} 毫秒（最长 {facts.longest_ms:.0f}），"
        f"抖动 {facts.jitter_ms:.1f} 毫秒，{facts.sent} 次中丢失或重发 {lost} 次"
        f"（{facts.loss_percent:.1f}%）{name.zh}。",
        f"Delay {facts.median_ms:.0f} ms (longest {facts.longest_ms:.0f}), jitter "
        f"{facts.jitter_ms:.1f} ms, {lost} of {facts.sent} lost or sent again "
        f"({facts.loss_percent:.1f}%){name.en}.",
    )


_ANOTHER_LINE = Text(
    "线路不稳：请插网线、关闭下载和视频后再检查；仍然这样请换一条线路。",
    "The line is not steady: use a cable, end downloads and videos, check again; if it stays so, "
    "use another line.",
)
_CALM_LINE = Text(
    "线路不太稳：请插网线，关闭下载、网盘和视频后再检查一次。",
    "The line is not quite steady: use a cable, end downloads, cloud drives and videos, "
    "check again.",
)
_NAMES = Text(
    "域名解析很慢：请重启路由器，或把 DNS 设为自动获取后再检查。",
    "Names are found slowly: restart the router, or let DNS be set automatically; check again.",
)
