"""Pictures written without the encoder: what a decoder makes of them, and when there are none."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from client.base.clock import SECOND_US
from client.recorder.child.bits import (
    BitReader,
    BitWriter,
    UnusualStreamError,
    escaped,
    split,
    unescaped,
)
from client.recorder.child.container import Part
from client.recorder.child.difference import LOOKED_AT, WRITTEN
from client.recorder.child.encoder import VideoEncoder, VideoShape
from client.recorder.child.handmade import RESTED
from client.recorder.child.hints import Area
from client.recorder.child.picture import planes
from client.recorder.child.slices import Headers

RATE = 10
PERIOD = SECOND_US // RATE
SIZES = [(64, 48), (130, 66), (640, 480), (1366, 768), (1920, 1080)]


class Screen:
    """A desktop that is drawn on, and what the recorder is told of it."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.picture = np.full((height * 3 // 2, width), 128, np.uint8)
        self._random = np.random.default_rng(1)

    def draw(self, area: Area) -> list[Area]:
        """Fill an even area with noise."""
        left, top, width, height = area
        for plane, scale in zip(planes(self.picture), (1, 2, 2), strict=True):
            place = plane[
                top // scale : (top + height) // scale, left // scale : (left + width) // scale
            ]
            place[...] = self._random.integers(0, 256, place.shape)
        return [area]

    def draw_much(self) -> list[Area]:
        return self.draw(Area(0, 0, self.width, self.height))


def record(path: Path, screen: Screen, steps: list, quality: int = 26) -> tuple[list, Part]:
    """Take a picture a step: `much`, an area, or None for no change. Return what was shown."""
    shape = VideoShape(screen.width, screen.height, RATE, quality, key_frame_seconds=2)
    part = Part(path, 0, shape, None)
    shown = []
    for index, step in enumerate(steps):
        if step == "much":
            changed = screen.draw_much()
        else:
            changed = [] if step is None else screen.draw(step)
        part.add_picture(screen.picture, index * PERIOD, changed)
        shown.append(screen.picture.copy())
    part.close()
    assert part.writer.wait(10)
    return shown, part


def decoded(path: Path) -> list[np.ndarray]:
    with av.open(path) as container:
        container.streams.video[0].codec_context.options = {"err_detect": "explode"}
        return [frame.to_ndarray() for frame in container.decode(video=0)]


@pytest.fixture
def encodings(monkeypatch):
    """Count the pictures that the encoder makes."""
    made = []
    encode = VideoEncoder._packets

    def counted(self, frame):
        made.append(frame)
        return encode(self, frame)

    monkeypatch.setattr(VideoEncoder, "_packets", counted)
    return lambda: sum(frame is not None for frame in made)


@pytest.mark.parametrize("size", SIZES)
def test_a_still_picture_decodes_to_exactly_the_one_before(tmp_path: Path, size: tuple[int, int]):
    steps = ["much", None, None, "much", "much", None, "much", *[None] * 24, "much", None, "much"]
    record(tmp_path / "screen-01.mp4", Screen(*size), steps)
    pictures = decoded(tmp_path / "screen-01.mp4")
    assert len(pictures) == len(steps)
    keys = {index for index in range(len(steps)) if index % 20 == 0}
    for index in range(1, len(steps)):
        if index not in keys:
            same = np.array_equal(pictures[index], pictures[index - 1])
            assert same == (steps[index] is None), index


