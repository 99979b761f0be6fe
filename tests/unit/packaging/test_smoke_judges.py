"""What looks at the recordings of a trial: it must find what is there, and miss what is not."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.append(str(Path(__file__).resolve().parents[3] / "packaging"))

from tryout import counter, picture, pointer, tone
from tryout.pattern import AT, PLACES
from tryout.pointer import Visit
from tryout.target import Failed

RATE = 48_000


def desktop(shift: int = 0) -> np.ndarray:
    """Return a frame with the known picture, `shift` pixels to the right of its place."""
    frame = np.full((720, 1280, 3), 40, np.uint8)
    known = picture.known_picture()
    left, top = AT[0] + shift, AT[1]
    frame[top : top + known.shape[0], left : left + known.shape[1]] = known
    return frame


def noisy(frame: np.ndarray, by: int = 10) -> np.ndarray:
    """Return it as a lossy encoder might."""
    noise = np.random.default_rng(1).integers(-by, by + 1, frame.shape)
    return np.clip(frame.astype(np.int16) + noise, 0, 255).astype(np.uint8)


# ---- the known picture ---------------------------------------------------------------------------


def test_the_picture_is_found_through_noise():
    said = picture.judge_picture([noisy(desktop())] * 3)
    assert said.startswith("known picture in 3 of 3 frames, at most 0 px away")


@pytest.mark.parametrize(
    "frame",
    [
        pytest.param(np.zeros((720, 1280, 3), np.uint8), id="black"),
        pytest.param(noisy(np.full((720, 1280, 3), 128, np.uint8), 100), id="noise"),
        pytest.param(desktop(shift=5), id="moved"),
        pytest.param(desktop()[..., ::-1], id="red-and-blue-swapped"),
        pytest.param(255 - desktop(), id="inverted"),
        pytest.param(desktop() // 2, id="dark"),
        pytest.param(desktop()[::2, ::2], id="half-the-size"),
        pytest.param(desktop()[:100, :100], id="cut"),
    ],
)
def test_a_recording_without_the_picture_fails(frame):
    with pytest.raises(Failed, match="known picture in 0 of 4"):
        picture.judge_picture([frame] * 4)


def test_a_picture_that_comes_and_goes_fails():
    frames = [desktop()] * 9 + [np.zeros((720, 1280, 3), np.uint8)]
    with pytest.raises(Failed, match="9 of 10"):
        picture.judge_picture(frames)


def test_no_frames_are_no_success():
    with pytest.raises(Failed):
        picture.judge_picture([])


# ---- the pointer ---------------------------------------------------------------------------------


def walk(*, drawn: bool = True, late: float = 0.0, wrong: bool = False):
    """Return visits, and frames at 10 a second whose pointer follows them."""
    visits = [Visit(n % len(PLACES), n * pointer.STAY_S) for n in range(10)]
    frames = []
    for moment in np.arange(0, 10 * pointer.STAY_S, 0.1):
        frame = desktop()
        past = [visit for visit in visits if visit.utc <= moment - late]
        if past and drawn:
            x, y = PLACES[(past[-1].place + (1 if wrong else 0)) % len(PLACES)]
            for row in range(14):
                frame[y + row, x : x + row // 2 + 1] = 255
        frames.append((float(moment), pointer.patches(frame)))
    return visits, pointer.looks(frames), (frames[0][0] - 1, frames[-1][0])


def judge(**how):
    visits, seen, filmed = walk(**how)
    return pointer.judge_pointer(visits, seen, filmed=filmed)


def test_the_pointer_is_found_where_it_was_put():
    assert judge().startswith("pointer seen at 9 of 9 places")


@pytest.mark.parametrize("how", [{"drawn": False}, {"late": 4.0}, {"wrong": True}], ids=str)
def test_a_recording_without_the_pointer_fails(how):
    with pytest.raises(Failed, match="of 9 places"):
        judge(**how)


def test_without_frames_or_visits_there_is_no_pointer():
    with pytest.raises(Failed):
        pointer.judge_pointer([], [], filmed=(0, 100))
    assert pointer.looks([]) == []


# ---- the tone ------------------------------------------------------------------------------------


def sound(hertz: float = tone.HERTZ, level: float = tone.LEVEL, noise: float = 0.001):
    at = np.arange(5 * RATE) / RATE
    hiss = np.random.default_rng(2).normal(0, noise, len(at))
    return (level * np.sin(2 * np.pi * hertz * at) + hiss).astype(np.float32)


def test_the_tone_is_heard_with_its_level():
    said = tone.judge_tone(sound(), RATE)
    assert said.startswith("1000 Hz in 10 of 10 half seconds, -20.0 dB")


@pytest.mark.parametrize(
    "samples",
    [
        pytest.param(np.zeros(5 * RATE, np.float32), id="silence"),
        pytest.param(sound(level=0, noise=0.1), id="noise"),
        pytest.param(sound(hertz=1010), id="too-high"),
        pytest.param(sound(hertz=500), id="half"),
        pytest.param(sound(level=0.05), id="too-quiet"),
        pytest.param(sound(level=0.2), id="too-loud"),
        pytest.param(sound(noise=0.05), id="buried"),
        pytest.param(np.sign(sound(noise=0)) * 0.0785, id="a-square-wave"),
        pytest.param(sound()[: RATE // 4], id="too-short"),
    ],
)
def test_a_recording_without_the_tone_fails(samples):
    with pytest.raises(Failed, match="1000 Hz in 0 of"):
        tone.judge_tone(samples, RATE)


def test_a_tone_with_holes_fails():
    samples = sound()
    samples[RATE : 2 * RATE] = 0
    with pytest.raises(Failed, match="8 of 10"):
        tone.judge_tone(samples, RATE)


# ---- the counter ---------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [0, 1, 373, 0x5555, 0xAAAA, 0xFFFF])
def test_a_number_is_read_through_noise(number):
    assert counter.read_number(noisy(counter.draw_number(number), 60)) == number


@pytest.mark.parametrize(
    "frame",
    [
        pytest.param(np.zeros((720, 1280, 3), np.uint8), id="black"),
        pytest.param(np.full((720, 1280, 3), 255, np.uint8), id="white"),
        pytest.param(counter.draw_number(5)[::-1], id="upside-down"),
        pytest.param(counter.draw_number(5)[:, ::2], id="narrow"),
        pytest.param(np.roll(counter.draw_number(0b101), 40, axis=1), id="shifted"),
    ],
)
def test_there_is_no_number_in_anything_else(frame):
    assert counter.read_number(frame) is None


def numbered(*numbers: int) -> list[np.ndarray]:
    return [counter.draw_number(number) for number in numbers]


def test_all_numbers_in_order_are_well():
    assert counter.judge_counter(numbered(7, 7, 8, 9, 10), [7, 8, 9, 10]).startswith("4 of 4")


@pytest.mark.parametrize(
    ("seen", "words"),
    [((), "0 of 10"), ((1, 2, 3), "3 of 10"), ((*range(1, 9), 10, 9), "out of order")],
)
def test_numbers_that_lack_or_come_back_fail(seen, words):
    with pytest.raises(Failed, match=words):
        counter.judge_counter(numbered(*seen), range(1, 11))


def test_numbers_of_another_time_fail():
    with pytest.raises(Failed):
        counter.judge_counter(numbered(*range(100, 120)), range(20))
    with pytest.raises(Failed):
        counter.judge_counter(numbered(1, 2, 3), [])
