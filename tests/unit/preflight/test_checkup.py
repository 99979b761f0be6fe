"""A run that a window shows: live, stopped, one again; what is remembered and what changed."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from client.base.text import Text
from client.evidence.entries import CheckResult
from client.preflight.check import Check, Finding, Outcome
from client.preflight.checkup import Begun, Checkup, Far
from client.preflight.reports.own import OwnRuns
from tests.private import only_mine

NOTHING = Text("无", "none")


class Machine:
    """A computer whose checks a test sets; counts how often each was probed."""

    def __init__(self) -> None:
        self.verdicts = {"clock": "pass", "disk": "pass", "cameras": "pass"}
        self.things: dict[str, tuple[str, ...]] = {}
        self.probed: list[str] = []
        self.held: dict[str, threading.Event] = {}
        self.stops: list[str] = []

    def __call__(self) -> list[Check]:
        return [self._check(name) for name in self.verdicts]

    def _check(self, name: str) -> Check:
        def probe() -> str:
            self.probed.append(name)
            self.held.get(name, DONE).wait(10)
            return self.verdicts[name]

        return Check(
            name,
            Text(f"项 {name}", f"Item {name}"),
            NOTHING,
            probe,
            lambda verdict: Finding(
                verdict, Text("看到", "seen"), None if verdict == "pass" else NOTHING
            ),
            stop=lambda: self.stops.append(name),
            follow=lambda tell: tell(Text("一半", "half")),
            things=lambda _: self.things.get(name, ()),
        )


DONE = threading.Event()
DONE.set()


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def runs(tmp_path: Path) -> OwnRuns:
    return OwnRuns(tmp_path / "checks")


def ran(checkup: Checkup, *only: str) -> dict[str, str]:
    report = checkup.run(lambda _: None, only)
    return {one.check.name: one.finding.verdict for one in report.outcomes}


def test_everything_is_told_as_it_comes(machine: Machine, runs: OwnRuns) -> None:
    news: list[object] = []
    Checkup(machine, runs).run(news.append)
    assert isinstance(news[0], Begun)
    assert [check.name for check in news[0].checks] == ["clock", "disk", "cameras"]
    assert {one.check for one in news if isinstance(one, Far)} == {"clock", "disk", "cameras"}
    assert {one.check.name for one in news if isinstance(one, Outcome)} == set(machine.verdicts)


def test_one_is_run_again_alone_and_the_rest_stays_in_its_order(
    machine: Machine, runs: OwnRuns
) -> None:
    machine.verdicts["disk"] = "fail"
    checkup = Checkup(machine, runs)
    assert ran(checkup) == {"clock": "pass", "disk": "fail", "cameras": "pass"}
    machine.verdicts["disk"], machine.verdicts["clock"] = "pass", "fail"
    machine.probed.clear()
    again = ran(checkup, "disk")
    assert machine.probed == ["disk"]
    assert list(again.items()) == [("clock", "pass"), ("disk", "pass"), ("cameras", "pass")]


def test_a_run_is_stopped_at_once_and_says_so(machine: Machine, runs: OwnRuns) -> None:
    machine.held["disk"] = gate = threading.Event()
    checkup = Checkup(machine, runs)
    seen: list[object] = []

    def hear(news: object) -> None:
        seen.append(news)
        if sum(isinstance(one, Outcome) for one in seen) == 2:
            checkup.stop()

    report = checkup.run(hear)
    gate.set()
    found = {one.check.name: one.finding for one in report.outcomes}
    assert found["disk"].verdict == "unknown"
    assert "提前停止" in found["disk"].evidence.zh
    assert {found["clock"].verdict, found["cameras"].verdict} == {"pass"}
    assert machine.stops == ["disk"]


def test_what_was_known_before_a_stopped_run_is_not_lost(machine: Machine, runs: OwnRuns) -> None:
    checkup = Checkup(machine, runs)
    ran(checkup)
    machine.held["clock"] = gate = threading.Event()
    report = checkup.run(
        lambda news: checkup.stop() if isinstance(news, Begun) else None, ["clock"]
    )
    gate.set()
    assert {one.finding.verdict for one in report.outcomes} == {"pass"}


def test_a_device_that_was_changed_is_told_by_name(machine: Machine, runs: OwnRuns) -> None:
    machine.things = {"cameras": ("HD 720p",), "clock": ("不变",)}
    first = Checkup(machine, runs)
    ran(first)
    assert first.changes() is None
    machine.things["cameras"] = ("C920",)
    machine.verdicts["disk"] = "warn"
    second = Checkup(machine, runs)
    ran(second)
    told = second.changes()
    assert told is not None
    assert "上次全部合格时" in told.zh
    assert "项 cameras换成了 C920（原来是 HD 720p）" in told.zh
    assert "Item disk (pass→warning)" in told.en
    assert "clock" not in told.en


def test_only_a_whole_run_without_a_fault_is_a_good_one(machine: Machine, runs: OwnRuns) -> None:
    machine.verdicts["disk"] = "fail"
    ran(Checkup(machine, runs))
    assert not (runs.folder / "good.json").exists()
    machine.verdicts["disk"] = "pass"
    ran(Checkup(machine, runs), "disk")
    assert not (runs.folder / "good.json").exists()
    ran(Checkup(machine, runs))
    past = runs.past()
    assert past is not None
    assert past.is_good
    machine.verdicts["disk"] = "fail"
    ran(Checkup(machine, runs))
    assert runs.past() == past


@pytest.mark.parametrize("rubbish", [b"", b"{}", b"\xff" * 100, b"[" * 100_000])
def test_a_memory_that_cannot_be_read_is_none(machine: Machine, runs: OwnRuns, rubbish) -> None:
    runs.folder.mkdir()
    for name in ("last.json", "good.json"):
        (runs.folder / name).write_bytes(rubbish)
    assert runs.past() is None
    assert ran(Checkup(machine, runs))["clock"] == "pass"


def test_that_nothing_can_be_remembered_ends_no_run(machine: Machine, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert ran(Checkup(machine, OwnRuns(tmp_path / "file" / "checks")))["clock"] == "pass"


def test_after_a_restart_verdicts_have_their_words_again(machine: Machine, runs: OwnRuns) -> None:
    machine.verdicts["disk"] = "fail"
    ran(Checkup(machine, runs))
    results = (
        CheckResult(check="disk", verdict="fail"),
        CheckResult(check="clock", verdict="warn"),
    )
    checkup = Checkup(machine, runs)
    disk, clock = checkup.restore(results)
    assert (disk.check.title.zh, disk.finding.advice) == ("项 disk", NOTHING)
    assert (clock.check.title.zh, clock.finding.verdict) == ("clock", "warn")
    assert [one.verdict for one in checkup.report().results] == ["fail", "warn"]


def test_what_is_remembered_has_no_more_than_a_report(machine: Machine, runs: OwnRuns) -> None:
    ran(Checkup(machine, runs))
    kept = json.loads((runs.folder / "last.json").read_bytes())
    assert set(kept) == {"kind", "when", "plan", "complete", "results"}
    assert only_mine(runs.folder / "last.json")
