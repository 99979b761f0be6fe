"""What `saijian devices` says of each test, and that no device can hold it up."""

from __future__ import annotations

import json
import sys
import time

import pytest

from client.base.text import Text
from client.capture.devices import CameraInfo, DeviceListing, MicrophoneInfo, ScreenInfo
from client.capture.trial import BLACK_CAMERA, SILENT, Trial, decibels, try_device
from client.cli.devices import CRASHED, HANGS, outcome_of, say, to_json, try_all

LISTING = DeviceListing(
    (ScreenInfo("X11 :0", "real", 1920, 1080),),
    (CameraInfo(0, "Integrated Camera", "real"), CameraInfo(2, "OBS Virtual Camera", "virtual")),
    (MicrophoneInfo("saijian.monitor", "Monitor of Null", "loopback", 48_000),),
    (Text("一句", "a sentence"),),
)
SCREEN = {"width": 1920, "height": 1080, "grabs": 9, "first_ms": 4.2, "ms": 0.2, "brightness": 80}
CAMERA = {"width": 1280, "height": 720, "said_fps": 30, "fps": 14.8, "brightness": 3.0}
SOUND = {"rate": 48_000, "seconds": 1.0, "peak_db": -96.0, "lost": 0}
TRIALS = {
    ("screen", "X11 :0"): Trial(SCREEN),
    ("camera", "0"): Trial(CAMERA, (BLACK_CAMERA,)),
    ("camera", "2"): Trial(error=Text("打不开。", "It cannot be opened.")),
    ("microphone", "saijian.monitor"): Trial(SOUND, (SILENT,)),
}


def test_each_device_is_tried_in_turn(monkeypatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)  # as in a program without a console
    assert try_all(LISTING, lambda *key: TRIALS[key]) == TRIALS


def test_a_person_reads_what_was_measured_and_what_is_wrong(monkeypatch) -> None:
    monkeypatch.setenv("SAIJIAN_LANG", "en")
    assert say(LISTING, TRIALS).splitlines() == [
        "Screen",
        "  X11 :0  1920x1080",
        "      1920x1080, 0.2 ms a grab (the first 4 ms)",
        "Cameras",
        "  0  Integrated Camera",
        "      1280x720, 14.8 pictures a second, brightness 1%",
        f"      look: {BLACK_CAMERA.en}",
        "  2  OBS Virtual Camera  [virtual]",
        "      does not work: It cannot be opened.",
        "Microphones",
        "  Monitor of Null  48000 Hz  [this computer's own output]",
        "      48000 Hz, peak -96 dB",
        f"      look: {SILENT.en}",
        "a sentence",
    ]


def test_in_chinese_nothing_is_left_in_english(monkeypatch) -> None:
    monkeypatch.setenv("SAIJIAN_LANG", "zh")
    said = say(LISTING, TRIALS)
    assert "每秒 14.8 帧" in said
    assert "不可用：打不开。" in said
    for english in ("look", "peak", "grab", "pictures"):
        assert english not in said


def test_programs_read_the_same_and_what_was_there_before() -> None:
    document = to_json(LISTING, TRIALS)
    (screen,) = document["screens"]
    assert screen | {"test": None} == {
        "name": "X11 :0",
        "origin": "real",
        "width": 1920,
        "height": 1080,
        "test": None,
    }
    assert screen["test"] == {"works": True, "figures": SCREEN, "warnings": [], "error": None}
    assert [camera["test"]["works"] for camera in document["cameras"]] == [True, False]
    assert document["cameras"][0]["test"]["warnings"] == [BLACK_CAMERA._asdict()]
    assert document["problems"] == [{"zh": "一句", "en": "a sentence"}]


def test_without_tests_there_are_none() -> None:
    assert [m["test"] for m in to_json(LISTING, {})["microphones"]] == [None]
    assert len(say(LISTING, {}).splitlines()) == 8


def test_a_test_that_hangs_ends_in_time() -> None:
    begun = time.monotonic()
    assert outcome_of([sys.executable, "-c", "import time; time.sleep(60)"], 0.2) == Trial(
        error=HANGS
    )
    assert time.monotonic() - begun < 30


@pytest.mark.parametrize("work", ["import os; os.abort()", "print('{}')", "print('nonsense')"])
def test_a_test_that_crashes_is_told(work: str) -> None:
    assert outcome_of([sys.executable, "-c", work], 30) == Trial(error=CRASHED)


def test_what_a_test_prints_comes_back_as_it_was(capsys) -> None:
    printed = json.dumps(TRIALS["camera", "0"].to_json())
    command = [sys.executable, "-c", f"print({printed!r})"]
    assert outcome_of(command, 30) == TRIALS["camera", "0"]


@pytest.mark.parametrize("name", ["no such thing", "77"])
def test_a_device_that_is_not_there_is_part_of_the_result(name: str) -> None:
    trial = try_device("camera", name)
    assert trial.error is not None
    assert name in trial.error.zh
    assert trial.figures == {}


@pytest.mark.parametrize(("peak", "db"), [(0, -96.0), (1, -90.3), (16384, -6.0), (32768, 0.0)])
def test_decibels(peak: int, db: float) -> None:
    assert decibels(peak) == db
