"""Desktop Duplication is tried out in a process of its own; Wine has none, and says why."""

from __future__ import annotations

import json

from client.capture.screen import open_screen
from client.contest.plan import Recording
from client.recorder.child.build import ScreenOpener
from client.recorder.child.tryout import DUPLICATION, choose, choose_capture
from client.recorder.setup import Encoders
from tests.windows.program import saijian


def test_the_try_out_answers_with_a_reason_and_gdi_is_used():
    capture, (tried,) = choose_capture(10, lambda _: None)
    if tried.works:  # a real Windows: then it was proved, and chosen only if cheaper
        assert capture in ("usual", DUPLICATION)
    else:
        assert capture == "usual"
        assert tried.reason.zh
        assert tried.reason.en


def test_its_process_prints_one_object():
    said = saijian("tryout", DUPLICATION, "10")
    assert said.returncode == 0
    assert set(json.loads(said.stdout)) in ({"refused"}, {"duplication_ms", "usual_ms"})


def test_a_setup_that_names_it_still_gets_a_screen():
    screen = ScreenOpener(DUPLICATION, 10)()
    usual = open_screen()
    assert (screen.width, screen.height) == (usual.width, usual.height)
    assert screen.read()
    screen.close()
    usual.close()


def test_both_pictures_of_gdi_differ_by_the_pointer_at_most():
    screen = open_screen()
    bare, drawn = screen.both()
    assert bare.shape == drawn.shape == (screen.height, screen.width, 4)
    assert (bare != drawn).any(axis=2).mean() < 0.02
    screen.close()


def test_every_hardware_encoder_answers_too():
    encoders, tried = choose(Recording(), 640, 480, lambda _: None)
    assert [each.name for each in tried] == ["h264_nvenc", "h264_qsv", "h264_amf"]
    if not any(each.works for each in tried):
        assert encoders == Encoders()
