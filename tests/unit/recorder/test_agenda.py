"""Whose clock a session goes by: this computer's until the organizer has told."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from client.base.clock import SECOND_US, monotonic_us, utc_us
from client.contest.schedule import Schedule
from client.evidence.entries import Note, ReceiptSeen
from client.evidence.journal import read_journal
from client.recorder.child import recovery
from client.recorder.child.agenda import Agenda, correction_sentence
from client.recorder.child.hearing import Hearing
from client.recorder.child.recovery import read_past
from tests.unit.recorder.test_chronicle import receipt
from tests.unit.recorder.test_session import FAR, Running
from tests.waiting import eventually

HOUR_US = 3600 * SECOND_US
DAY = Schedule(0, 0, 0, FAR, FAR, SECOND_US)


@pytest.mark.parametrize(
    ("is_enrolled", "heard", "clock"),
    [
        (False, (90,), 90),  # a guess that was ahead
        (False, (110,), 110),  # or behind
        (False, (90, 95, 92), 95),  # the way of each receipt makes it tell too little
        (False, (90, 95, 92, 5000), 95),  # the organizer's clock was set in the middle
        (True, (90, 5000), 100),  # the enrolment told
    ],
)
def test_what_the_first_receipts_prove_is_believed(is_enrolled, heard, clock):
    agenda, hearing = Agenda(DAY, 100, None, is_enrolled), Hearing()
    for difference in heard:
        hearing.hear(difference + 7, 7)
        assert hearing.organizers_us is not None
        agenda = agenda.by(hearing.organizers_us)
    assert agenda.clock == clock


def test_nothing_is_believed_before_the_first():
    assert Hearing().organizers_us is None


def test_little_is_not_worth_a_line():
    assert correction_sentence(9 * SECOND_US) is None
    assert correction_sentence(-9 * SECOND_US) is None
    assert "快 20.0 秒" in correction_sentence(-20 * SECOND_US).zh
    assert "behind" in correction_sentence(20 * SECOND_US).en


def tell(running: Running, time_us: int, nonce: str = "a") -> None:
    """Let the uploader bring a receipt of this moment of the organizer's."""
    told = receipt(nonce) | {"time_us": time_us}
    with running.folder.receipts.open("a", encoding="utf-8", newline="\n") as file:
        file.write(json.dumps(told) + "\n")
    running.chronicle.cover_soon()


def entries(running: Running, kind: type) -> list:
    every = (line.entry for line in read_journal(running.folder.journal))
    return [entry for entry in every if isinstance(entry, kind)]


def notes(running: Running) -> list[str]:
    return [note.zh for note in entries(running, Note)]


def own_clock() -> int:
    return utc_us() - monotonic_us()


def test_a_computer_behind_ends_by_the_organizers_clock(tmp_path: Path):
    day = replace(DAY, stops_us=utc_us() + HOUR_US - SECOND_US)
    running = Running(tmp_path, Agenda(day, own_clock(), None))
    tell(running, utc_us() + HOUR_US)
    assert running.wait() == "plan"
    assert [note[:12] for note in notes(running)] == ["这台电脑的时钟比组委会的"]


def test_a_computer_ahead_goes_on(tmp_path: Path):
    day = replace(DAY, stops_us=utc_us() + 2 * SECOND_US)
    running = Running(tmp_path, Agenda(day, own_clock(), None))
    tell(running, utc_us() - HOUR_US)
    eventually(lambda: notes(running), 10)
    assert not running.finished(3)
    assert "快 1 小时" in notes(running)[0]
    assert abs(running.stage.statuses[-1].organizer_ahead_us + HOUR_US) < 2 * SECOND_US
    assert running.end() is None
    assert len(notes(running)) == 1


def test_a_plain_recording_has_no_clock_but_its_own(tmp_path: Path):
    running = Running(tmp_path, Agenda(None, own_clock(), None))
    tell(running, utc_us() - HOUR_US)
    eventually(lambda: running.chronicle.hearing.heard, 10)
    assert running.end() is None
    assert notes(running) == []
    assert abs(running.stage.statuses[-1].organizer_ahead_us) < SECOND_US


@pytest.mark.parametrize("rebooted", [False, True])
def test_a_restarted_recorder_remembers_what_it_heard(tmp_path: Path, monkeypatch, rebooted):
    running = Running(tmp_path, Agenda(DAY, own_clock(), None))
    for nonce, late_us in (("a", 20), ("b", 0), ("c", 10)):
        tell(running, utc_us() - HOUR_US - late_us * SECOND_US, nonce)
    eventually(lambda: len(entries(running, ReceiptSeen)) == 3, 10)
    running.end()
    if rebooted:
        monkeypatch.setattr(recovery, "boot_id", lambda: "another")
    past = read_past(running.folder)
    assert past.hearing.organizers_us is not None
    assert abs(past.hearing.organizers_us - (own_clock() - HOUR_US)) < 2 * SECOND_US
