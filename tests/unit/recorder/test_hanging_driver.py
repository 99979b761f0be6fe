"""A camera's driver that hangs, in opening or in reading, stops neither slate nor spare nor end."""

from __future__ import annotations

import sys
import threading
import time
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from client.base.clock import SECOND_US, monotonic_us
from client.base.errors import DeviceError
from client.base.text import Text
from client.capture.camera.live import LiveCamera
from client.contest.plan import Recording
from client.evidence.entries import Device, State
from client.recorder.child import eye, patience
from client.recorder.child.eye import OPENING, Eye
from client.recorder.child.filmtrack import FilmTrack
from client.recorder.child.patience import HANGS, Patient
from client.recorder.child.turns import SPARE_CAMERA, Turns
from tests.unit.recorder.test_screentrack import Chronicle, eventually

FPS = 15
STUCK_S = 0.3


class Capture:
    """OpenCV's capture of a noisy sensor; after `pictures` it hangs in `grab` until `freed`."""

    def __init__(self, pictures: int, freed: threading.Event) -> None:
        self.left, self.freed = pictures, freed
        self.hung_us = 0
        self.dice = np.random.default_rng(5)

    def grab(self) -> bool:
        if self.left == 0:
            self.hung_us = monotonic_us()
            return not self.freed.wait()
        self.left -= 1
        time.sleep(1 / FPS)
        return True

    def retrieve(self):
        return True, self.dice.integers(90, 160, (180, 320, 3), np.uint8)

    def get(self, _: int) -> float:
        return float(FPS)

    def release(self) -> None:
        pass

    def __getattr__(self, name: str):
        return {"getBackendName": lambda: "none"}[name]


@pytest.fixture
def freed():
    event = threading.Event()
    yield event
    event.set()


class Opened:
    """A device that knows whether it is held."""

    closed = False

    def close(self) -> None:
        self.closed = True


class Driver:
    """Opens as soon as it is `freed`, and counts."""

    def __init__(self, freed: threading.Event) -> None:
        self.freed, self.opened = freed, []

    def __call__(self) -> Opened:
        self.freed.wait()
        self.opened.append(Opened())
        return self.opened[-1]


def test_the_wait_for_one_that_hangs_ends_and_no_second_opening_begins(freed):
    driver = Driver(freed)
    patient = Patient(driver, STUCK_S)
    for _ in range(3):
        begun = time.monotonic()
        with pytest.raises(DeviceError) as error:
            patient()
        assert STUCK_S <= time.monotonic() - begun < STUCK_S + 5
        assert error.value.title == HANGS
    freed.set()
    assert patient() is driver.opened[0]
    assert len(driver.opened) == 1
    assert patient() is driver.opened[1]


def test_one_that_opens_when_nobody_wants_it_any_more_is_let_go(freed, monkeypatch):
    monkeypatch.setattr(patience, "KEPT_S", 0.1)
    driver = Driver(freed)
    patient = Patient(driver, STUCK_S)
    with pytest.raises(DeviceError):
        patient()
    freed.set()
    eventually(lambda: driver.opened and driver.opened[0].closed)
    assert patient() is driver.opened[1]
    assert not driver.opened[1].closed


def test_what_the_opener_raises_is_raised():
    def refuse() -> Opened:
        raise DeviceError(Text("无", "none"), Text("", ""))

    patient = Patient(refuse, 5)
    for _ in range(2):
        with pytest.raises(DeviceError, match="none"):
            patient()


def test_slate_and_end_do_not_wait_for_a_read_and_the_spare_comes_after_an_opening_that_hangs(
    tmp_path: Path, freed, monkeypatch
):
    monkeypatch.setattr(eye, "STALLED_US", 2 * SECOND_US)
    monkeypatch.setattr(eye, "REOPEN_S", 0.2)
    chronicle, tries, told = Chronicle(), [], []
    hanging = Capture(20, freed)

    def first() -> LiveCamera:
        tries.append("first")
        if len(tries) > 1:
            freed.wait()
        return LiveCamera(hanging, "first", "real", FPS)

    def spare() -> LiveCamera:
        return LiveCamera(Capture(10_000, freed), "spare", "real", FPS)

    turns = Turns([Patient(first, STUCK_S), Patient(spare, 5)], SPARE_CAMERA, told.append)
    film = FilmTrack(
        tmp_path, "contest", {"contest": 1}, Recording(), Eye(turns, chronicle), None, chronicle
    )
    film.start()

    def states() -> list[str]:
        return [s.state for s in chronicle.of(State)]

    eventually(lambda: states()[-1:] == ["slate"] and len(states()) > 2)
    eventually(lambda: [d.name for d in chronicle.of(Device)] == ["first", "spare"])
    eventually(lambda: states()[-1] == "live")
    time.sleep(0.5)
    begun = time.monotonic()
    assert film.stop()
    assert time.monotonic() - begun < 5
    assert told == [SPARE_CAMERA]
    assert states() == ["slate", "live", "slate", "slate", "live"]
    slate_us, spare_us = (chronicle.of(State)[at].at_us - hanging.hung_us for at in (2, 4))
    sys.stdout.write(f"\nslate {slate_us / 1e6:.2f} s, spare {spare_us / 1e6:.1f} s after\n")
    assert slate_us < 1.5 * SECOND_US  # 0.9 on a machine at rest
    causes = [s.cause for s in chronicle.of(State)]
    assert (causes[0], causes[3]) == (OPENING.zh, HANGS.zh)
    with av.open(str(tmp_path / "contest-01.mp4")) as film_file:
        times = [float(p.pts * p.time_base) for p in film_file.demux(video=0) if p.pts is not None]
    assert max(after - before for before, after in pairwise(sorted(times))) < 1.5


def test_the_end_does_not_wait_for_an_opening_that_hangs(tmp_path: Path, freed):
    chronicle = Chronicle()
    driver = Driver(freed)
    held = Eye(Patient(driver), chronicle)
    film = FilmTrack(tmp_path, "contest", {"contest": 1}, Recording(), held, None, chronicle)
    film.start()
    eventually(lambda: film.tracks() and film.tracks()[0].bytes > 0)
    begun = time.monotonic()
    assert film.stop()
    assert time.monotonic() - begun < 8
    freed.set()
    eventually(lambda: driver.opened and driver.opened[0].closed)
    assert chronicle.of(Device) == []
