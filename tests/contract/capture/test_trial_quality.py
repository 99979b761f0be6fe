"""What a try of some seconds tells of real devices: focus, light, stillness, hum, clipping."""

from __future__ import annotations

import contextlib

import pytest

from client.capture import quality
from client.capture.trial import try_device
from client.preflight.checks.devices import Wanted, devices_check
from client.preflight.probes import devices as probes
from client.preflight.runner import examine
from tests import devices

PAGE = "testsrc2=s=640x360:r=15"


@contextlib.contextmanager
def camera(picture: str):
    """Serve a picture of ffmpeg's as a camera."""
    port = devices.free_port()
    words = ["-re", "-f", "lavfi", "-i", picture]
    with devices.restarting(*devices._FFMPEG, *words, *devices._serve(port)) as processes:
        devices.wait_until(lambda: devices.listens(port), processes[0])
        yield f"http://127.0.0.1:{port}/cam.mjpg"


@contextlib.contextmanager
def microphone(wave: str):
    """Play a sound of ffmpeg's into the microphone."""
    with devices.sound_server() as sound, pytest.MonkeyPatch.context() as patch:
        for name, value in sound.environment.items():
            patch.setenv(name, value)
        command = [*devices._FFMPEG, "-re", "-f", "lavfi", "-i", f"aevalsrc={wave}:s=48000"]
        command += ["-f", "pulse", "-device", devices.SINK, "sound"]
        with devices.running(*command, environment=sound.environment):
            devices.wait_until(lambda: not silent(sound.source))
            yield sound.source


def silent(source: str) -> bool:
    return try_device("microphone", source, 0.3).warnings == (quality.SILENT,)


@pytest.mark.parametrize(
    ("picture", "faults"),
    [
        (PAGE, ()),
        (f"{PAGE},gblur=sigma=16", (quality.BLURRED_CAMERA,)),
        (f"{PAGE},hue=s=0,lutyuv=y=16+(val-16)*0.15", (quality.DIM_CAMERA,)),
        ("smptebars=s=640x360:r=15", (quality.STILL_CAMERA,)),
    ],
)
def test_pictures(picture: str, faults) -> None:
    with camera(picture) as address:
        trial = try_device("camera", address, 3)
    assert trial.error is None
    assert trial.warnings == faults, trial.figures
    assert 2.5 < trial.figures["seconds"] <= 3.2


@pytest.mark.parametrize(
    ("wave", "faults"),
    [
        ("0.1*sin(2*PI*440*t)", ()),
        ("0.1*sin(2*PI*50*t)+0.03*sin(2*PI*150*t)", (quality.HUM,)),
        ("clip(3*sin(2*PI*440*t)\\,-1\\,1)", (quality.CLIPPED,)),
    ],
)
def test_sounds(wave: str, faults) -> None:
    with microphone(wave) as source:
        trial = try_device("microphone", source, 1)
    assert trial.error is None
    assert trial.warnings == faults, trial.figures


def test_the_checks_try_real_devices_and_keep_nothing(monkeypatch) -> None:
    monkeypatch.setattr(probes, "origin_of_address", lambda _: "real")  # it is on loopback here
    with camera(PAGE) as address:
        seen = examine(devices_check("camera", Wanted(2, 2, 15), allowed=True, sources=(address,)))
    assert seen.verdict == "pass", seen
    assert "640x360" in seen.evidence.zh
    with microphone("0.1*sin(2*PI*440*t)"):
        tries = probes.DeviceTries("microphone", allowed=True)
        facts = tries()
    (heard,) = facts.devices
    assert heard.origin == "loopback"  # a monitor hears the computer, not the room
    assert heard.tried is not None
    assert heard.tried.figures["seconds"] == pytest.approx(3, abs=0.1)
    assert heard.tried.figures["peak_db"] == pytest.approx(-20, abs=1)
