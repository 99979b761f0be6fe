"""What judges pictures, intervals and sound: each finds what is planted, and nothing else."""

import numpy as np
import pytest

from tests.bench.load import RATE, TONE_HZ, heard, judged
from tests.bench.quality import characters_of, parse_ssim

TONE = (0.5 * np.sin(2 * np.pi * TONE_HZ * np.arange(4 * RATE) / RATE)).astype(np.float32)


def test_a_whole_tone_lost_nothing():
    assert heard(TONE) == {"sound_s": 4.0, "silent_ms": 0, "breaks": 0}


def test_a_tone_that_is_slaved_to_another_clock_lost_nothing():
    stretched = np.interp(np.arange(0, TONE.size, 1.005), np.arange(TONE.size), TONE)
    found = heard(stretched.astype(np.float32))
    assert (found["silent_ms"], found["breaks"]) == (0, 0)


@pytest.mark.parametrize("ms", [5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100])
def test_a_lost_block_is_heard(ms):
    lost = np.delete(TONE, np.s_[RATE : RATE + ms * RATE // 1000])
    assert heard(lost)["breaks"] >= 1


def test_inserted_silence_is_heard():
    sound = TONE.copy()
    sound[RATE : RATE + RATE // 10] = 0
    assert heard(sound)["silent_ms"] == 100


def test_late_pictures_are_counted_once_start_up_is_over():
    times = [0.0, 2.0, *(3.1 + 0.1 * n for n in range(10)), 4.2]
    found = judged(times)
    assert found["count"] == 10
    assert found["on_time"] == pytest.approx(0.9)
    assert found["longest"] == pytest.approx(0.2)


def test_ssim_is_read_from_what_ffmpeg_says():
    said = "[Parsed_ssim_2 @ 0x1] SSIM Y:0.99 (20.0) U:1 (inf) V:1 (inf) All:0.993421 (21.8)\n"
    assert parse_ssim(said) == 0.993421
    with pytest.raises(ValueError, match="nothing"):
        parse_ssim("nothing")


def test_punctuation_is_no_character():
    assert characters_of(["库存 35，", "库"]) == {"库": 2, "存": 1, "3": 1, "5": 1}
