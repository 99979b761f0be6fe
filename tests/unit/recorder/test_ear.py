"""What the ear says of a microphone that starts slowly, loses sound, and delivers no more."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import numpy as np
import pytest

from client.base.clock import SECOND_US, monotonic_us
from client.base.text import Text
from client.capture.delay import UNKNOWN
from client.contest.plan import Recording
from client.evidence.entries import Device, Note, Part, State
from client.recorder.child import ear
from client.recorder.child.ear import OPENING, STALLED, STARTING, Ear
from client.recorder.child.filmtrack import FilmTrack
from client.recorder.child.losses import LOST
from tests.unit.recorder.test_screentrack import Chronicle, eventually

RATE = 48_000


class Slow:
    """A microphone that delivers from `after_s` on for `lasts_s`; `skips_us` are lost half way."""

    name, origin, rate, muted, overflows = "slow", "real", RATE, False, 0

    def __init__(self, after_s: float, lasts_s: float, skips_us: int = 0) -> None:
        self.after_s, self.lasts_s, self.skips_us = after_s, lasts_s, skips_us
        self.closed = threading.Event()

    def start(self, sink) -> None:
        threading.Thread(target=self._run, args=(sink,), daemon=True).start()

    def _run(self, sink) -> None:
        self.closed.wait(self.after_s)
        begun_us = at_us = monotonic_us()
        while at_us < begun_us + self.lasts_s * SECOND_US and not self.closed.wait(0.02):
            sink(np.full(960, 9, np.int16), at_us)
            at_us += 20_000
            if self.skips_us and at_us > begun_us + self.lasts_s * SECOND_US / 2:
                at_us, self.skips_us = at_us + self.skips_us, 0

    def failed(self) -> Text | None:
        return None

    def delay(self):
        return UNKNOWN

    def close(self) -> None:
        self.closed.set()


def filmed(tmp_path: Path, *sources: Slow) -> tuple[FilmTrack, Chronicle]:
    chronicle, waiting = Chronicle(), list(sources)
    listening = Ear(lambda: waiting.pop(0), chronicle)
    parts = {"contest": 1}
    return FilmTrack(tmp_path, "contest", parts, Recording(), None, listening, chronicle), chronicle


@pytest.fixture(autouse=True)
def quickly(monkeypatch) -> None:
    monkeypatch.setattr(ear, "STALLED_US", SECOND_US // 2)
    monkeypatch.setattr(ear, "STARTS_US", 4 * SECOND_US)


def test_one_that_starts_slowly_is_waited_for_and_said_to_be_starting(tmp_path: Path) -> None:
    film, chronicle = filmed(tmp_path, Slow(1.6, 0.6))
    film.start()
    eventually(lambda: [s.state for s in chronicle.of(State)] == ["silence", "live", "silence"])
    assert film.stop()
    told = [state.cause for state in chronicle.of(State)]
    assert told[0] in (OPENING.zh, STARTING.zh)
    assert (told[1], told[2]) == ("", STALLED.zh)
    assert len(chronicle.of(Device)) == 1
    assert chronicle.of(Note) == []


def test_one_that_never_starts_is_given_up(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(ear, "STARTS_US", SECOND_US)
    source = Slow(60, 1)
    film, chronicle = filmed(tmp_path, source)
    film.start()
    begun = time.monotonic()
    assert source.closed.wait(10)
    assert time.monotonic() - begun > 0.9
    eventually(lambda: STALLED.zh in [state.cause for state in chronicle.of(State)])
    assert film.stop()


def test_lost_sound_is_a_line_and_a_figure(tmp_path: Path) -> None:
    film, chronicle = filmed(tmp_path, Slow(0, 1.2, 120_000))
    film.start()
    eventually(lambda: [s.lost_ms for s in film.sources()] == [120])
    assert film.stop()
    assert [note.zh for note in chronicle.of(Note)] == [LOST.format(ms=120, times=1).zh]


class Muted(Slow):
    """A microphone that the system has muted."""

    muted = True


def test_a_mute_is_not_said_of_the_microphone_that_comes_after(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(ear, "REOPEN_S", 0.5)
    film, chronicle = filmed(tmp_path, Muted(0, 1.0), Slow(0, 60))
    film.start()
    eventually(lambda: len(chronicle.of(Device)) == 2)
    eventually(lambda: chronicle.of(State)[-1].state == "live")
    assert film.stop()
    states = [s.state for s in chronicle.of(State)]
    assert "muted" in states
    assert "muted" not in states[states.index("silence", states.index("muted")) :]


class Slept(Slow):
    """A microphone that delivers before and after two hours of sleep."""

    def _run(self, sink) -> None:
        begun_us = monotonic_us()
        for number in range(60):
            slept_us = 7200 * SECOND_US if number >= 30 else 0
            sink(np.full(960, 9, np.int16), begun_us + number * 20_000 + slept_us)
            self.closed.wait(0.02)


def test_hours_of_sleep_are_no_hours_of_silence(tmp_path: Path) -> None:
    film, chronicle = filmed(tmp_path, Slept(0, 0))
    film.start()
    eventually(lambda: len(chronicle.of(Part)) == 2)
    eventually(lambda: film._line is not None and film._line.samples > 20 * 960)
    assert film.stop()
    before, after = chronicle.of(Part)
    assert film._line.end_us - before.epoch_us > 7199 * SECOND_US
    assert [part.file for part in (before, after)] == ["contest-01.mp4", "contest-02.mp4"]
    assert film._line.silent < RATE  # less than a second
    assert (tmp_path / before.file).stat().st_size < 100_000
