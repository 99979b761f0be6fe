"""What this computer remembers of its own runs: the last one, and the last good one.

For this user only, in SaiJian's data; a report of a seat is another thing (`model.py`).
"""

from __future__ import annotations

import contextlib
import logging
import tempfile
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from client.base.errors import StorageError
from client.base.files import private_folder, write_atomically
from client.base.text import Text
from client.contest.plan import PublishedPlan
from client.contest.values import Value
from client.evidence.entries import CheckResult
from client.evidence.layout import sessions_root
from client.preflight.check import Check, Finding, Outcome
from client.preflight.reports.history import read_some
from client.preflight.reports.make import compare, plan_of, result_of
from client.preflight.reports.model import (
    MAX_REPORT_BYTES,
    MOST_RESULTS,
    Comparison,
    ReportedPlan,
    Result,
    RoomPhoto,
    UtcMoment,
)
from client.preflight.reports.photo import photo_of

log = logging.getLogger(__name__)
_UNKNOWN_ADVICE = Text("请再检查一次。", "Check once more.")


def own_folder(name: str) -> Path:
    """Return where this computer keeps its own copies of one kind."""
    try:
        return sessions_root().parent / name
    except StorageError:  # this user's data lies on the network
        return Path(tempfile.gettempdir()) / f"saijian-{name}"


class OwnRun(Value):
    """One run of this computer."""

    kind: Literal["saijian.checks/1"] = "saijian.checks/1"
    when: UtcMoment
    plan: ReportedPlan | None
    complete: bool
    results: Annotated[tuple[Result, ...], Field(max_length=MOST_RESULTS)]

    @property
    def is_good(self) -> bool:
        """Tell whether everything was checked and nothing failed or stayed unknown."""
        bad = any(result.verdict in ("fail", "unknown") for result in self.results)
        return self.complete and not bad


@dataclass(frozen=True)
class OwnRuns:
    """The two files in `folder`; what cannot be read is as if it were not there."""

    folder: Path

    def past(self) -> OwnRun | None:
        """Return what a new run is compared with: the last good one, else the last."""
        return self._load("good.json") or self._load("last.json")

    def last(self) -> OwnRun | None:
        """Return the last run."""
        return self._load("last.json")

    def keep(self, run: OwnRun) -> None:
        """Remember `run`; that it cannot be written matters to nothing else."""
        data = run.model_dump_json().encode()
        try:
            private_folder(self.folder)
            for name in ("last.json", *(["good.json"] if run.is_good else [])):
                write_atomically(self.folder / name, data, private=True)
        except OSError as error:
            log.warning("the run is not remembered: %s", error)

    def keep_photo(self, data: bytes) -> RoomPhoto:
        """Keep a picture of the room beside the runs; OSError where it cannot be written."""
        photo = photo_of(data, "last")
        private_folder(self.folder)
        write_atomically(self.folder / photo.file, data, private=True)
        return photo

    def _load(self, name: str) -> OwnRun | None:
        with contextlib.suppress(OSError, ValidationError):
            data = read_some(self.folder / name)
            return OwnRun.model_validate_json(data) if len(data) <= MAX_REPORT_BYTES else None
        return None


class PastRuns(OwnRuns):
    """Runs to compare with; of a trial's own checks, 试一遍, nothing is remembered."""

    def keep(self, run: OwnRun) -> None:
        """Forget it."""

    def keep_photo(self, data: bytes) -> RoomPhoto:
        """Forget the picture; return what a report would say of it."""
        return photo_of(data, "last")


def run_of(
    outcomes: Iterable[Outcome], published: PublishedPlan | None, *, complete: bool
) -> OwnRun:
    """Return what is remembered of `outcomes`, which ended just now."""
    now = datetime.now(UTC).replace(microsecond=0)
    return OwnRun(
        when=now,
        plan=plan_of(published),
        complete=complete,
        results=tuple(result_of(outcome, now) for outcome in outcomes)[:MOST_RESULTS],
    )


def changed_since(past: OwnRun | None, run: OwnRun) -> Comparison | None:
    """Return what changed in checks that both runs made and that ran by themselves."""
    if past is None:
        return None
    both = {one.check for one in past.results} & {one.check for one in run.results}
    before = past.model_copy(update={"results": _only(past.results, both)})
    return compare(_only(run.results, both), before)


def _only(results: Sequence[Result], names: Collection[str]) -> tuple[Result, ...]:
    return tuple(one for one in results if one.check in names and not one.on_site)


def restored(results: Iterable[CheckResult], run: OwnRun | None) -> tuple[Outcome, ...]:
    """Return outcomes for verdicts of a journal, in words as far as `run` is what they came of."""
    known = {(one.check, one.verdict): one for one in run.results} if run is not None else {}
    return tuple(
        _outcome(verdict, known.get((verdict.check, verdict.verdict))) for verdict in results
    )


def _outcome(verdict: CheckResult, kept: Result | None) -> Outcome:
    def never() -> None:
        raise AssertionError(verdict.check)

    if kept is None:
        name = Text(verdict.check, verdict.check)
        nothing = Text("没有留下说明。", "No words of it were kept.")
        advice = None if verdict.verdict == "pass" else _UNKNOWN_ADVICE
        finding = Finding(verdict.verdict, nothing, advice)
        return Outcome(Check(verdict.check, name, nothing, never, lambda _: finding), finding)
    advice = None if kept.advice is None else Text(kept.advice.zh, kept.advice.en)
    finding = Finding(
        kept.verdict, Text(kept.evidence.zh, kept.evidence.en), advice, things=kept.things
    )
    check = Check(
        kept.check,
        Text(kept.title.zh, kept.title.en),
        Text(kept.requirement.zh, kept.requirement.en),
        never,
        lambda _: finding,
        on_site=kept.on_site,
    )
    return Outcome(check, finding)
