"""The window's side of the coach, with processes that answer, crash, hang and babble."""

import sys
import time

import pytest

from client.identity import coach as module
from client.identity import steps
from client.identity.coach import Coach, Surroundings
from client.identity.faults import Fault
from client.identity.outcome import Document, Enrolled, Outcome
from client.identity.steps import Step
from tests.identity_scenes import card

NUMBER, NAME = "990000199001010004", "样本"
PROCESS = """
import sys, time
from client.identity.messages import Begin, Ready, Seen, read, write
begin, _ = read(sys.stdin.buffer)
assert begin.name == "样本"
assert begin.document.is_number("990000199001010004")
write(sys.stdout.buffer, Ready())
while True:
    look, jpeg = read(sys.stdin.buffer)
    fault = None if jpeg == b"good" else "glare"
    if jpeg == b"crash": sys.exit(3)
    if jpeg == b"hang": time.sleep(99)
    if jpeg == b"babble": print("Warning: something", flush=True)
    seen = Seen(fault=fault, card=((0.1, 0.2),), read="match", cpu_ms=5)
    write(sys.stdout.buffer, seen)
"""


class Stage:
    """What the coach is given; the test chooses the picture."""

    def __init__(self):
        self.shows = b"bad"
        self.reports = []
        self.refuses = False

    def picture(self):
        return self.shows

    def report(self, report):
        if self.refuses:
            raise OSError("no recorder")
        self.reports.append(report)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(module, "EVERY_S", 0.05)
    monkeypatch.setattr(module, "AGAIN_S", 0.05)
    monkeypatch.setattr(module, "ANSWERS_S", 0.6)


@pytest.fixture
def stage():
    return Stage()


@pytest.fixture
def coach(stage):
    command = (sys.executable, "-c", PROCESS)
    around = Surroundings(stage.picture, lambda: 0.5, stage.report)
    enrolled = card.enrolled(card.Person(NAME, NUMBER))
    made = Coach((Step.CARD_FRONT, Step.PLACE), enrolled, around, command)
    yield made
    made.close()
    assert made._process is None
    assert not any(thread.is_alive() for thread in made._threads)


def until(look, seconds=10.0):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if look():
            return
        time.sleep(0.02)
    raise AssertionError("did not happen")


def test_good_pictures_lead_through_the_steps_and_each_is_reported(coach, stage):
    until(lambda: coach.view().walk.lacking is Fault.GLARE)
    assert coach.view().card == ((0.1, 0.2),)
    stage.shows = b"good"
    until(lambda: len(stage.reports) == 2)
    first, last = stage.reports
    assert (first.step, first.accepted, first.read) == (Step.CARD_FRONT, True, Outcome.MATCH)
    assert (last.step, last.accepted, last.read) == (Step.PLACE, True, None)
    assert coach.view().walk.step is None


def test_going_on_is_reported_with_what_was_lacking(coach, stage, monkeypatch):
    until(lambda: coach.view().walk.lacking is Fault.GLARE)
    coach.skip()
    assert coach.view().walk.step is Step.CARD_FRONT  # 45 s are not over
    monkeypatch.setattr(steps, "PATIENCE_S", 0.0)
    assert coach.view().may_skip
    coach.skip()
    until(lambda: stage.reports)
    assert (stage.reports[0].accepted, stage.reports[0].lacking) == (False, Fault.GLARE)


@pytest.mark.parametrize("trouble", [b"crash", b"hang", b"babble"])
def test_a_process_that_fails_is_followed_by_another(coach, stage, trouble):
    until(lambda: coach.view().is_working)
    first = coach._process
    stage.shows = trouble
    until(lambda: coach._process is not first)
    assert first.wait(5) != 0
    stage.shows = b"good"
    until(lambda: coach.view().walk.at == 1)


def test_a_coach_that_cannot_start_leaves_only_going_on(stage, monkeypatch):
    around = Surroundings(stage.picture, lambda: 0.0, stage.report)
    made = Coach((Step.PLACE,), Enrolled(), around, ("/no/such/program",))
    monkeypatch.setattr(steps, "PATIENCE_S", 0.0)
    assert made.view().may_skip
    assert not made.view().is_working
    made.skip()
    until(lambda: stage.reports)
    made.close()


def test_a_report_waits_for_the_recorder(coach, stage):
    stage.refuses = True
    stage.shows = b"good"
    until(lambda: coach.view().walk.step is None)
    assert stage.reports == []
    stage.refuses = False
    until(lambda: len(stage.reports) == 2)


def test_leaving_reports_what_is_left_and_ends_the_process(coach, stage):
    until(lambda: coach.view().walk.lacking is not None)
    process = coach._process
    coach.leave()
    until(lambda: len(stage.reports) == 2)
    assert [r.accepted for r in stage.reports] == [False, False]
    assert process.wait(5) != 0
    until(lambda: not any(thread.is_alive() for thread in coach._threads))


def test_all_can_be_done_again_with_another_document(coach, stage):
    stage.shows = b"good"
    until(lambda: coach.view().walk.step is None)
    stage.shows = b"bad"
    coach.again(Document.OTHER)
    view = coach.view()
    assert (view.walk.step, view.document) == (Step.CARD_FRONT, Document.OTHER)
    until(lambda: coach.view().walk.lacking is Fault.GLARE)


def test_who_is_enrolled_is_forgotten(coach):
    until(lambda: coach.view().is_working)
    coach.close()
    assert coach._enrolled == Enrolled()
