"""The proof that a file holds the living screen: a real X server, and a capture that lies."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from client.base.clock import SECOND_US
from client.capture.screen import Patch, open_screen, open_screen_again
from client.contest.plan import Recording
from client.evidence.entries import Note, State
from client.recorder.child.proof import ALIVE, WRONG, Pauses, Prover
from client.recorder.child.screentrack import ScreenTrack
from tests import devices
from tests.e2e.program import eventually, note
from tests.unit.recorder.test_screentrack import Chronicle

pytestmark = pytest.mark.e2e
SIZE = (640, 480)


class Lying:
    """The real capture, until it lies."""

    def __init__(self, lie: Callable[[], list[Patch]]) -> None:
        self.lie, self.lies, self.opened = lie, False, 0

    def __call__(self):
        real, lying = open_screen(), self
        self.opened += 1
        read = real.read

        def told():
            return lying.lie() if lying.lies else read()

        real.read = told
        return real


def black() -> list[Patch]:
    return [Patch(0, 0, np.zeros((SIZE[1], SIZE[0], 4), np.uint8))]


@contextmanager
def recorded(folder: Path, lying: Lying) -> Iterator[tuple[ScreenTrack, Chronicle]]:
    chronicle = Chronicle()
    track = ScreenTrack(folder, 1, Recording(key_frame_seconds=1), lying, chronicle)
    pauses = Pauses(first=0.1, usual=0.1, again=0.1)
    track.beside.append(Prover(track, open_screen_again, chronicle.post, pauses))
    track.start()
    try:
        yield track, chronicle
    finally:
        track.stop()


@pytest.fixture
def screen(monkeypatch) -> Iterator[devices.Display]:
    """Show a moving picture and words that stand."""
    with devices.display(*SIZE) as shown, standing_words(shown, "+330+250"):
        for name, value in shown.environment.items():
            monkeypatch.setenv(name, value)
        yield shown


@contextmanager
def standing_words(shown: devices.Display, at: str) -> Iterator[None]:
    words = "living screen " * 8
    with devices.running("xmessage", "-geometry", at, words, environment=shown.environment):
        time.sleep(0.5)
        yield


@pytest.mark.parametrize(("state", "lie"), [("frozen", list), ("black", black)])
def test_a_capture_that_lies_is_found_named_and_opened_again(tmp_path, screen, state, lie) -> None:
    lying = Lying(lie)
    with recorded(tmp_path, lying) as (track, chronicle):
        eventually(lambda: track.proofs, 20, "a proof")
        lying.lies = True
        begun = time.monotonic()
        with standing_words(screen, "+20+300"):
            eventually(lambda: len(chronicle.of(State)) == 2, 30, "the lie")
            (status,) = track.sources()
            named_s = time.monotonic() - begun
            eventually(lambda: len(chronicle.of(State)) == 3, 30, "the truth")
    assert (status.state, status.alarm) == (state, True)
    assert lying.opened == 1
    told = chronicle.of(State)
    assert [(s.state, s.cause) for s in told] == [
        ("live", ""), (state, WRONG[state].zh), ("live", ""),
    ]  # fmt: skip
    uncovered_s = (told[2].at_us - told[1].at_us) / SECOND_US
    note(f"{state}: named after {named_s:.1f} s, {uncovered_s:.1f} s uncovered")
    assert uncovered_s > named_s - 1


def test_a_living_screen_is_proved_and_nothing_else_said(tmp_path, screen) -> None:
    lying = Lying(list)
    with recorded(tmp_path, lying) as (track, chronicle):
        eventually(lambda: track.proofs >= 2, 30, "two proofs")
    assert [s.state for s in chronicle.of(State)] == ["live"]
    assert lying.opened == 1
    notes = [n.zh for n in chronicle.of(Note) if n.source == "screen"]
    assert notes.count(ALIVE.zh) == 1
    assert notes[-1].startswith("录制期间核对屏幕画面")
