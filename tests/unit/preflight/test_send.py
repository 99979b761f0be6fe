"""What the organizer does not have yet waits here, and goes along with the next run."""

from __future__ import annotations

from pathlib import Path

import pytest

from client.base.errors import OrganizerError
from client.base.text import Text
from client.contest.plan import PublishedPlan
from client.preflight.reports.make import ReportedPlan
from client.preflight.reports.send import MOST_UNSENT, send
from client.remote.failures import RequestRefusedError
from tests import rooms

PLAN = ReportedPlan(id="test-contest", revision=1, sha256="ab" * 32)
GONE = OrganizerError(Text("连不上。", "Nobody there."), Text("再试。", "Again."))


class Desk:
    """An organizer that answers as it is told."""

    def __init__(self) -> None:
        self.has: list[bytes] = []
        self.answer: Exception | None = None

    def post(self, data: bytes) -> None:
        if self.answer is not None:
            raise self.answer
        self.has.append(data)


def report(seat: str = "A1", plan: ReportedPlan | PublishedPlan = PLAN) -> bytes:
    return rooms.seat_report(seat).model_copy(update={"plan": plan}).to_bytes()


@pytest.fixture
def unsent(tmp_path: Path) -> Path:
    return tmp_path / "unsent"


def test_one_that_finds_nobody_waits_and_goes_with_the_next(unsent: Path) -> None:
    desk = Desk()
    desk.answer = GONE
    first = send("A1-1.json", report(), "test-contest", unsent, desk.post)
    assert (first.is_sent, first.is_kept, first.why) == (False, True, GONE.title)
    desk.answer = None
    second = send("A2-2.json", report("A2"), "test-contest", unsent, desk.post)
    assert (second.is_sent, second.earlier, second.why) == (True, 1, None)
    assert desk.has == [report("A2"), report()]
    assert list(unsent.iterdir()) == []


def test_what_is_refused_does_not_wait(unsent: Path) -> None:
    desk = Desk()
    desk.answer = RequestRefusedError("bad_report", Text("不收。", "No."))
    told = send("A1-1.json", report(), "test-contest", unsent, desk.post)
    assert (told.is_sent, told.is_kept, told.why) == (False, False, desk.answer.title)
    assert list(unsent.iterdir()) == []


def test_reports_of_another_contest_and_rubbish_stay_where_they_are(unsent: Path) -> None:
    desk = Desk()
    unsent.mkdir()
    other = report(plan=PLAN.model_copy(update={"id": "other"}))
    (unsent / "other.json").write_bytes(other)
    (unsent / "rubbish.json").write_bytes(b"{")
    assert send("A1.json", report(), "test-contest", unsent, desk.post).earlier == 0
    assert {path.name for path in unsent.iterdir()} == {"other.json", "rubbish.json"}


def test_no_more_than_twenty_wait(unsent: Path) -> None:
    desk = Desk()
    desk.answer = GONE
    for number in range(MOST_UNSENT + 5):
        send(f"A1-{number}.json", report(), "test-contest", unsent, desk.post)
    desk.answer = None
    assert send("last.json", report(), "test-contest", unsent, desk.post).earlier == MOST_UNSENT
    assert list(unsent.iterdir()) == []


def test_a_computer_that_can_keep_nothing_sends_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "unsent").write_bytes(b"a file in the way")
    desk = Desk()
    assert send("A1.json", report(), "test-contest", tmp_path / "unsent", desk.post).is_sent
    desk.answer = GONE
    told = send("A1.json", report(), "test-contest", tmp_path / "unsent", desk.post)
    assert (told.is_sent, told.is_kept) == (False, False)
