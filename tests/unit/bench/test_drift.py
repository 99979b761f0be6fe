"""The measure of drift measures: what is put in comes out."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from tests.bench.drift import Event, listen, near, offsets, whole
from tests.bench.one_clock import EVERY_US, RATE, OneClock, heard

SECOND = 1_000_000


def clock(**more) -> OneClock:
    return OneClock(0.0, Path(), None, port=1, begun_us=10 * SECOND, **more)


@pytest.mark.parametrize("ppm", [-200, 0, 35])
def test_a_known_drift_is_found(ppm: float) -> None:
    seconds = np.arange(0, 1800, 2)
    events = [Event(float(s), 3.0 + s * ppm / 1000, 1.0) for s in seconds]
    told = offsets(events)
    assert told["slope_ppm"] == pytest.approx(ppm, abs=0.001)
    assert told["drift_ms"] == pytest.approx(ppm * 1.74, abs=0.1)  # between two medians
    assert told["first_minute_ms"] == pytest.approx(2 + ppm * 0.029, abs=0.01)
    assert told["sound_late_ms"] == (1.0, 1.0)


def test_clicks_and_inserted_silence_are_found_in_a_real_file(tmp_path) -> None:
    """Click and hum as the rig makes them, with half a second of nothing, through AAC in MP4."""
    samples = heard(np.arange(-RATE, 7 * RATE) * SECOND / RATE).astype(np.float32) / 32767
    samples[4 * RATE : 4 * RATE + RATE // 2] = 0
    path = tmp_path / "film.mp4"
    with av.open(str(path), "w") as film:
        stream = film.add_stream("aac", rate=RATE, layout="mono")
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="fltp", layout="mono")
        frame.sample_rate = RATE
        film.mux(stream.encode(frame))
        film.mux(stream.encode(None))
    clicks, silences = listen(path)
    assert clicks == pytest.approx([1, 3, 5, 7], abs=0.03)  # an AAC frame for its beginning
    assert [click - clicks[0] for click in clicks] == pytest.approx([0, 2, 4, 6], abs=0.0005)
    assert max(silences) == pytest.approx(0.5, abs=0.03)


def test_the_click_begins_with_the_flash_and_a_hum_is_beneath() -> None:
    moments = np.arange(-RATE // 10, 3 * RATE) * SECOND / RATE
    sound = heard(moments).astype(float) / 32767
    loud = moments[np.abs(sound) > 0.1]
    assert loud[0] == pytest.approx(0, abs=100)
    assert loud[loud > SECOND][0] == pytest.approx(EVERY_US, abs=100)
    pieces = np.abs(sound[: RATE // 10]).reshape(-1, 240).max(axis=1)
    assert pieces.min() > 0.015


def test_moments_are_those_of_the_flashes_and_losses_are_left_out() -> None:
    made = clock()
    assert made.moments(0, 15 * SECOND) == [10 * SECOND, 12 * SECOND, 14 * SECOND]
    made.away.append(("sound", 30 * SECOND, 34 * SECOND))
    kept = [moment for moment in made.moments(25 * SECOND, 45 * SECOND) if whole(moment, made)]
    assert [moment // SECOND for moment in kept] == [26, 28, 40, 42, 44]


def test_what_is_far_off_is_not_taken_for_the_event() -> None:
    assert near(5 * SECOND, [SECOND, 5 * SECOND + 90_000, 9 * SECOND]) == 5 * SECOND + 90_000
    assert near(5 * SECOND, [SECOND, 9 * SECOND]) is None
    assert near(5 * SECOND, []) is None
