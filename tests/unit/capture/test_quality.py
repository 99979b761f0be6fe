"""Figures of pictures and sounds that are made up, and what is said of them."""

from __future__ import annotations

import numpy as np
import pytest

from client.capture import quality
from client.capture.quality import Sharpness, camera_faults, microphone_faults, sound_figures

RATE = 48_000


def sound(seconds: float = 3.0, hertz: float = 440, loud: float = 3000, noise: float = 30):
    time = np.arange(round(RATE * seconds)) / RATE
    wave = loud * np.sin(2 * np.pi * hertz * time)
    wave += np.random.default_rng(1).normal(0, noise, wave.size)
    return np.clip(wave, -32768, 32767).astype(np.int16)


@pytest.mark.parametrize("size", [(720, 1280), (480, 640)])
def test_print_is_sharp_and_a_lens_out_of_focus_is_not(size) -> None:
    cv2 = pytest.importorskip("cv2")
    page = np.full((*size, 3), 220, np.uint8)
    for row in range(40, size[0] - 20, 40):
        cv2.putText(page, "The quick brown fox 0123456789", (20, row), 0, 0.8, (20, 20, 20), 2)
    soft = cv2.GaussianBlur(page, (0, 0), size[0] / 45)
    noise = np.random.default_rng(2)
    measured = []
    for picture in (page, soft):
        sharpness = Sharpness()
        for _ in range(12):
            shown = picture + noise.normal(0, 3, picture.shape)
            sharpness.take(np.clip(shown, 0, 255).astype(np.uint8))
        measured.append(sharpness.value())
    assert measured[0] > 10 * quality.BLURRED
    assert measured[1] < quality.BLURRED


def test_no_picture_has_no_sharpness() -> None:
    sharpness = Sharpness()
    assert sharpness.value() is None
    sharpness.take(np.zeros((2, 2, 3), np.uint8))
    assert sharpness.value() is None


def test_level_and_peak() -> None:
    figures = sound_figures(sound(loud=3276.8, noise=0), RATE)
    assert figures["peak_db"] == pytest.approx(-20, abs=0.1)
    assert figures["level_db"] == pytest.approx(-23, abs=0.1)
    assert figures["clipped_percent"] == 0
    assert sound_figures(np.zeros(RATE, np.int16), RATE)["level_db"] == quality.FLOOR_DB
    assert sound_figures(np.empty(0, np.int16), RATE) == {}


@pytest.mark.parametrize(
    ("hertz", "seconds", "is_hum"),
    [(50, 3, True), (100, 3, True), (150, 1, True), (440, 3, False), (75, 3, False), (1, 3, False)],
)
def test_hum_of_the_mains_and_nothing_else(hertz: float, seconds: float, is_hum: bool) -> None:
    figures = sound_figures(sound(seconds, hertz), RATE)
    assert (figures["hum_percent"] > 90) == is_hum
    assert (quality.HUM in microphone_faults(figures)) == is_hum


def test_a_voice_over_some_hum_is_no_hum() -> None:
    mixed = (sound(hertz=50, loud=400).astype(np.int32) + sound(hertz=210, loud=4000)).astype(
        np.int16
    )
    assert microphone_faults(sound_figures(mixed, RATE)) == ()


def test_what_is_clipped_is_told() -> None:
    assert microphone_faults(sound_figures(sound(loud=50_000), RATE)) == (quality.CLIPPED,)
    assert microphone_faults(sound_figures(sound(loud=30_000), RATE)) == ()
    assert microphone_faults(sound_figures(sound(loud=0, noise=1), RATE)) == (quality.SILENT,)


GOOD = {
    "fps": 15,
    "brightness": 100,
    "sharpness": 200,
    "pictures": 45,
    "distinct": 45,
    "seconds": 3,
}


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({}, None),
        ({"fps": 7}, quality.SLOW_CAMERA),
        ({"brightness": 8}, quality.BLACK_CAMERA),
        ({"brightness": 39}, quality.DIM_CAMERA),
        ({"brightness": 40}, None),
        ({"brightness": 236}, quality.GLARING_CAMERA),
        ({"sharpness": 8}, quality.BLURRED_CAMERA),
        ({"distinct": 1}, quality.STILL_CAMERA),
        ({"distinct": 1, "seconds": 1}, None),  # a compressed stream of a still room
        ({"distinct": 1, "pictures": 9}, None),
    ],
)
def test_faults_of_a_camera(change, fault) -> None:
    assert camera_faults({**GOOD, **change}, 15) == (() if fault is None else (fault,))


def test_what_was_not_measured_is_not_judged() -> None:
    assert camera_faults({}, 15) == ()
    assert microphone_faults({}) == ()
