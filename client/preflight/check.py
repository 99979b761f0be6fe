"""What a preflight check is: something measured, judged against something asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from client.base.text import Text
from client.contest.values import Slug
from client.evidence.entries import CheckResult
from client.preflight.fixes import FixName

Verdict = Literal["pass", "warn", "fail", "unknown"]
"""`unknown`: it could not be measured. It never means that all is well."""
VERDICTS: tuple[Verdict, ...] = ("pass", "warn", "fail", "unknown")

LIMIT_SECONDS = 5.0

M = TypeVar("M")


Tell = Callable[[Text], None]
"""Takes a sentence on how far a probe is; it may come from the probe's thread."""


def _nothing() -> None:
    """Leave a probe alone: there is nothing to stop."""


def _unfollowed(_: Tell) -> None:
    """Tell nobody: the probe is over before anybody asks."""


def _unnamed(_: Any) -> tuple[str, ...]:  # noqa: ANN401 - whatever the check measures
    """Name nothing: what was measured is figures."""
    return ()


@dataclass(frozen=True)
class Finding:
    """What a check says of this computer."""

    verdict: Verdict
    evidence: Text
    """What was measured, with figures."""
    advice: Text | None = None
    """What to do next; None only where nothing is to be done."""
    fix: FixName | None = None
    """What this program can do for the person on a click."""
    things: tuple[str, ...] = ()
    """What was found, by name and without figures: what another day is compared with."""


@dataclass(frozen=True)
class Check(Generic[M]):
    """One question about this computer, asked apart from the others.

    `probe` measures and may take time, throw or hang; `judge` is pure, so that every verdict can be
    tested with a made-up measurement.
    """

    name: Slug
    title: Text
    requirement: Text
    """What the plan asks, in plain words."""
    probe: Callable[[], M]
    judge: Callable[[M], Finding]
    limit_seconds: float = LIMIT_SECONDS
    """After so long its answer is not waited for."""
    stop: Callable[[], None] = _nothing
    """Ends what `probe` started elsewhere; called when its answer is not wanted any more."""
    follow: Callable[[Tell], None] = _unfollowed
    """Says, before `probe` is called, to whom it may tell how far it is."""
    on_site: bool = False
    """需到场: somebody must be at the computer (typing, framing); else it runs by itself, 自动."""
    things: Callable[[M], Iterable[str]] = _unnamed
    """Pure: names of what was measured, for `Finding.things`."""
    fix: FixName | None = None
    """The fix of a finding that is no pass and names none itself."""


@dataclass(frozen=True)
class Outcome:
    """A check with its finding."""

    check: Check[Any]
    finding: Finding

    @property
    def result(self) -> CheckResult:
        """Return the verdict as the journal keeps it."""
        return CheckResult(check=self.check.name, verdict=self.finding.verdict)

    def to_json(self) -> dict[str, Any]:
        """Return it as `docs/formats/preflight.md` describes."""
        advice = self.finding.advice
        return {
            "check": self.check.name,
            "title": self.check.title._asdict(),
            "requirement": self.check.requirement._asdict(),
            "verdict": self.finding.verdict,
            "evidence": self.finding.evidence._asdict(),
            "advice": None if advice is None else advice._asdict(),
        }


@dataclass(frozen=True)
class Report:
    """All outcomes in the order in which the checks were given, whatever finished first."""

    outcomes: tuple[Outcome, ...]

    @property
    def has_failures(self) -> bool:
        """Tell whether something must be put right before the contest."""
        return any(outcome.finding.verdict == "fail" for outcome in self.outcomes)

    @property
    def results(self) -> tuple[CheckResult, ...]:
        """Return the verdicts as journal and organizer take them."""
        return tuple(outcome.result for outcome in self.outcomes)

    def to_json(self) -> dict[str, Any]:
        """Return the report as `docs/formats/preflight.md` describes."""
        return {
            "kind": "saijian.preflight/1",
            "failed": self.has_failures,
            "results": [outcome.to_json() for outcome in self.outcomes],
        }
