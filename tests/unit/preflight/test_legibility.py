"""What a check says of a card before a camera, and who opens the camera for it when."""

from __future__ import annotations

import sys
import threading
import time

import numpy as np
import pytest

from client.identity.legibility import Legibility, legibility_of
from client.identity.reader import Line
from client.preflight.check import Check, Finding
from client.preflight.checks.legibility import legibility_check
from client.preflight.facts.card import CardFacts
from client.preflight.probes import card as card_module
from client.preflight.probes import devices as devices_module
from client.preflight.probes.card import CardLook
from client.preflight.probes.devices import DeviceTries
from client.preflight.probes.legible import Sharpest
from client.preflight.runner import examine, run_checks
from client.preflight.turns import in_turn

TRIAL = '{"works": true, "figures": {"sharpness": 99.0}, "warnings": [], "error": null}'
READ = '{"lines": 3, "characters": 40, "score": 0.97, "height": 21}'


def line(text: str, score: float, height: float) -> Line:
    return Line(text, score, ((0, 0), (90, 0), (90, height), (0, height)))


def judged(**changes) -> Finding:
    facts = {"camera": "C920", "allowed": True, "error": None, **changes}
    return legibility_check(CardLook(allowed=True)).judge(CardFacts(**facts))


def test_figures_of_what_was_read_hold_nothing_of_it() -> None:
    found = legibility_of(
        [line("姓 名 张三", 0.9, 30), line("110105 1949", 1.0, 18), line("??", 0.5, 4)]
    )
    assert found == Legibility(lines=3, characters=14, score=0.971, height=18)
    assert legibility_of([line("??", 0.5, 4)]) == Legibility(lines=1)
    assert legibility_of([]) == Legibility()


@pytest.mark.parametrize(
    ("facts", "verdict", "evidence"),
    [
        ({"lines": 2, "characters": 12, "score": 0.9, "height": 22}, "pass", "12 个字，把握 90%"),
        ({"lines": 2, "characters": 11, "score": 0.9, "height": 22}, "warn", "最小的字高 22 像素"),
        ({"lines": 2, "sharpness": 300.0}, "unknown", "没有能认出的文字"),
        ({"sharpness": 3.0}, "warn", "画面模糊"),
        ({"sharpness": 300.0}, "unknown", "没有能认出的文字"),
        ({"camera": ""}, "unknown", "没有可以试的真实摄像头"),
        ({"allowed": False}, "unknown", "没有打开过"),
        ({"error": {"zh": "摄像头打不开。", "en": "No."}}, "unknown", "打不开"),
    ],
)
def test_verdicts(facts, verdict: str, evidence: str) -> None:
    finding = judged(**facts)
    assert finding.verdict == verdict
    assert evidence in finding.evidence.zh
    assert (finding.advice is None) == (verdict == "pass")


def test_the_sharpest_picture_of_each_part_is_kept_the_latest_first(monkeypatch) -> None:
    moments = iter([0, 1, 2, 3, 4, 5, 6, 7])
    monkeypatch.setattr(
        "client.preflight.probes.legible.monotonic_us", lambda: next(moments) * 1_000_000
    )
    kept = Sharpest(6.0)
    flat = np.full((48, 64, 3), 90, np.uint8)
    sharp = flat.copy()
    sharp[::4] = 200

    class Frame:
        def __init__(self, image) -> None:
            self.image = image

    for image in (flat, sharp, sharp, flat, flat, flat):  # at 1, 2, 3, 4, 5 and 6 s of 6
        kept.take(Frame(image))
    assert [picture.std() > 1 for picture in kept.pictures()] == [False, True, False]


def says(*lines: str, then: str = "") -> list[str]:
    return [sys.executable, "-c", f"for l in {lines!r}: print(l, flush=True)\n{then}"]


@pytest.fixture
def process(monkeypatch):
    """What the process of the look is, and each start of it."""
    started = []

    def become(command: list[str]) -> list:
        def own(*words: str) -> list[str]:
            started.append(words)
            return command

        monkeypatch.setattr(card_module, "own_command", own)
        return started

    return become


