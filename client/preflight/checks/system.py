"""Does the operating system do, and will it leave the contest alone with restarts?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from typing import NamedTuple

from client.base.clock import SECOND_US
from client.base.text import Text
from client.contest.beijing import BEIJING
from client.contest.plan import Plan
from client.contest.schedule import schedule_of
from client.preflight.check import Check, Finding, Verdict
from client.preflight.facts.system import Hours, Pending, SystemFacts
from client.preflight.probes.system import look_at_system

FIRST_BUILD = 17763
"""Windows 10 1809, decision 0014."""
FIRST_BUILD_ARM = 22000
_DAY_HOURS = 24
_ZONE = timezone(BEIJING)
_ARM = ("ARM", "ARM64")

_PENDING: dict[Pending, Text] = {
    "servicing": Text("Windows 组件更新", "Windows components"),
    "update": Text("Windows 更新", "Windows Update"),
    "renames": Text("有程序等着在重启时替换文件", "files are replaced at the next start"),
    "packages": Text("系统软件包更新", "updated packages"),
}
_MUST_RESTART: tuple[Pending, ...] = ("servicing", "update", "packages")
"""`renames` alone is left by many installers and makes no system restart by itself."""


class Span(NamedTuple):
    """A session of the plan, from its opening to its last moment, UTC microseconds."""

    begins_us: int
    ends_us: int


class Remark(NamedTuple):
    """One thing that is not as it should be, and what to do."""

    verdict: Verdict
    found: Text
    advice: Text


def system_check(
    plan: Plan | None, probe: Callable[[], SystemFacts] = look_at_system
) -> Check[SystemFacts]:
    """Judge version, width, waiting restarts; and hours for updates against the plan's sessions."""
    return Check(
        name="system",
        title=Text("操作系统", "Operating system"),
        requirement=Text(
            "64 位 Windows 10 1809 以上，或 64 位 Linux；比赛时不重启",
            "64-bit Windows 10 1809 or later, or 64-bit Linux; no restart during the contest",
        ),
        probe=probe,
        judge=partial(_judge, spans_of(plan)),
        fix="update",
    )


def spans_of(plan: Plan | None) -> tuple[Span, ...]:
    """Return when the sessions of `plan` run."""
    if plan is None:
        return ()
    schedules = (schedule_of(plan, paper) for paper in plan.papers())
    return tuple(Span(times.opens_us, times.stops_us) for times in schedules)


def _judge(spans: tuple[Span, ...], facts: SystemFacts) -> Finding:
    remarks = [*_version(facts), *_restart(facts), *_hours(spans, facts), *_desktop(facts)]
    zh = [facts.name or "系统名称未知"]
    en = [facts.name or "unnamed system"]
    for value in (facts.version, facts.build and f"build {facts.build}", facts.architecture):
        if value:
            zh.append(value)
            en.append(value)
    said = [Text("，".join(zh), ", ".join(en)), *(remark.found for remark in remarks)]
    if "renames" in facts.pending:
        said.append(_PENDING["renames"])
    evidence = Text(
        f"{'；'.join(part.zh for part in said)}。", f"{'; '.join(part.en for part in said)}."
    )
    for verdict in ("fail", "unknown", "warn"):
        advice = [remark.advice for remark in remarks if remark.verdict == verdict]
        if advice:
            return Finding(verdict, evidence, _joined(advice))
    return Finding("pass", evidence)


def _version(facts: SystemFacts) -> Iterable[Remark]:
    another = Text("请换一台电脑参赛。", "Use another computer.")
    if facts.bits is None or (facts.family == "windows" and facts.build is None):
        yield Remark(
            "unknown",
            Text("系统版本读不出", "its version is not told"),
            Text(
                "请在“设置—系统—关于”中查看版本，至少要 64 位 Windows 10 1809。",
                "Look at Settings, System, About: at least 64-bit Windows 10 1809 is needed.",
            ),
        )
        return
    if facts.bits != 64:  # noqa: PLR2004 - the name of the thing
        yield Remark("fail", Text("32 位系统", "a 32-bit system"), another)
    first = FIRST_BUILD_ARM if facts.architecture in _ARM else FIRST_BUILD
    if facts.build is not None and facts.build < first:
        yield Remark(
            "fail",
            Text(f"版本太旧，至少要 build {first}", f"too old, at least build {first} is needed"),
            Text(
                "请更新 Windows 到最新版本，或换一台电脑参赛。",
                "Update Windows to its latest version, or use another computer.",
            ),
        )


def _restart(facts: SystemFacts) -> Iterable[Remark]:
    reasons = [_PENDING[reason] for reason in facts.pending if reason in _MUST_RESTART]
    if reasons:
        yield Remark(
            "warn",
            Text(
                f"等待重启：{'、'.join(reason.zh for reason in reasons)}",
                f"waits for a restart: {', '.join(reason.en for reason in reasons)}",
            ),
            Text(
                "请在比赛前重启电脑，等更新装完，再检查一次。",
                "Restart before the contest, let the updates finish, check again.",
            ),
        )


def _hours(spans: tuple[Span, ...], facts: SystemFacts) -> Iterable[Remark]:
    hours = facts.active_hours
    open_to_updates = [span for span in spans if not (facts.paused_until_us or 0) >= span.ends_us]
    if facts.family != "windows" or hours is None or not open_to_updates:
        return
    uncovered = [span for span in open_to_updates if not covers(hours, span)]
    if not uncovered:
        return
    begin, end = (_local(uncovered[0].begins_us), _local(uncovered[0].ends_us))
    contest = f"{begin:%m-%d %H:%M}-{end:%H:%M}"
    own = f"{hours.start}:00-{hours.end}:00"
    automatic = (
        Text("，由系统自动调整", ", moved by Windows itself") if hours.is_automatic else None
    )
    yield Remark(
        "warn",
        Text(
            f"更新的使用时段 {own}{automatic.zh if automatic else ''}，没有包括比赛 {contest}",
            f"active hours {own}{automatic.en if automatic else ''} "
            f"do not hold the contest {contest}",
        ),
        Text(
            f"请在“设置—Windows 更新—高级选项—使用时段”中改为手动，包括 {contest}，或暂停更新。",
            f"In Settings, Windows Update, Advanced options, set active hours by hand so that they "
            f"hold {contest}, or pause updates.",
        ),
    )


def covers(hours: Hours, span: Span) -> bool:
    """Tell whether Windows leaves all of `span` alone; hours of this computer's own time zone."""
    begin, end = _local(span.begins_us), _local(span.ends_us)
    length = (hours.end - hours.start) % _DAY_HOURS
    opens = begin.replace(hour=hours.start, minute=0, second=0, microsecond=0)
    if opens > begin:
        opens -= timedelta(days=1)
    return end <= opens + timedelta(hours=length)


def _local(moment_us: int) -> datetime:
    """Return a moment in Beijing's time: contest and computer are there."""
    return datetime.fromtimestamp(moment_us / SECOND_US, UTC).astimezone(_ZONE)


def _desktop(facts: SystemFacts) -> Iterable[Remark]:
    if facts.session == "wayland":
        yield Remark(
            "warn",
            Text("桌面会话是 Wayland，录不到整个屏幕", "a Wayland session hides the screen"),
            Text(
                "请注销，在登录界面的齿轮菜单中选“Xorg”再登录，然后再检查一次。",
                "Log out, choose “Xorg” in the menu of the login screen, log in, check again.",
            ),
        )


def _joined(sentences: list[Text]) -> Text:
    return Text("".join(text.zh for text in sentences), " ".join(text.en for text in sentences))
