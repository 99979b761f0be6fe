"""A hardware encoder is tried out in a process of its own, whatever that process does."""

from __future__ import annotations

import json
import sys

import numpy as np
import psutil
import pytest

from client.base.text import Text
from client.contest.plan import CameraSettings, Recording
from client.recorder.child import tryout
from client.recorder.child.tryout import (
    Cost,
    Trial,
    TryOutError,
    attempt,
    choose,
    decide,
    read_trial,
    try_out,
)
from client.recorder.setup import X264, Encoders

SMALL = Recording(camera=CameraSettings(width=160, height=120))
PLAIN = Trial(0.01, Cost(30, 20_000), Cost(60, 100_000))


def trial(screen: float, camera: float, *, opened_s: float = 0.1, size: float = 1.0) -> Trial:
    """Return a trial that takes these parts of x264's time."""
    costs = [
        Cost(plain.cpu_ms * part, round(plain.bytes * size))
        for plain, part in ((PLAIN.screen, screen), (PLAIN.camera, camera))
    ]
    return Trial(opened_s, *costs)


@pytest.mark.parametrize(
    ("found", "chosen"),
    [
        ({}, (X264, X264)),
        ({"h264_qsv": Text("坏", "bad")}, (X264, X264)),
        ({"h264_qsv": trial(0.5, 0.2)}, ("h264_qsv", "h264_qsv")),
        ({"h264_qsv": trial(1.3, 0.2)}, (X264, "h264_qsv")),
        ({"h264_qsv": trial(0.9, 0.9)}, (X264, X264)),
        ({"h264_qsv": trial(0.5, 0.2, opened_s=0.9)}, (X264, X264)),
        ({"h264_qsv": trial(0.5, 0.2, size=1.6)}, (X264, X264)),
        ({"h264_nvenc": trial(0.5, 0.5), "h264_qsv": trial(0.7, 0.3)}, ("h264_nvenc", "h264_qsv")),
    ],
)
def test_hardware_is_taken_only_where_it_is_cheaper(found, chosen):
    encoders, tried = decide(found, PLAIN)
    assert (encoders.screen, encoders.camera) == chosen
    assert [each.name for each in tried] == list(found)
    assert all(each.works == isinstance(found[each.name], Trial) for each in tried)


def test_without_a_figure_for_x264_there_is_nothing_to_be_cheaper_than():
    encoders, (tried,) = decide({"h264_qsv": trial(0.1, 0.1)}, Text("坏", "bad"))
    assert encoders == Encoders()
    assert not tried.works


PROCESSES = {
    "crashes": ("import os; os.abort()", "crashed"),
    "says nothing": ("pass", "crashed (0)"),
    "says rubbish": ("print('[1]')", "crashed (0)"),
    "refuses": ('print(\'{"refused": ["none", "no driver"]}\')', "no driver"),
    "hangs": ("import time; time.sleep(60)", "no result within"),
}


@pytest.mark.parametrize("what", PROCESSES)
def test_what_a_bad_driver_does_to_its_process_is_a_reason(monkeypatch, what: str):
    script, reason = PROCESSES[what]
    monkeypatch.setattr(tryout, "own_command", lambda *_: [sys.executable, "-c", script])
    if what == "hangs":
        monkeypatch.setattr(tryout, "LIMIT_S", 0.5)
    found = attempt("h264_qsv", SMALL, 320, 240)
    assert isinstance(found, Text)
    assert reason in found.en
    children = psutil.Process().children()
    assert not any("time.sleep(60)" in " ".join(child.cmdline()) for child in children)


def test_what_cannot_be_started_is_a_reason(monkeypatch, tmp_path):
    monkeypatch.setattr(tryout, "own_command", lambda *_: [str(tmp_path / "none")])
    assert isinstance(attempt("h264_qsv", SMALL, 320, 240), Text)


def test_a_real_process_tries_a_real_encoder():
    found = attempt(X264, SMALL, 320, 240)
    assert isinstance(found, Trial), found
    assert found.screen.bytes > 0
    assert found.camera.bytes > 0


def test_an_encoder_that_does_not_open_is_refused_by_name():
    """The camera is too small for it where there is hardware; where there is none, no driver is."""
    tiny = Recording(camera=CameraSettings(width=160, height=120))
    found = attempt("h264_nvenc", tiny, 34, 34)
    assert isinstance(found, Text)
    assert "h264_nvenc" in found.en


def test_each_candidate_of_this_system_is_tried(monkeypatch):
    monkeypatch.setattr(tryout, "has_driver", lambda _: True)
    monkeypatch.setattr(tryout, "attempt", lambda *_: Text("坏", "bad"))
    said: list[Text] = []
    encoders, tried = choose(SMALL, 320, 240, said.append)
    names = list(tryout.CANDIDATES[sys.platform])
    assert [each.name for each in tried] == names
    assert len(said) == len(names)
    assert encoders == Encoders()


def test_the_result_crosses_the_pipe():
    assert read_trial(json.loads(json.dumps(PLAIN._asdict()))) == PLAIN


def test_pictures_that_are_not_those_that_went_in_are_found_out(monkeypatch):
    real = tryout.VideoEncoder

    class Wrong(real):
        def encode(self, i420, pts, changed=None, **words):
            return super().encode(np.roll(i420, 40, axis=0), pts, None, **words)

    monkeypatch.setattr(tryout, "VideoEncoder", Wrong)
    with pytest.raises(TryOutError, match="is wrong"):
        try_out(X264, SMALL, 320, 240)


def test_pictures_that_are_missing_are_found_out(monkeypatch):
    real = tryout.VideoEncoder

    class Short(real):
        def encode(self, i420, pts, changed=None, **words):
            made = super().encode(i420, pts, changed, **words)
            return made if pts < 90_000 else []

    monkeypatch.setattr(tryout, "VideoEncoder", Short)
    with pytest.raises(TryOutError, match="missing"):
        try_out(X264, SMALL, 320, 240)


def test_what_has_no_driver_here_starts_no_process(monkeypatch, tmp_path):
    monkeypatch.setattr(tryout, "_place_of_drivers", lambda: tmp_path)
    started, said = [], []

    def started_with(name, *_):
        started.append(name)
        return Text("坏", "bad")

    monkeypatch.setattr(tryout, "attempt", started_with)
    known = tryout.DRIVERS[sys.platform]
    _, tried = choose(SMALL, 320, 240, said.append)
    assert started == [name for name in tryout.CANDIDATES[sys.platform] if name not in known]
    assert {each.reason.en for each in tried if each.name in known} == {tryout.NO_DRIVER.en}
    for pattern in known.values():
        place = tmp_path / pattern.replace("*", "128")
        place.parent.mkdir(exist_ok=True)
        place.touch()
    started.clear()
    choose(SMALL, 320, 240, said.append)
    assert started == list(tryout.CANDIDATES[sys.platform])