SOURCE = ("http://203.0.113.9:8080/video",)


def test_the_cameras_check_tries_it_and_the_same_pictures_are_read(process, monkeypatch) -> None:
    started = process(says(TRIAL, READ))
    monkeypatch.setattr(devices_module, "local_cameras", list)
    look = CardLook(allowed=True, sources=SOURCE)
    facts = DeviceTries("camera", allowed=True, sources=SOURCE, card=look)()
    assert facts.devices[0].tried.figures == {"sharpness": 99.0}
    assert look().characters == 40
    assert started == [("legible", *SOURCE, "3")]
    assert look().characters == 40  # asked again, alone: another look
    assert started[1:] == [("legible", *SOURCE, "5")]
    monkeypatch.setattr(card_module, "FRESH_S", -1.0)
    DeviceTries("camera", allowed=True, sources=SOURCE, card=look)()
    look()  # what the cameras' check began long ago is no answer
    assert [words[2] for words in started] == ["3", "5", "3", "5"]


def test_alone_it_opens_the_camera_itself(process) -> None:
    started = process(says(TRIAL, READ))
    look, looks = CardLook(allowed=True, sources=SOURCE), 2
    look()
    facts = look()  # tried again: another look, never the last one's pictures
    assert (facts.characters, facts.sharpness, facts.camera) == (40, 99.0, SOURCE[0])
    assert started == [("legible", *SOURCE, "5")] * looks


def test_one_that_reads_is_ended_when_its_check_is_stopped(process) -> None:
    process(says(TRIAL, then="import time; time.sleep(60)"))
    look = CardLook(allowed=True, sources=SOURCE)
    threading.Timer(0.5, look.stop).start()
    begun = time.monotonic()
    assert look().error is not None
    assert time.monotonic() - begun < 5


def test_a_process_that_says_rubbish_crashes_or_hangs_is_unknown(process, monkeypatch) -> None:
    monkeypatch.setattr(card_module, "READS_S", 0.3)
    monkeypatch.setattr(card_module, "LIMIT_S", 2.0)
    hang = "import time; time.sleep(60)"
    for command in (
        says("rubbish"),
        says(),
        says(TRIAL),
        says(TRIAL, '{"text": "110105"}'),
        says(TRIAL, then=hang),
        says(then=hang),
    ):
        process(command)
        begun = time.monotonic()
        finding = examine(legibility_check(CardLook(allowed=True, sources=SOURCE)))
        assert finding.verdict == "unknown", command
        assert "110105" not in finding.evidence.zh
        assert time.monotonic() - begun < 10


def test_nothing_is_opened_that_is_not_allowed(process) -> None:
    started = process(says(TRIAL, READ))
    assert CardLook(allowed=False, sources=SOURCE)().characters == 0
    assert started == []


@pytest.mark.parametrize("with_cameras", [True, False])
def test_the_trial_recording_waits_for_who_opens_the_camera_and_not_for_the_reading(
    with_cameras,
) -> None:
    order, read = [], threading.Event()

    def check(name: str, act=lambda: None) -> Check[None]:
        def probe() -> None:
            act()
            order.append(name)

        words = legibility_check(CardLook(allowed=False)).title
        return Check(name, words, words, probe, lambda _: Finding("pass", words))

    def reading() -> None:
        read.wait(2 if with_cameras else 0.2)

    checks = [
        check("recording", read.set if with_cameras else lambda: None),
        check("legibility", reading),
        check("microphones", lambda: time.sleep(0.1)),
    ]
    if with_cameras:
        checks.append(check("cameras", lambda: time.sleep(0.1)))
    list(run_checks(in_turn(checks)))
    expected = {"recording", "legibility"}
    assert set(order[-2:]) == expected
    assert order[-1] == ("legibility" if with_cameras else "recording")
