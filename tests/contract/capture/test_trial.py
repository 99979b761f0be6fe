"""One second with real devices: what works says so, what is wrong is told, all of it in time."""

from __future__ import annotations

import contextlib
import os
import signal

import pytest

from client.capture.trial import BLACK_CAMERA, BLACK_SCREEN, SILENT, try_device
from client.cli.devices import in_a_process
from tests import devices


@contextlib.contextmanager
def seen_by_us(device):
    with pytest.MonkeyPatch.context() as patch:
        for name, value in device.environment.items():
            patch.setenv(name, value)
        yield device


def test_a_screen_with_something_on_it() -> None:
    with devices.display(640, 480) as shown, seen_by_us(shown):
        devices.wait_until(lambda: not try_device("screen", "").warnings)
        trial = try_device("screen", "")
    assert (trial.error, trial.warnings) == (None, ())
    assert (trial.figures["width"], trial.figures["height"]) == (640, 480)
    assert trial.figures["grabs"] >= 2
    assert trial.figures["first_ms"] > 0


def test_a_black_screen_is_told() -> None:
    with devices.display(640, 480, moving=False) as shown, seen_by_us(shown):
        trial = try_device("screen", "")
    assert trial.warnings == (BLACK_SCREEN,)


def test_a_camera_that_works() -> None:
    with devices.mjpeg_camera(640, 360, 15) as camera:
        trial = try_device("camera", camera.address)
    assert (trial.error, trial.warnings) == (None, ())
    assert (trial.figures["width"], trial.figures["height"]) == (640, 360)
    assert trial.figures["fps"] > 7.5
    assert trial.figures["brightness"] > 40


def test_the_simulation_works_and_a_dark_camera_is_told(monkeypatch) -> None:
    trial = try_device("camera", "test")
    assert (trial.error, trial.figures["width"]) == (None, 1280)
    command = ["ffmpeg", "-nostdin", "-v", "fatal", "-re", "-f", "lavfi"]
    port = devices.free_port()
    dark = [*command, "-i", "color=black:s=320x240:r=15", *devices._serve(port)]
    with devices.restarting(*dark) as processes:
        devices.wait_until(lambda: devices.listens(port), processes[0])
        trial = try_device("camera", f"http://127.0.0.1:{port}/cam.mjpg")
    assert trial.warnings == (BLACK_CAMERA,)


def test_a_camera_that_nobody_serves_does_not_work() -> None:
    trial = try_device("camera", f"http://127.0.0.1:{devices.free_port()}/cam.mjpg")
    assert trial.error is not None
    assert trial.figures == {}


def test_a_silent_microphone_is_told_and_a_speaking_one_is_heard() -> None:
    with devices.sound_server() as sound, seen_by_us(sound):
        silent = try_device("microphone", sound.source)
        assert (silent.error, silent.warnings) == (None, (SILENT,))
        assert silent.figures["rate"] == 48_000
        with devices.speech(sound):
            devices.wait_until(lambda: not try_device("microphone", sound.source).warnings)


def test_a_sound_server_that_hangs_does_not_hold_the_verb_up(monkeypatch) -> None:
    monkeypatch.setattr("client.cli.devices.LIMIT_S", 6.0)
    with devices.sound_server() as sound, seen_by_us(sound):
        os.kill(sound.process.pid, signal.SIGSTOP)
        try:
            trial = in_a_process("microphone", sound.source)
        finally:
            os.kill(sound.process.pid, signal.SIGCONT)
    assert trial.error is not None


def test_the_test_in_a_process_says_the_same() -> None:
    with devices.display(640, 480, moving=False) as shown, seen_by_us(shown):
        trial = in_a_process("screen", "")
    assert trial.warnings == (BLACK_SCREEN,)
    assert trial.figures["width"] == 640
