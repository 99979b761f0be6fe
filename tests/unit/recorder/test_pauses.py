"""A computer that slept, or a process that stood still, is named with its time; jitter is not."""

from __future__ import annotations

import threading
import time
import uuid
from functools import partial
from pathlib import Path

import pytest

from client.base.clock import SECOND_US, monotonic_us
from client.evidence.entries import Gap, Note
from client.evidence.journal import Line, read_journal
from client.evidence.keys import create_session_key
from client.evidence.layout import SessionFolder
from client.recorder.child import build
from client.recorder.child.pauses import (
    FLUSHES_S,
    SLEEPS,
    Pause,
    PauseWatch,
    Reading,
    flush_before_sleep,
    pause_between,
    read_clocks,
    slept_us,
)
from client.recorder.setup import Devices, RecorderSetup, save_setup

HOUR_US = 3600 * SECOND_US


class Journal:
    """Takes what a chronicle would."""

    def __init__(self) -> None:
        self.entries: list = []
        self.gaps = 0
        self.behind = True
        self.came, self.hurried = threading.Event(), threading.Event()

    def post(self, entry) -> None:
        self.entries.append(entry)
        self.came.set()

    def is_behind(self, at_us: int) -> bool:
        return self.behind

    def cover_soon(self) -> None:
        self.hurried.set()


def test_a_late_beat_is_no_pause():
    assert pause_between(Reading(0, 7), Reading(2 * SECOND_US, 7)) is None


def test_a_process_that_stood_still():
    pause = pause_between(Reading(HOUR_US, 7), Reading(HOUR_US + 5 * SECOND_US, 7))
    assert pause == Pause(HOUR_US, HOUR_US + 5 * SECOND_US, is_sleep=False)
    assert pause.cause(time.time_ns() // 1000).zh.startswith("电脑或录制程序停顿了 5 秒（")


def test_a_computer_that_slept():
    pause = pause_between(Reading(0, 7), Reading(HOUR_US, 7 + HOUR_US - SECOND_US))
    assert pause == Pause(0, HOUR_US, is_sleep=True)
    said = pause.cause(time.time_ns() // 1000)
    begin = time.strftime("%H:%M:%S", time.localtime(time.time() - 3600))
    assert said.zh.startswith("电脑睡眠了 3600 秒（")
    assert begin[:5] in said.zh
    assert begin[:5] in said.en


def test_this_computer_tells_how_long_it_has_slept():
    before = slept_us()
    assert before >= -50_000
    assert slept_us() - before == pytest.approx(0, abs=50_000)


def test_each_source_gets_a_gap_with_the_cause():
    journal = Journal()
    watch = PauseWatch(journal, lambda: ("screen", "sound"))
    watch.enter(Pause(5 * SECOND_US, 11 * SECOND_US, is_sleep=True))
    note, *gaps = journal.entries
    assert isinstance(note, Note)
    assert [(gap.source, gap.from_us, gap.to_us) for gap in gaps] == [
        ("screen", 5 * SECOND_US, 11 * SECOND_US),
        ("sound", 5 * SECOND_US, 11 * SECOND_US),
    ]
    assert all(isinstance(gap, Gap) and gap.cause == note.zh for gap in gaps)
    assert journal.gaps == 2


def test_the_thread_sees_a_jump_and_ends_with_its_block():
    journal, readings = Journal(), iter([Reading(0, 0), *[Reading(9 * SECOND_US, 0)] * 9])
    with PauseWatch(journal, lambda: ("screen",), lambda: next(readings)):
        assert journal.came.wait(10)
    assert [entry.kind for entry in journal.entries] == ["note", "gap"]
    assert "pauses" not in [thread.name for thread in threading.enumerate()]


class Nobody:
    wants_preview = wants_whole = False

    def publish(self, message) -> None:
        pass


def test_an_end_that_falls_into_a_sleep_names_the_sleep_first(tmp_path: Path, monkeypatch):
    folder = SessionFolder(tmp_path / "session").create()
    create_session_key(folder.key)
    setup = RecorderSetup(
        session=str(uuid.uuid4()),
        purpose="recording",
        devices=Devices(screen=False, camera="", microphone="test"),
        seconds=0.5,
    )
    save_setup(folder.setup, setup)
    ends_us = monotonic_us() + SECOND_US // 2

    def read() -> Reading:
        now = read_clocks()
        slept = HOUR_US if now.mono_us >= ends_us else 0
        return Reading(now.mono_us + slept, now.slept_us + slept)

    monkeypatch.setattr(build, "PauseWatch", partial(PauseWatch, read=read))
    monkeypatch.setattr(build, "_interrupt_on_signals", lambda _: None)
    assert build.run_recorder(folder, Nobody()) == "plan"
    lines = [line.entry for line in read_journal(folder.journal) if isinstance(line, Line)]
    slept = [entry.source for entry in lines if isinstance(entry, Gap)]
    assert slept == ["sound"]
    assert lines[-1].kind == "close"


def test_before_sleep_all_up_to_now_is_awaited():
    journal = Journal()
    asked: list[str] = []
    words = (journal, lambda: asked.append("fragments"))
    flusher = threading.Thread(target=flush_before_sleep, args=words)
    flusher.start()
    assert journal.hurried.wait(5)
    assert journal.entries[0].zh == SLEEPS.zh
    assert asked == ["fragments"]
    flusher.join(0.2)
    assert flusher.is_alive()
    journal.behind = False
    flusher.join(5)
    assert not flusher.is_alive()


def test_a_sleep_never_waits_for_two_seconds():
    begun = time.monotonic()
    flush_before_sleep(Journal(), lambda: None)
    assert FLUSHES_S <= time.monotonic() - begun < 2.0
