"""The screen's thread where its encoder or the system fails."""

from __future__ import annotations

import threading
import time
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from client.base.clock import SECOND_US, monotonic_us
from client.base.errors import DeviceError
from client.base.files import no_mending
from client.base.text import Text
from client.capture.screen import Patch, ScreenChanged
from client.contest.plan import Recording
from client.evidence.entries import Note, State
from client.evidence.entries import Part as PartLine
from client.recorder.child import container, encoder, screentrack, track
from client.recorder.child.encoder import EncoderFailedError
from client.recorder.child.screentrack import HANGS, ScreenTrack
from client.recorder.setup import X264
from tests.unit.recorder.test_encoder import OTHER, Hardware
from tests.waiting import eventually


class Chronicle:
    """Keeps what is posted."""

    def __init__(self) -> None:
        self.entries: list = []
        self.mend = no_mending

    def post(self, entry, writer=None) -> None:
        self.entries.append(entry)

    def of(self, kind) -> list:
        return [entry for entry in self.entries if isinstance(entry, kind)]


class Screen:
    """A desktop that always changes."""

    name, origin = "X11 :9", "real"

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.number = 0

    def read(self):
        self.number += 1
        return [Patch(0, 0, np.full((self.height & ~1, 64, 4), self.number % 200, np.uint8))]

    def close(self) -> None:
        pass


def test_hardware_that_fails_is_followed_by_x264_on_the_same_screen(tmp_path: Path, monkeypatch):
    monkeypatch.setitem(encoder._HARDWARE, "h264", OTHER)
    monkeypatch.setattr(container, "VideoEncoder", Hardware)
    monkeypatch.setattr(Hardware, "fails_at", 4)
    chronicle, opened = Chronicle(), []

    def open_screen() -> Screen:
        opened.append(Screen(320, 240))
        return opened[-1]

    screen = ScreenTrack(tmp_path, 1, Recording(), open_screen, chronicle)
    screen.encoder = "h264"
    screen.start()
    eventually(lambda: opened and opened[0].number > 8)
    assert screen.stop()
    assert [part.file for part in chronicle.of(PartLine)] == ["screen-01.mp4", "screen-02.mp4"]
    notes = [note.en for note in chronicle.of(Note)]
    assert [("h264" in notes[0]), (X264 in notes[1])] == [True, True]
    assert "external library" in notes[1]
    assert len(opened) == 1


