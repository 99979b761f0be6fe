"""What x264 is told not to look at: heeded, harmless, and left out where it cannot be said."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from client.base.clock import SECOND_US
from client.recorder.child import hints
from client.recorder.child.container import Part, VideoShape
from client.recorder.child.hints import Area, encoder_options, tell_changed

WIDTH, HEIGHT = 320, 240
LETTER = Area(100, 60, 80, 60)
ELSEWHERE = Area(200, 150, 32, 32)


def place(area: Area) -> tuple[slice, slice]:
    return slice(area.top, area.top + area.height), slice(area.left, area.left + area.width)


def pictures(count: int = 30) -> list[np.ndarray]:
    """Noise in which one small area changes from picture to picture."""
    random = np.random.default_rng(7)
    picture = np.full((HEIGHT * 3 // 2, WIDTH), 128, np.uint8)
    picture[:HEIGHT] = np.repeat(np.repeat(random.integers(0, 256, (30, 40), np.uint8), 8, 0), 8, 1)
    film = [picture.copy()]
    for _ in range(count - 1):
        picture[place(LETTER)] = random.integers(0, 256, (LETTER.height, LETTER.width))
        film.append(picture.copy())
    return film


def encoded(path: Path, film: list[np.ndarray], changed: list[Area] | None) -> bytes:
    part = Part(path, 0, VideoShape(WIDTH, HEIGHT, 10, 28, key_frame_seconds=60), None)
    for index, picture in enumerate(film):
        part.add_picture(picture, index * SECOND_US // 10, changed if index else None)
    part.close()
    assert part.writer.wait(10)
    return path.read_bytes()


def decoded(path: Path) -> list[np.ndarray]:
    with av.open(path) as container:
        return [frame.to_ndarray() for frame in container.decode(video=0)]


def test_this_pyav_takes_hints():
    pixels = np.zeros((HEIGHT * 3 // 2, WIDTH), np.uint8)
    frame = av.VideoFrame.from_numpy_buffer(pixels, format="yuv420p")
    assert tell_changed(frame, pixels, [LETTER, ELSEWHERE])
    assert encoder_options() == {"mb_info": "1"}


def test_a_true_hint_changes_no_bit(tmp_path: Path):
    film = pictures()
    assert encoded(tmp_path / "a.mp4", film, [LETTER]) == encoded(tmp_path / "b.mp4", film, None)


def test_the_encoder_heeds_it_what_is_said_to_be_constant_is_not_looked_at(tmp_path: Path):
    film = pictures()  # at its end the reference is as good as the encoder would make it
    film[-1][place(ELSEWHERE)] = 255 - film[-1][place(ELSEWHERE)]
    encoded(tmp_path / "told.mp4", film, [LETTER, ELSEWHERE])
    encoded(tmp_path / "untold.mp4", film, [LETTER])
    told, untold = (decoded(tmp_path / name) for name in ("told.mp4", "untold.mp4"))

    def off(picture: np.ndarray, expected: np.ndarray) -> float:
        return float(
            np.abs(picture[place(ELSEWHERE)].astype(int) - expected[place(ELSEWHERE)]).mean()
        )

    assert off(told[-1], film[-1]) < 12
    assert off(untold[-1], film[0]) < 12
    assert off(untold[-1], film[-1]) > 60


def test_pixels_of_another_picture_are_no_place_for_a_hint():
    pixels = np.zeros((HEIGHT * 3 // 2, WIDTH), np.uint8)
    frame = av.VideoFrame.from_numpy_buffer(pixels, format="yuv420p")
    assert not tell_changed(frame, pixels.copy(), [LETTER])


@pytest.fixture
def another_pyav(monkeypatch):
    monkeypatch.setattr(av, "__version__", "19.0.2")
    hints._create.cache_clear()
    yield
    monkeypatch.undo()
    hints._create.cache_clear()


@pytest.mark.usefixtures("another_pyav")
def test_a_pyav_that_was_not_tried_gets_no_hints_and_all_is_looked_at(tmp_path: Path):
    film = pictures(6)
    for picture in film[1:]:
        picture[place(ELSEWHERE)] = 255 - picture[place(ELSEWHERE)]
    assert encoder_options() == {}
    encoded(tmp_path / "a.mp4", film, [LETTER])
    last = decoded(tmp_path / "a.mp4")[-1]
    assert np.abs(last[place(ELSEWHERE)].astype(int) - film[-1][place(ELSEWHERE)]).mean() < 12
