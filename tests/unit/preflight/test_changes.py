"""What changed between two runs, by name, in words that a contestant understands."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from client.preflight.check import Report
from client.preflight.reports.changes import what_changed
from client.preflight.reports.make import Place, Run, compare, make_report
from client.preflight.reports.model import Both, Result, Verdict, read_report
from client.preflight.reports.own import OwnRun
from tests import rooms

WHEN = datetime(2026, 11, 25, 12, 10, tzinfo=UTC)
WORDS = Both(zh="麦克风", en="Microphones")


def result(verdict: Verdict, *things: str, check: str = "microphones") -> Result:
    return Result(
        check=check,
        title=WORDS,
        requirement=WORDS,
        verdict=verdict,
        evidence=WORDS,
        advice=None,
        on_site=False,
        measured=WHEN,
        things=things,
    )


def told(before: Result, now: Result) -> str | None:
    past = OwnRun(when=WHEN, plan=None, complete=True, results=(before,))
    sentence = what_changed(compare((now,), past))
    return None if sentence is None else sentence.zh


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        (result("pass", "A"), result("pass", "A"), None),
        (result("pass", "A"), result("pass", "B"), "麦克风换成了 B（原来是 A）"),
        (result("pass", "A", "B"), result("pass", "A"), "麦克风少了 B"),
        (result("pass", "A"), result("warn", "A", "B", "C"), "麦克风多了 B、C（通过→注意）"),
        (result("pass", "A", "B"), result("pass", "C", "D", "E"), "麦克风少了 A、B，多了 C、D、E"),
        (result("pass"), result("fail"), "麦克风（通过→不合格）"),
        (result("pass"), result("pass", "A"), None),  # a report of before things were kept
    ],
)
def test_things_and_verdicts_are_compared_by_name(before, now, said) -> None:
    sentence = told(before, now)
    if said is None:
        assert sentence is None
    else:
        assert sentence is not None
        assert sentence.endswith(f"：{said}。")


def test_the_day_is_beijings_and_a_run_that_was_not_good_is_not_called_so() -> None:
    good = told(result("pass"), result("fail"))
    bad = told(result("fail"), result("pass"))
    assert good is not None
    assert bad is not None
    assert good.startswith("与上次全部合格时（11-25 20:10）相比")
    assert bad.startswith("与上次（11-25 20:10）相比")


def test_a_report_of_before_is_still_read() -> None:
    report = json.loads(rooms.seat_report("A12").to_bytes())
    del report["photo"]
    for one in report["results"]:
        del one["things"]
    read = read_report(json.dumps(report).encode())
    assert read.photo is None
    assert {one.things for one in read.results} == {()}


def test_what_was_shown_on_site_is_not_lost_when_the_rest_runs_again() -> None:
    made = rooms.seat_report("A12")
    typed = result("pass", check="input-wubi").model_copy(update={"on_site": True})
    last = made.model_copy(update={"results": (*made.results, typed)})
    names = [one.check for one in made.results]
    place = Place(made.seat, made.role, made.host)
    again = make_report(place, Run(WHEN, 1, "x"), None, Report(()), names, last=last)
    assert again.results[-1] == typed
    assert again.complete
    assert not make_report(place, Run(WHEN, 1, "x"), None, Report(()), names).complete
