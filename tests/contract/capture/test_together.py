"""Picture and sound of one event carry the same time, simulated and through real programs."""

from __future__ import annotations

import contextlib
import statistics

import numpy as np
import pytest

from client.base.clock import SECOND_US, monotonic_us
from client.capture.audio import open_microphone
from client.capture.camera import open_camera
from tests import devices

RATE = 48_000


@contextlib.contextmanager
def simulated():
    yield "test", "test"


@contextlib.contextmanager
def real():
    """One ffmpeg flashes and clicks; its own sound buffer of 20 ms is part of what is measured."""
    with (
        devices.sound_server() as sound,
        pytest.MonkeyPatch.context() as patch,
        devices.flash_and_click(sound, 640, 360) as camera,
    ):
        for name, value in sound.environment.items():
            patch.setenv(name, value)
        yield camera.address, "default"


def flashes(camera, seconds: float) -> list[int]:
    """Return the moments at which the picture's last row turns white."""
    found, was_white = [], True
    until = monotonic_us() + seconds * SECOND_US
    while monotonic_us() < until:
        frame = camera.read()
        if frame is not None:
            is_white = frame.image[-2:].mean() > 200
            if is_white and not was_white:
                found.append(frame.at_us)
            was_white = is_white
    return found


def clicks(blocks: list[tuple[np.ndarray, int]]) -> list[float]:
    """Return the moments of the first loud sample after 0.3 s without one."""
    found, quiet_until = [], 0.0
    for samples, at_us in blocks:
        loud = np.flatnonzero(abs(samples.astype(int)) > 3000)
        if len(loud):
            moment = at_us + loud[0] * SECOND_US / RATE
            if moment > quiet_until:
                found.append(moment)
            quiet_until = at_us + loud[-1] * SECOND_US / RATE + 300_000
    return found[1:]  # it may have begun within a click


@pytest.mark.parametrize(("place", "seconds", "limit_ms"), [(simulated, 4, 2), (real, 7, 60)])
def test_a_flash_and_its_click_have_the_same_time(place, seconds: int, limit_ms: int) -> None:
    blocks: list[tuple[np.ndarray, int]] = []
    with place() as (camera_source, microphone_name):
        microphone = open_microphone(microphone_name, RATE)
        camera = open_camera(camera_source, 640, 360, 30)
        microphone.start(lambda samples, at_us: blocks.append((samples, at_us)))
        seen = flashes(camera, seconds)
        camera.close()
        microphone.close()
    heard, ended_us = clicks(blocks), blocks[-1][1]
    complete = [flash for flash in seen[1:] if flash < ended_us - SECOND_US // 4]
    offsets = [
        (min(heard, key=lambda moment: abs(moment - flash)) - flash) / 1000 for flash in complete
    ]
    assert len(offsets) >= 2
    assert abs(statistics.median(offsets)) < limit_ms
    assert max(offsets) - min(offsets) < 60
