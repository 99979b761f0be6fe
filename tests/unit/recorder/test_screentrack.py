"""The screen's thread where its encoder fails: with hardware another part, with x264 patience."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from client.capture.screen import Patch
from client.contest.plan import Recording
from client.evidence.entries import Note
from client.evidence.entries import Part as PartLine
from client.recorder.child import container, encoder, track
from client.recorder.child.encoder import EncoderFailedError
from client.recorder.child.screentrack import ScreenTrack
from client.recorder.setup import X264
from tests.unit.recorder.test_encoder import OTHER, Hardware

PATIENCE_S = 30


class Chronicle:
    """Keeps what is posted."""

    def __init__(self) -> None:
        self.entries: list = []

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


def eventually(condition) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


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
