"""Makes the report of this run: merged with what is still good of the last one, and compared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from client.base.errors import BadInputError
from client.base.text import Text
from client.contest.contestant import ROLE_WORDS
from client.contest.plan import PublishedPlan
from client.preflight.check import Check, Outcome, Report
from client.preflight.reports.model import (
    LONGEST_THING,
    MOST_RESULTS,
    MOST_THINGS,
    Both,
    Change,
    Comparison,
    ReportedPlan,
    Result,
    RoleName,
    RoomPhoto,
    SeatReport,
    TickName,
    printable,
)

AGAIN = ("fail", "unknown")
"""Verdicts that `--again` asks anew."""


@dataclass(frozen=True)
class Place:
    """Which computer this is, in the room and on the network."""

    seat: str
    role: RoleName
    host: str


class Past(Protocol):
    """An earlier run that another one can be compared with."""

    @property
    def when(self) -> datetime:
        """When it ended."""
        ...

    @property
    def results(self) -> Sequence[Result]:
        """What it found."""
        ...

    @property
    def is_good(self) -> bool:
        """Whether everything was checked, and nothing failed or stayed unknown."""
        ...


@dataclass(frozen=True)
class Run:
    """One run of the checks: when it ended (UTC), how long it took, what ran it."""

    when: datetime
    seconds: float
    software: str


def plan_of(published: PublishedPlan | None) -> ReportedPlan | None:
    """Return how a report names a plan."""
    if published is None:
        return None
    plan = published.plan
    return ReportedPlan(id=plan.id, revision=plan.revision, sha256=published.sha256)


def wanted(
    checks: Sequence[Check[Any]], only: Sequence[str], last: SeatReport | None
) -> tuple[Check[Any], ...]:
    """Return the checks to run: those of `only`, else what failed or is not in `last`, else all.

    BadInputError where `only` names a check that there is not.
    """
    known = [check.name for check in checks]
    for name in only:
        if name not in known:
            raise BadInputError(
                Text(f"没有检查项“{name}”。", f"There is no check “{name}”."),
                Text(f"可以是：{'、'.join(known)}。", f"It may be: {', '.join(known)}."),
            )
    if only:
        return tuple(check for check in checks if check.name in only)
    if last is None:
        return tuple(checks)
    good = {result.check for result in last.results if result.verdict not in AGAIN}
    return tuple(check for check in checks if check.name not in good)


def require_same(last: SeatReport, place: Place, plan: ReportedPlan | None) -> None:
    """BadInputError where `last` is of another computer or was judged by another plan."""
    if (last.seat, last.role, last.host) != (place.seat, place.role, place.host):
        role = ROLE_WORDS[last.role]
        raise BadInputError(
            Text(
                f"上一份报告属于另一台电脑（{last.seat} {role.zh}，{last.host}）。",
                f"The last report is of another computer ({last.seat} {role.en}, {last.host}).",
            ),
            Text("请全部重新检查。", "Run all checks."),
        )
    if last.plan != plan:
        raise BadInputError(
            Text("上一份报告用的是另一份竞赛方案。", "The last report was judged by another plan."),
            Text("请全部重新检查。", "Run all checks."),
        )


def make_report(  # noqa: PLR0913 - each is one part of the report
    place: Place,
    run: Run,
    plan: ReportedPlan | None,
    report: Report,
    all_names: Sequence[str],
    *,
    last: SeatReport | None = None,
    compared_with: SeatReport | None = None,
    ticks: Iterable[TickName] = (),
    photo: RoomPhoto | None = None,
) -> SeatReport:
    """Return the report file of this run.

    `last`: results that were not asked anew are taken from it, each with its own time, and what
    somebody showed on site. `all_names`: every check that this program has, in the order in which
    they are shown.
    """
    results = {outcome.check.name: result_of(outcome, run.when) for outcome in report.outcomes}
    kept = {result.check: result for result in last.results} if last is not None else {}
    shown = [name for name, result in kept.items() if result.on_site]
    names = dict.fromkeys((*all_names, *shown))
    merged = [found for name in names if (found := results.get(name) or kept.get(name))]
    merged = merged[:MOST_RESULTS]
    ticked = {*ticks, *(last.ticks if last is not None else ())}
    return SeatReport(
        kind="saijian.preflight/2",
        when=run.when,
        seconds=round(run.seconds, 1),
        software=printable(run.software, 80),
        seat=place.seat,
        role=place.role,
        host=place.host,
        plan=plan,
        failed=any(result.verdict == "fail" for result in merged),
        complete=set(all_names) <= {result.check for result in merged},
        results=tuple(merged),
        compared=compare(merged, compared_with),
        ticks=tuple(sorted(ticked)),
        photo=photo or (last.photo if last is not None else None),
    )


def result_of(outcome: Outcome, when: datetime) -> Result:
    """Return one outcome as a report holds it; `when`: when it was measured."""
    check, finding = outcome.check, outcome.finding
    return Result(
        check=check.name,
        title=Both.of(check.title),
        requirement=Both.of(check.requirement),
        verdict=finding.verdict,
        evidence=Both.of(finding.evidence),
        advice=None if finding.advice is None else Both.of(finding.advice),
        on_site=check.on_site,
        measured=when,
        things=tuple(
            filter(None, (printable(one, LONGEST_THING).strip() for one in finding.things))
        )[:MOST_THINGS],
    )


def compare(results: Iterable[Result], before: Past | None) -> Comparison | None:
    """Return what of `results` is not as it was in `before`: verdicts, and things by name."""
    if before is None:
        return None
    old = {result.check: result for result in before.results}
    new = {result.check: result for result in results}
    changes = []
    for name in [*new, *(name for name in old if name not in new)]:
        change = _change(old.get(name), new.get(name))
        if change is not None:
            changes.append(change)
    return Comparison(when=before.when, was_good=before.is_good, changes=tuple(changes))


def _change(was: Result | None, now: Result | None) -> Change | None:
    """Return what changed; things are compared only where both runs name some."""
    shown = now or was
    assert shown is not None  # noqa: S101 - one of the two is always there
    before, after = (set(one.things) if one is not None else set() for one in (was, now))
    named = bool(was and now and before and after)
    gone = tuple(sorted(before - after)) if named else ()
    new = tuple(sorted(after - before)) if named else ()
    verdicts = (was.verdict if was else None, now.verdict if now else None)
    if verdicts[0] == verdicts[1] and not gone and not new:
        return None
    return Change(
        check=shown.check,
        title=shown.title,
        before=verdicts[0],
        now=verdicts[1],
        gone=gone,
        new=new,
    )