@pytest.mark.parametrize("size", SIZES)
def test_a_small_change_is_shown_exactly_and_nothing_else_moves(
    tmp_path: Path, size: tuple[int, int], encodings
):
    screen = Screen(*size)
    width, height = size
    corner = Area(width - 18, height - 10, 18, 10)  # the last macroblocks may be cut by the edge
    letter = Area(18, 16, 12, 14)
    steps = ["much", letter, corner, letter, Area(0, 0, 2, 2)]
    shown, _ = record(tmp_path / "screen-01.mp4", screen, steps)
    pictures = decoded(tmp_path / "screen-01.mp4")
    assert encodings() == 1
    assert len(pictures) == len(steps)
    first, last = pictures[0], pictures[-1]
    for now, seen, before in zip(*map(planes, (shown[-1], last, first)), strict=True):
        scale = screen.height // now.shape[0]
        written = np.zeros(now.shape, bool)
        for left, top, wide, high in (letter, corner, Area(0, 0, 2, 2)):
            side = 16 // scale
            rows = slice(top // 16 * side, -(-(top + high) // 16) * side)
            written[rows, left // 16 * side : -(-(left + wide) // 16) * side] = True
        assert np.array_equal(seen[written], now[written])
        assert np.array_equal(seen[~written], before[~written])


def test_what_the_encoder_makes_next_is_not_disturbed_by_them(tmp_path: Path):
    """It never saw the written pictures; its own must decode as it meant them."""
    letter = Area(32, 32, 16, 16)
    steps = ["much", letter, None, "much", letter, letter, "much", *[letter] * 30, "much"]
    shown, _ = record(tmp_path / "screen-01.mp4", Screen(320, 240), steps, quality=12)
    pictures = decoded(tmp_path / "screen-01.mp4")
    assert len(pictures) == len(shown)
    for index, (seen, meant) in enumerate(zip(pictures, shown, strict=True)):
        error = np.abs(seen.astype(int) - meant)
        assert error.max() < 24, index
        assert error.mean() < 2, index


def test_a_change_is_encoded_once_the_desktop_rests(tmp_path: Path, encodings):
    letter = Area(32, 32, 16, 16)
    resting = [None] * RESTED
    _, part = record(tmp_path / "a.mp4", Screen(320, 240), ["much", letter, *resting, *[None] * 10])
    assert encodings() == 2
    _, alone = record(tmp_path / "b.mp4", Screen(320, 240), ["much", letter, *resting])
    assert part.writer.size - alone.writer.size < 10 * 64 + 700  # and the boxes of one fragment


@pytest.mark.parametrize(
    ("area", "count"),
    [
        (Area(0, 0, 16 * WRITTEN, 16), 1),
        (Area(0, 0, 16 * WRITTEN + 2, 16), 2),
        (Area(0, 0, 320, 240), 2),
    ],
)
def test_only_small_changes_are_written(tmp_path: Path, encodings, area: Area, count: int):
    record(tmp_path / "screen-01.mp4", Screen(320, 240), ["much", area])
    assert encodings() == count


def test_more_is_written_of_a_larger_desktop(tmp_path: Path, encodings):
    area = Area(0, 0, 16 * WRITTEN * 3, 16)
    record(tmp_path / "screen-01.mp4", Screen(3840, 2160), ["much", area])
    assert encodings() == 1


def test_what_was_told_but_is_as_before_is_no_change(tmp_path: Path, encodings):
    screen = Screen(640, 480)
    shape = VideoShape(640, 480, RATE, 26, key_frame_seconds=20)
    part = Part(tmp_path / "screen-01.mp4", 0, shape, None)
    part.add_picture(screen.picture, 0)
    for index in range(1, 5):
        part.add_picture(screen.picture, index * PERIOD, [Area(0, 0, 16 * LOOKED_AT, 16 * WRITTEN)])
    part.close()
    assert part.writer.wait(10)
    assert encodings() == 1
    assert part.writer.size < 6000


def test_a_still_picture_takes_some_bytes(tmp_path: Path):
    _, quiet = record(tmp_path / "a.mp4", Screen(1920, 1080), ["much"] + [None] * 19)
    _, alone = record(tmp_path / "b.mp4", Screen(1920, 1080), ["much"])
    assert quiet.writer.size - alone.writer.size < 19 * 100


@pytest.mark.parametrize("quality", [1, 18, 40, 51])
def test_any_quality_of_the_encoder_will_do(tmp_path: Path, quality: int):
    steps = ["much", None, "much", None]
    record(tmp_path / "screen-01.mp4", Screen(320, 240), steps, quality)
    pictures = decoded(tmp_path / "screen-01.mp4")
    assert np.array_equal(pictures[0], pictures[1])
    assert np.array_equal(pictures[2], pictures[3])
    assert not np.array_equal(pictures[1], pictures[2])


steps = st.one_of(
    st.none(),
    st.just("much"),
    st.builds(
        lambda x, y, w, h: Area(2 * x, 2 * y, 2 * w, 2 * h),
        st.integers(0, 40), st.integers(0, 30), st.integers(1, 24), st.integers(1, 18),
    ),
)  # fmt: skip


@settings(max_examples=40)
@given(st.lists(steps, min_size=1, max_size=30))
def test_whatever_happens_the_film_shows_the_desktop(tmp_path_factory, these: list):
    path = tmp_path_factory.mktemp("film") / "screen-01.mp4"
    shown, _ = record(path, Screen(128, 96), these, quality=10)
    pictures = decoded(path)
    assert len(pictures) == len(shown)
    for seen, meant in zip(pictures, shown, strict=True):
        assert np.abs(seen.astype(int) - meant).max() < 24


@pytest.mark.parametrize(
    "options",
    [
        {"preset": "medium"},
        {"preset": "ultrafast", "x264-params": "bframes=2"},
        {"preset": "ultrafast", "tune": "zerolatency", "x264-params": "cabac=1"},
    ],
)
def test_a_stream_of_another_kind_has_none(options: dict[str, str]):
    with av.open(io.BytesIO(), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=RATE, options=options)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        frame = av.VideoFrame(64, 48, "yuv420p")
        frame.pts, frame.time_base = 0, Fraction(1, RATE)
        for packet in (*stream.encode(frame), *stream.encode(None)):
            container.mux(packet)
        with pytest.raises(UnusualStreamError):
            Headers.parse(stream.codec_context.extradata)


@pytest.mark.parametrize("extradata", [b"", b"\0\0\0\1\x67", b"\0\0\0\1\x67\x42\0\0\1\x68\0", b"x"])
def test_rubbish_has_none(extradata: bytes):
    with pytest.raises(UnusualStreamError):
        Headers.parse(extradata)


@given(st.lists(st.sampled_from([0, 0, 0, 1, 2, 3, 4, 255]), max_size=40).map(bytes))
def test_emulation_prevention_is_undone_and_hides_start_codes(payload: bytes):
    hidden = escaped(payload)
    assert unescaped(hidden) == payload
    assert not any(bad in hidden for bad in (b"\0\0\0", b"\0\0\1", b"\0\0\2"))


@given(st.lists(st.binary(min_size=1, max_size=20).map(lambda b: escaped(b) + b"\x80")))
def test_units_are_found_behind_long_and_short_start_codes(units: list[bytes]):
    stream = b"".join((b"\0\0\1", b"\0\0\0\1")[i % 2] + unit for i, unit in enumerate(units))
    assert split(stream) == units


@given(st.integers(-1000, 1000), st.integers(0, 5000))
def test_numbers_are_read_as_they_were_written(signed: int, plain: int):
    writer = BitWriter()
    writer.se(signed)
    writer.ue(plain)
    reader = BitReader(writer.bytes(0))
    assert (reader.se(), reader.ue()) == (signed, plain)