def test_x264_that_will_not_open_is_not_tried_again_at_once(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(track, "RETRY_S", 60.0)
    opened = []

    def open_screen() -> Screen:
        opened.append(Screen(320, 240))
        return opened[-1]

    def refuse(media, shape):
        raise EncoderFailedError(shape.encoder, "refused")

    monkeypatch.setattr(container, "VideoEncoder", refuse)
    screen = ScreenTrack(tmp_path, 1, Recording(), open_screen, Chronicle())
    screen.start()
    eventually(lambda: opened)
    time.sleep(0.5)
    assert len(opened) == 1
    assert screen.stop()


class Hanging(Screen):
    """Hangs in its fifth read until it is `freed`."""

    def __init__(self, freed: threading.Event) -> None:
        super().__init__(320, 240)
        self.freed = freed
        self.hung_us = 0

    def read(self):
        if self.number == 4 and not self.freed.is_set():
            self.hung_us = monotonic_us()
            self.freed.wait()
        return super().read()


def times_in(path: Path) -> list[float]:
    """Return the pictures' times as a stranger reads them, in seconds."""
    with av.open(str(path)) as media:
        return [float(frame.pts * frame.time_base) for frame in media.decode(video=0)]


def test_a_system_that_hangs_leaves_no_hole_in_the_file(tmp_path: Path) -> None:
    freed, chronicle = threading.Event(), Chronicle()
    hanging = Hanging(freed)
    screen = ScreenTrack(tmp_path, 1, Recording(), lambda: hanging, chronicle)
    screen.start()
    eventually(lambda: len(chronicle.of(State)) == 2)
    time.sleep(2)
    freed.set()
    eventually(lambda: hanging.number > 8)
    assert screen.stop()
    states = chronicle.of(State)
    assert [(s.state, s.cause) for s in states] == [("live", ""), ("slate", HANGS.zh), ("live", "")]
    assert abs(states[1].at_us - hanging.hung_us) < SECOND_US // 10
    assert [part.file for part in chronicle.of(PartLine)] == ["screen-01.mp4"]
    times = times_in(tmp_path / "screen-01.mp4")
    assert max(after - before for before, after in pairwise(times)) < 1.4  # 0.9 at rest


def test_an_end_does_not_wait_for_a_system_that_hangs(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(screentrack, "HANGS_S", 0.2)
    freed, chronicle = threading.Event(), Chronicle()
    screen = ScreenTrack(tmp_path, 1, Recording(), lambda: Hanging(freed), chronicle)
    screen.start()
    eventually(lambda: len(chronicle.of(State)) == 2)
    begun = time.monotonic()
    assert not screen.stop()
    assert time.monotonic() - begun < 3
    assert len(times_in(tmp_path / "screen-01.mp4")) >= 5
    freed.set()


def test_a_desktop_that_is_lost_and_comes_back_stays_in_one_file(tmp_path: Path) -> None:
    chronicle, opened = Chronicle(), []

    class Torn(Screen):
        def read(self):
            if len(opened) == 1 and self.number == 4:
                raise DeviceError(Text("没了", "gone"), Text("等", "wait"))
            return super().read()

    def open_screen() -> Screen:
        opened.append(Torn(320, 240))
        return opened[-1]

    why = Text("电脑已锁定", "locked")
    screen = ScreenTrack(tmp_path, 1, Recording(), open_screen, chronicle, lambda: why)
    screen.start()
    eventually(lambda: len(opened) == 2 and opened[1].number > 3)
    assert screen.stop()
    assert [(s.state, s.cause_en) for s in chronicle.of(State)] == [
        ("live", ""), ("slate", "locked"), ("live", ""),
    ]  # fmt: skip
    assert [part.file for part in chronicle.of(PartLine)] == ["screen-01.mp4"]


class Late:
    """A system that refuses its screen, or hangs in opening it, until it `comes`."""

    def __init__(self, refusal: DeviceError | None) -> None:
        self.refusal, self.comes, self.screen = refusal, threading.Event(), Screen(320, 240)

    def __call__(self) -> Screen:
        if self.refusal is None:
            self.comes.wait()
        elif not self.comes.is_set():
            raise self.refusal
        return self.screen


@pytest.mark.parametrize(
    ("refusal", "cause"),
    [(DeviceError(Text("没有屏幕", "none"), Text("等", "wait")), "没有屏幕"), (None, HANGS.zh)],
    ids=["refused", "hangs"],
)
def test_a_screen_that_was_never_there_has_a_slate_from_the_first_moment(
    tmp_path: Path, monkeypatch, refusal, cause
) -> None:
    monkeypatch.setattr(screentrack, "OPENS_US", 2 * SECOND_US)
    chronicle, late = Chronicle(), Late(refusal)
    screen = ScreenTrack(tmp_path, 1, Recording(), late, chronicle)
    begun_us = monotonic_us()
    screen.start()
    eventually(lambda: chronicle.of(PartLine))
    time.sleep(1.5)
    late.comes.set()
    eventually(lambda: late.screen.number > 5)
    assert screen.stop()
    slated, desktop = chronicle.of(PartLine)
    assert (slated.width, slated.height) == screentrack.NO_SIZE
    assert (desktop.width, desktop.height) == (320, 240)
    states = chronicle.of(State)
    assert [(s.state, s.cause) for s in states] == [("slate", cause), ("live", "")]
    for moment in (states[0].at_us, slated.epoch_us):
        assert moment - begun_us < SECOND_US // 2
    times = times_in(tmp_path / slated.file)
    assert max(after - before for before, after in pairwise(times)) < 1.4  # 0.5 at rest
    ends_us = slated.epoch_us + round(times[-1] * SECOND_US)
    assert desktop.epoch_us - ends_us < SECOND_US
    assert not [note for note in chronicle.of(Note) if "变为" in note.zh]


def test_a_fragment_ends_when_it_is_asked_for(tmp_path: Path) -> None:
    chronicle, desktop = Chronicle(), Screen(320, 240)
    settings = Recording().model_copy(update={"key_frame_seconds": 10})
    screen = ScreenTrack(tmp_path, 1, settings, lambda: desktop, chronicle)
    screen.start()
    eventually(lambda: desktop.number > 3)
    asked_us = monotonic_us()
    screen.end_fragment()
    eventually(lambda: any(w.key_since(asked_us) for w in screen._parts))
    assert screen.stop()


def test_another_size_in_the_middle_of_a_proof_ends_only_the_proof(tmp_path: Path) -> None:
    sizes, chronicle = [(320, 240), (400, 300)], Chronicle()

    class Resized(Screen):
        def read(self):
            if self.width == 320 and part:
                raise ScreenChanged
            return super().read()

    opened: list[Screen] = []

    def open_screen() -> Screen:
        opened.append(Resized(*sizes[len(opened)]))
        return opened[-1]

    part: list = []
    screen = ScreenTrack(tmp_path, 1, Recording(), open_screen, chronicle)
    screen.start()
    eventually(lambda: chronicle.of(PartLine))
    eventually(lambda: (begun := screen.begin_proof()) and not part.append(begun))
    eventually(lambda: len(opened) == 2 and opened[1].number > 3)
    assert screen.end_proof(part[0]) is None
    assert screen.begin_proof() not in (None, part[0])
    assert screen.stop()
    assert [(p.width, p.height) for p in chronicle.of(PartLine)] == sizes
