"""A probe may tell how far it is; who runs the checks hears it with the check's name."""

from __future__ import annotations

from client.base.text import Text
from client.preflight.check import Check, Finding
from client.preflight.runner import run_checks

NOTHING = Text("无", "none")


class Slow:
    def __init__(self, name):
        self.name, self.tell = name, None

    def follow(self, tell):
        self.tell = tell

    def __call__(self):
        for step in "12":
            self.tell(Text(self.name + step, step))

    def check(self):
        good = Finding("pass", NOTHING)
        return Check(self.name, NOTHING, NOTHING, self, lambda _: good, follow=self.follow)


def test_progress_comes_in_order_and_with_its_check() -> None:
    heard = []
    checks = [Slow("a").check(), Slow("b").check(), Check("c", NOTHING, NOTHING, int, str)]
    found = list(run_checks(checks, lambda check, text: heard.append((check.name, text.zh))))
    assert [said for name, said in heard if name == "a"] == ["a1", "a2"]
    assert [said for name, said in heard if name == "b"] == ["b1", "b2"]
    assert {o.check.name: o.finding.verdict for o in found}["a"] == "pass"


def test_nobody_needs_to_listen() -> None:
    (outcome,) = run_checks([Slow("a").check()])
    assert outcome.finding.verdict == "pass"
