"""The checks of one computer as a window runs them: all at once, one again, stopped; kept.

checkup.run(hear)            in a thread of its own: `hear` is told of everything as it comes
checkup.run(hear, ["clock"]) this one again; the rest stays
checkup.stop()               from any thread
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from client.base.text import Text
from client.contest.plan import PublishedPlan
from client.evidence.entries import CheckResult
from client.preflight.check import Check, Outcome, Report
from client.preflight.checks.room import room_check
from client.preflight.reports.changes import what_changed
from client.preflight.reports.model import RoomPhoto, TickName
from client.preflight.reports.own import OwnRuns, changed_since, restored, run_of
from client.preflight.runner import STOPPED, examine, run_checks
from client.preflight.turns import in_turn


@dataclass(frozen=True)
class Begun:
    """These checks run now."""

    checks: tuple[Check[Any], ...]


@dataclass(frozen=True)
class Far:
    """How far one check is."""

    check: str
    words: Text


News = Begun | Far | Outcome
Hear = Callable[[News], None]
"""Called in the threads of the checks: it must return at once."""
Build = Callable[[], Sequence[Check[Any]]]


class Checkup:
    """Runs what `build` gives, anew for each run since a check is used once; keeps the outcomes."""

    def __init__(self, build: Build, runs: OwnRuns, published: PublishedPlan | None = None) -> None:
        """Nothing has been checked yet."""
        self._build = build
        self._runs = runs
        self.published = published
        self._past = runs.past()
        self._lock = threading.Lock()
        self._outcomes: dict[str, Outcome] = {}
        self._order: dict[str, int] = {}
        self._stopped = threading.Event()
        self.ticks: tuple[TickName, ...] = ()
        self.photo: RoomPhoto | None = None
        self.picture = b""
        self.seconds = 0.0
        """How long the last run took."""

    def run(self, hear: Hear, only: Collection[str] = ()) -> Report:
        """Run the checks named in `only`, else all; return once each has an outcome."""
        self._stopped.clear()
        begun = time.monotonic()
        checks = tuple(self._build())
        self._order = {check.name: place for place, check in enumerate(checks)}
        chosen = in_turn([check for check in checks if not only or check.name in only])
        hear(Begun(chosen))
        for outcome in run_checks(chosen, lambda c, far: hear(Far(c.name, far)), self._stopped):
            hear(self._take(outcome))
        self.seconds = time.monotonic() - begun
        self._remember()
        return self.report()

    def stop(self) -> None:
        """Let a run end now: what has no outcome yet is unknown."""
        self._stopped.set()

    def add(self, outcome: Outcome) -> Report:
        """Take in what somebody showed on site, such as typing; return all outcomes."""
        self._take(outcome)
        self._remember()
        return self.report()

    def add_room(self, ticks: tuple[TickName, ...], picture: bytes) -> Report:
        """Take in the room's checklist; a picture is kept with what is remembered of the run."""
        self.ticks = ticks
        if picture:
            self.picture, self.photo = picture, self._runs.keep_photo(picture)
        check = room_check(ticks, self.photo)
        return self.add(Outcome(check, examine(check)))

    def restore(self, results: Iterable[CheckResult]) -> tuple[Outcome, ...]:
        """Begin with an earlier run's verdicts; return them, with the words that were kept."""
        outcomes = restored(results, self._runs.last())
        with self._lock:
            self._outcomes = {outcome.check.name: outcome for outcome in outcomes}
        return outcomes

    def report(self) -> Report:
        """Return all outcomes so far, those from on site last."""
        last = len(self._order)
        with self._lock:
            known = list(self._outcomes.values())
        return Report(tuple(sorted(known, key=lambda o: self._order.get(o.check.name, last))))

    def names(self) -> tuple[str, ...]:
        """Return the names of all checks there are and of all outcomes, in their order."""
        shown = (outcome.check.name for outcome in self.report().outcomes)
        return tuple(dict.fromkeys((*self._order, *shown)))

    def changes(self) -> Text | None:
        """Say what is not as it was in the last good run of this computer before this one."""
        run = run_of(self.report().outcomes, self.published, complete=True)
        return what_changed(changed_since(self._past, run))

    def _take(self, outcome: Outcome) -> Outcome:
        """Keep `outcome`, unless it only says that the run was stopped; return what is kept."""
        with self._lock:
            before = self._outcomes.get(outcome.check.name)
            if before is not None and outcome.finding.evidence == STOPPED:
                return before
            self._outcomes[outcome.check.name] = outcome
            return outcome

    def _remember(self) -> None:
        report = self.report()
        made = {outcome.check.name for outcome in report.outcomes}
        complete = bool(self._order) and self._order.keys() <= made
        self._runs.keep(run_of(report.outcomes, self.published, complete=complete))
