"""Phases of a recorder: what may follow what, what the plan's clock does, what comes back."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from client.base.clock import SECOND_US, monotonic_us
from client.contest.schedule import Schedule
from client.evidence.entries import Coached, Consent, Note, Step
from client.evidence.journal import Line, read_journal
from client.evidence.layout import SessionFolder
from client.recorder.child.agenda import Agenda
from client.recorder.child.chronicle import Chronicle
from client.recorder.child.recovery import Past, read_past
from client.recorder.child.session import RecorderSession
from client.recorder.protocol import (
    Ack,
    AddNote,
    Advance,
    GiveConsent,
    Refused,
    ReportCoached,
    Status,
)

FAR = 10**15


class Stage:
    """Stands in for devices and audience; remembers what it was asked."""

    wants_preview = wants_whole = False

    def __init__(self) -> None:
        self.opened: list[str] = []
        self.turned = threading.Event()
        self.statuses: list[Status] = []
        self.wants_preview = self.wants_whole = False
        self.preview = self.whole = None

    def open(self, phase: str):
        self.opened.append(phase)
        return [], self

    def turn_to_contest(self) -> None:
        self.turned.set()

    def publish(self, message) -> None:
        if isinstance(message, Status):
            self.statuses.append(message)


class Running:
    """A recorder session in a thread of this test, on a real journal."""

    def __init__(self, root: Path, agenda: Agenda, past: Past | None = None) -> None:
        self.folder = SessionFolder(root / "session").create()
        self.chronicle = Chronicle(self.folder, Ed25519PrivateKey.generate())
        self.stage = Stage()
        self.session = RecorderSession(
            self.folder, self.chronicle, agenda, self.stage, past or Past()
        )
        self.reason: list = []
        self._thread = threading.Thread(
            target=lambda: self.reason.append(self.session.run(self.stage))
        )
        self._thread.start()

    def ask(self, request):
        answers: list = []
        came = threading.Event()

        def answer(message) -> None:
            answers.append(message)
            came.set()

        self.session.handle(request, answer)
        assert came.wait(10)
        return answers[0]

    def step(self, name: str):
        return self.ask(Advance(id=7, step=name))

    def end(self):
        self.session.interrupt()
        self._thread.join(10)
        assert not self._thread.is_alive()
        return self.reason[0]

    def wait(self):
        self._thread.join(20)
        assert not self._thread.is_alive()
        return self.reason[0]

    def finished(self, seconds: float) -> bool:
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def steps(self) -> list[tuple[str, str]]:
        lines = [line for line in read_journal(self.folder.journal) if isinstance(line, Line)]
        return [(e.name, e.by) for e in (line.entry for line in lines) if isinstance(e, Step)]


NO_PLAN = Agenda(None, 0, None)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    running = Running(tmp_path, NO_PLAN)
    yield running
    running.session.interrupt()


def test_no_device_is_opened_without_consent(running: Running):
    refused = running.step("identity")
    assert isinstance(refused, Refused)
    assert "同意" in refused.zh
    assert running.stage.opened == []
    running.ask(GiveConsent(id=1, items=("recording",)))
    assert isinstance(running.step("identity"), Ack)
    assert running.stage.opened == ["identity"]


def test_the_answer_comes_after_the_line_is_on_the_disk(running: Running):
    ack = running.ask(GiveConsent(id=1, items=("recording",)))
    lines = list(read_journal(running.folder.journal))
    assert lines[ack.seq].entry == Consent(items=("recording",))


def test_a_remark_is_entered_in_both_languages(running: Running):
    ack = running.ask(AddNote(id=1, text="停电", text_en="power cut"))
    bare = running.ask(AddNote(id=2, text="power cut"))
    lines = list(read_journal(running.folder.journal))
    assert lines[ack.seq].entry == Note(level="info", zh="停电", en="power cut")
    assert lines[bare.seq].entry == Note(level="info", zh="power cut", en="power cut")


def test_what_the_coach_saw_is_a_line(running: Running):
    told = {"step": "card_front", "reached": False, "document": "somebody", "lacking": "glare"}
    ack = running.ask(ReportCoached(id=1, **told))
    lines = list(read_journal(running.folder.journal))
    assert lines[ack.seq].entry == Coached(**told)


@pytest.mark.parametrize("step", ["contest", "handed_in", "login_done"])
def test_a_step_out_of_turn_changes_nothing(running: Running, step: str):
    assert isinstance(running.step(step), Refused)
    assert running.steps() == []


def test_a_whole_contest_by_hand(running: Running):
    running.ask(GiveConsent(id=1, items=("recording",)))
    for step in ("identity", "login_done", "contest", "handed_in", "ended"):
        assert isinstance(running.step(step), Ack), step
    assert running.wait() == "ended"
    assert running.stage.turned.is_set()
    assert [name for name, _ in running.steps()][-1] == "ended"


def test_a_step_sent_again_after_a_lost_answer_is_acknowledged_once_more(running: Running):
    running.ask(GiveConsent(id=1, items=("recording",)))
    assert running.step("identity").seq is not None
    assert running.step("identity").seq is None
    assert running.steps() == [("identity", "contestant")]


def test_the_plans_clock_turns_and_ends_by_itself(tmp_path: Path):
    clock = 5 * SECOND_US  # the organizer is five seconds ahead
    now = monotonic_us() + clock
    schedule = Schedule(0, FAR, now + SECOND_US, now + 2 * SECOND_US, now + 2 * SECOND_US, 0)
    running = Running(tmp_path, Agenda(schedule, clock, None))
    running.ask(GiveConsent(id=1, items=("recording",)))
    running.step("identity")
    assert running.wait() == "plan"
    assert running.steps() == [("identity", "contestant"), ("contest", "plan"), ("ended", "plan")]


def test_a_latecomer_is_marked_and_gets_time_for_the_identity_step(tmp_path: Path):
    now = monotonic_us()
    schedule = Schedule(0, now - 900 * SECOND_US, now - 10, FAR, FAR, SECOND_US)
    running = Running(tmp_path, Agenda(schedule, 0, None))
    running.ask(GiveConsent(id=1, items=("recording",)))
    ack = running.step("identity")
    line = list(read_journal(running.folder.journal))[ack.seq]
    assert line.entry.late
    assert running.stage.turned.wait(10)
    running.end()


@pytest.mark.parametrize(
    ("steps", "phase"),
    [
        (["identity"], "identity"),
        (["identity", "contest"], "contest"),
        (["identity", "contest", "handed_in"], "handed_in"),
    ],
)
def test_a_restarted_recorder_opens_the_devices_at_once(tmp_path: Path, steps, phase: str):
    past = Past(consented=True, steps=steps, begun_us=monotonic_us())
    running = Running(tmp_path, NO_PLAN, past)
    assert running.end() is None
    assert running.stage.opened == [phase]


def test_a_recorder_that_died_after_the_end_closes_without_filming_again(tmp_path: Path):
    past = Past(consented=True, steps=["identity", "contest", "ended"], begun_us=1)
    running = Running(tmp_path, NO_PLAN, past)
    assert running.wait() == "ended"
    assert running.stage.opened == []


def test_what_was_done_is_read_back_from_the_journal(running: Running):
    running.ask(GiveConsent(id=1, items=("recording",)))
    running.step("identity")
    running.ask(AddNote(id=3, text="灯坏了"))
    running.step("contest")
    past = read_past(running.folder)
    assert past.consented
    assert past.steps == ["identity", "contest"]
    assert past.begun_us is not None
    assert abs(past.begun_us - monotonic_us()) < 20 * SECOND_US


class EndsSlowly:
    """A track that is still ending when something is asked."""

    disk_full = False

    def __init__(self) -> None:
        self.ending, self.may_end = threading.Event(), threading.Event()

    def end_soon(self) -> None:
        self.ending.set()

    def stop(self, timeout_s: float) -> bool:
        return self.may_end.wait(timeout_s)

    def sources(self) -> list:
        return []

    tracks = sources


def test_what_is_asked_while_the_plan_ends_it_is_answered(tmp_path: Path):
    ends_us = monotonic_us() + SECOND_US
    running = Running(tmp_path, Agenda(Schedule(0, 0, 0, 0, ends_us, 0), 0, None))
    track = EndsSlowly()
    running.session._threads = [track]
    assert track.ending.wait(10)
    answers: list = []
    for step in ("ended", "handed_in"):
        running.session.handle(Advance(id=9, step=step), answers.append)
    track.may_end.set()
    assert running.wait() == "plan"
    assert [type(answer) for answer in answers] == [Ack, Refused]
    assert running.steps() == [("ended", "plan")]
