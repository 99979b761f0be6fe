"""What judges pictures, intervals and sound: each finds what is planted, and nothing else."""

import numpy as np
import pytest

from tests.bench.film import middle_private
from tests.bench.load import RATE, TONE_HZ, heard, judged
from tests.bench.proc import Memory
from tests.bench.quality import characters_of, parse_ssim, ssim
from tests.bench.scale import Changes

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
    said = "n:1 Y:0.99 U:1.0 V:1.0 All:0.993421 (21.8)\nn:2 Y:1.0 U:1.0 V:1.0 All:1.000000 (inf)\n"
    assert parse_ssim(said, 2) == [0.993421, 1.0]
    with pytest.raises(ValueError, match="3 pictures"):
        parse_ssim(said, 3)


def test_the_same_picture_is_the_same_and_another_is_not(tmp_path):
    noise = np.random.default_rng(1).integers(0, 256, (64, 96, 3), dtype=np.uint8)
    same, other = ssim([noise, noise], [noise, noise // 2], tmp_path)
    assert same == 1.0
    assert other < 0.9
    assert list(tmp_path.iterdir()) == []


def test_punctuation_is_no_character():
    assert characters_of(["库存 35，", "库"]) == {"库": 2, "存": 1, "3": 1, "5": 1}


def test_changed_pixels_are_counted_between_two_moments():
    changes = Changes([(1.0, 5), (2.0, 7), (3.0, 11)])
    assert changes.between(1.0, 3.0) == 18


def test_memory_is_the_middle_of_ten_seconds():
    readings = [(float(second), Memory(0, 100 + second)) for second in range(1, 61)]
    assert middle_private([*readings, (60.2, Memory(0, 9999))], 60.0) == 156
