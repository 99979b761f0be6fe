"""The sound's time line: every sample at its moment, whatever the device does."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from client.recorder.child.soundline import JUMP_US, SoundLine

RATE = 48_000
BLOCK = 960
SECOND = 1_000_000


def tone(size: int = BLOCK) -> np.ndarray:
    return np.full(size, 0.25, np.float32)


def test_blocks_on_time_pass_through_unchanged():
    line = SoundLine(RATE, origin_us=0)
    for n in range(100):
        placed = line.place(tone(), n * 20_000)
        assert placed.size == BLOCK
        assert (placed == 0.25).all()
    assert line.samples == 100 * BLOCK
    assert line.silent == 0


@pytest.mark.parametrize("ppm", [-200, 200, 1000])
def test_a_wrong_sample_clock_is_resampled_to_the_monotonic_clock(ppm: int):
    line = SoundLine(RATE, origin_us=0)
    written = 0
    minutes = 10
    for n in range(minutes * 60 * 50):
        at_us = round(n * 20_000 * (1 - ppm / 1e6))
        written += line.place(tone(), at_us).size
        error_us = line.end_us - (at_us + 20_000)
        assert abs(error_us) < 40_000, n
    assert written == line.samples
    assert line.silent == 0  # nothing was lost, so nothing is invented


def test_lost_samples_become_silence_of_the_same_length():
    line = SoundLine(RATE, origin_us=0)
    line.place(tone(), 0)
    placed = line.place(tone(), 520_000)  # half a second never came
    assert placed.size == BLOCK + RATE // 2
    assert (placed[: RATE // 2] == 0).all()
    assert (placed[RATE // 2 :] == 0.25).all()
    assert line.silent == RATE // 2


def test_samples_that_come_after_their_time_was_filled_are_left_out():
    line = SoundLine(RATE, origin_us=0)
    line.silence_until(SECOND)
    placed = line.place(tone(RATE), SECOND // 2)  # a second of sound, half of it too late
    assert placed.size == RATE // 2
    assert line.end_us == SECOND + SECOND // 2


def test_silence_until_the_past_adds_nothing():
    line = SoundLine(RATE, origin_us=SECOND)
    assert line.silence_until(0).size == 0
    assert line.end_us == SECOND


@settings(max_examples=200)
@given(
    st.lists(
        st.tuples(st.integers(0, 2000), st.integers(-300_000, 2 * SECOND)), min_size=1, max_size=40
    )
)
def test_the_line_never_runs_backwards_nor_far_from_its_blocks(blocks: list[tuple[int, int]]):
    line = SoundLine(RATE, origin_us=0)
    at_us = 0
    for size, step in blocks:
        at_us = max(0, at_us + step)
        before = line.samples
        placed = line.place(tone(size), at_us)
        assert line.samples == before + placed.size
        block_end_us = at_us + size * SECOND // RATE
        assert line.end_us >= block_end_us - JUMP_US - 25_000


@pytest.mark.parametrize("lost_ms", [35, 80, 99])
def test_a_loss_too_short_for_silence_is_made_good_within_seconds(lost_ms: int):
    """Sound servers on a busy computer lose some ten milliseconds at a time."""
    line = SoundLine(RATE, origin_us=0)
    errors_us = []
    for n in range(60 * 50):
        at_us = n * 20_000 + (lost_ms * 1000 if n >= 500 else 0)
        size = line.place(tone(), at_us).size
        assert abs(size - BLOCK) <= BLOCK * 0.026  # half a semitone at most
        errors_us.append(at_us + 20_000 - line.end_us)
    assert line.silent == 0
    after = [abs(error_us) for error_us in errors_us[500:]]
    assert max(after) <= lost_ms * 1000 + 1000
    assert max(after[50 * 5 :]) < 40_000
    assert max(after[50 * 20 :]) < 2_000
