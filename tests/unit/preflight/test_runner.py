"""One check that misbehaves harms no other, and never counts as passed."""

from __future__ import annotations

import threading
import time

import pytest

from client.base.errors import OrganizerError
from client.base.text import Text
from client.evidence.entries import CheckResult
from client.preflight.check import Check, Finding
from client.preflight.runner import report_of, run_checks

NOTHING = Text("无", "none")
GOOD = Finding("pass", Text("好。", "Good."))
BAD = Finding("fail", Text("坏。", "Bad."), Text("请修。", "Repair it."))


def check(name: str, probe=lambda: 1, judge=lambda _: GOOD, **more) -> Check:
    return Check(name, NOTHING, NOTHING, probe, judge, **more)


def throw(error: BaseException):
    def probe():
        raise error

    return probe


@pytest.fixture
def gate():
    gate = threading.Event()
    yield gate
    gate.set()


def verdicts(*checks: Check) -> dict[str, str]:
    found = list(run_checks(checks))
    return {outcome.check.name: outcome.finding.verdict for outcome in found}


def test_a_measurement_is_judged() -> None:
    seen = []
    kept = check("a", lambda: 42, lambda measured: seen.append(measured) or BAD)
    assert verdicts(kept) == {"a": "fail"}
    assert seen == [42]


@pytest.mark.parametrize(
    "broken",
    [
        check("broken", throw(ValueError("boom"))),
        check("broken", throw(SystemExit(3))),
        check("broken", throw(MemoryError())),
        check("broken", judge=lambda measured: measured["nothing"]),
        check("broken", judge=lambda _: None),
        check("broken", judge=lambda _: True),
        check("broken", judge=lambda _: "pass"),
        check("broken", judge=lambda _: Finding("splendid", NOTHING)),
    ],
)
def test_a_check_that_throws_or_answers_rubbish_is_unknown(broken: Check) -> None:
    outcomes = {o.check.name: o.finding for o in run_checks([broken, check("good")])}
    assert outcomes["good"] == GOOD
    assert outcomes["broken"].verdict == "unknown"
    assert outcomes["broken"].evidence.zh
    assert outcomes["broken"].advice is not None


def test_the_reason_is_named() -> None:
    (outcome,) = run_checks([check("a", throw(ValueError("boom")))])
    assert "ValueError: boom" in outcome.finding.evidence.en


def test_an_error_for_a_person_keeps_its_words() -> None:
    error = OrganizerError(Text("连不上。", "Not reached."), Text("检查网线。", "Check the cable."))
    (outcome,) = run_checks([check("a", throw(error))])
    assert (outcome.finding.evidence, outcome.finding.advice) == (error.title, error.advice)
    assert outcome.finding.verdict == "unknown"


def test_a_check_that_hangs_is_unknown_when_its_time_is_over(gate) -> None:
    begun = time.monotonic()
    found = verdicts(check("hangs", gate.wait, limit_seconds=0.3), check("good"))
    assert found == {"hangs": "unknown", "good": "pass"}
    assert 0.3 <= time.monotonic() - begun < 1.5


def test_one_that_may_take_longer_is_waited_for_and_what_hangs_is_stopped(gate) -> None:
    stopped = threading.Event()
    hangs = check("hangs", gate.wait, limit_seconds=0.1, stop=stopped.set)
    slow = check("slow", lambda: stopped.wait(10), limit_seconds=20)
    outcomes = run_checks([hangs, slow])
    assert next(outcomes).finding.evidence.en == "No result within 0.1 s."
    assert next(outcomes).finding == GOOD
    assert list(outcomes) == []


def test_who_does_not_wait_for_the_rest_stops_it(gate) -> None:
    stopped = []
    checks = [
        check("good", stop=lambda: stopped.append("good")),
        check("slow", gate.wait, stop=lambda: stopped.append("slow")),
    ]
    outcomes = run_checks(checks)
    assert next(outcomes).check.name == "good"
    outcomes.close()
    assert stopped == ["slow"]


def test_checks_run_side_by_side() -> None:
    together = threading.Barrier(8)
    checks = [check(f"c{number}", lambda: together.wait(5)) for number in range(8)]
    assert set(verdicts(*checks).values()) == {"pass"}


def test_results_come_as_they_are_ready_and_the_report_is_in_order(gate) -> None:
    checks = [check("slow", gate.wait), check("quick")]
    outcomes = run_checks(checks)
    first = next(outcomes)
    assert first.check.name == "quick"
    gate.set()
    report = report_of(checks, [first, *outcomes])
    assert [outcome.check.name for outcome in report.outcomes] == ["slow", "quick"]


def test_no_checks_no_outcomes() -> None:
    assert verdicts() == {}


@pytest.mark.parametrize(
    ("findings", "failed"),
    [
        ([GOOD], False),
        ([GOOD, BAD], True),
        ([Finding("warn", NOTHING)], False),
        ([Finding("unknown", NOTHING)], False),
    ],
)
def test_only_a_failure_fails_the_report(findings: list[Finding], *, failed: bool) -> None:
    checks = [check(f"c{n}", judge=lambda _, f=f: f) for n, f in enumerate(findings)]
    assert report_of(checks, run_checks(checks)).has_failures is failed


def test_the_report_in_json_and_for_the_journal() -> None:
    checks = [check("a", judge=lambda _: BAD), check("b")]
    report = report_of(checks, run_checks(checks))
    assert report.results == (
        CheckResult(check="a", verdict="fail"),
        CheckResult(check="b", verdict="pass"),
    )
    document = report.to_json()
    assert (document["kind"], document["failed"]) == ("saijian.preflight/1", True)
    assert document["results"][0] == {
        "check": "a",
        "title": {"zh": "无", "en": "none"},
        "requirement": {"zh": "无", "en": "none"},
        "verdict": "fail",
        "evidence": {"zh": "坏。", "en": "Bad."},
        "advice": {"zh": "请修。", "en": "Repair it."},
    }
    assert document["results"][1]["advice"] is None
