"""Still pictures written without the encoder: what a decoder makes of them, and when none are."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from client.base.clock import SECOND_US
from client.recorder.child.bits import BitReader, BitWriter, escaped, split, unescaped
from client.recorder.child.container import Part, VideoShape
from client.recorder.child.still import Stills

RATE = 10
PERIOD = SECOND_US // RATE


def film(path: Path, width: int, height: int, moves: list[bool], quality: int = 26) -> Part:
    """Record a picture that changes where `moves` says so; the first is a change always."""
    random = np.random.default_rng(1)
    part = Part(path, 0, VideoShape(width, height, RATE, quality, key_frame_seconds=2), None)
    picture = np.full((height * 3 // 2, width), 128, np.uint8)
    for index, moved in enumerate(moves):
        if moved:
            picture[: height // 2] = random.integers(0, 256, (height // 2, width))
        part.add_picture(picture, index * PERIOD, None if moved else ())
    part.close()
    return part


def decoded(path: Path) -> list[np.ndarray]:
    with av.open(path) as container:
        container.streams.video[0].codec_context.options = {"err_detect": "explode"}
        return [frame.to_ndarray() for frame in container.decode(video=0)]


@pytest.mark.parametrize("size", [(64, 48), (130, 66), (640, 480), (1366, 768), (1920, 1080)])
def test_a_still_picture_decodes_to_exactly_the_one_before(tmp_path: Path, size: tuple[int, int]):
    moves = [True, False, False, True, True, False, True, *[False] * 24, True, False, True]
    film(tmp_path / "screen-01.mp4", *size, moves)
    pictures = decoded(tmp_path / "screen-01.mp4")
    assert len(pictures) == len(moves)
    keys = {index for index in range(len(moves)) if index % 20 == 0}
    for index in range(1, len(moves)):
        if index not in keys:
            same = np.array_equal(pictures[index - 1], pictures[index])
            assert same == (not moves[index]), index


def test_what_follows_a_still_picture_is_as_without_it(tmp_path: Path):
    """The encoder's own pictures come out the same, whatever was put between them."""
    moves = [True, False, True, False, False, True, *[False] * 18, True, True]
    film(tmp_path / "screen-01.mp4", 320, 240, moves)
    film(tmp_path / "screen-02.mp4", 320, 240, [True] * sum(moves))
    shown = decoded(tmp_path / "screen-01.mp4")
    changed = [picture for picture, moved in zip(shown, moves, strict=True) if moved]
    # only up to the first key frame that falls elsewhere
    for mine, plain in zip(changed[:3], decoded(tmp_path / "screen-02.mp4")[:3], strict=True):
        assert np.array_equal(mine, plain)


def test_a_still_picture_takes_some_bytes_and_no_encoding(tmp_path: Path):
    quiet = film(tmp_path / "screen-01.mp4", 1920, 1080, [True] + [False] * 19)
    alone = film(tmp_path / "screen-02.mp4", 1920, 1080, [True])
    assert quiet.writer.size - alone.writer.size < 19 * 200


@pytest.mark.parametrize("quality", [1, 18, 40, 51])
def test_any_quality_of_the_encoder_will_do(tmp_path: Path, quality: int):
    film(tmp_path / "screen-01.mp4", 320, 240, [True, False, True, False], quality)
    pictures = decoded(tmp_path / "screen-01.mp4")
    assert np.array_equal(pictures[0], pictures[1])
    assert np.array_equal(pictures[2], pictures[3])
    assert not np.array_equal(pictures[1], pictures[2])


@pytest.mark.parametrize(
    "options", [{"preset": "medium"}, {"preset": "ultrafast", "x264-params": "bframes=2"}]
)
def test_a_stream_of_another_kind_has_none(options: dict[str, str]):
    with av.open(io.BytesIO(), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=RATE, options=options)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        frame = av.VideoFrame(64, 48, "yuv420p")
        frame.pts, frame.time_base = 0, Fraction(1, RATE)
        for packet in (*stream.encode(frame), *stream.encode(None)):
            container.mux(packet)
        stills = Stills(stream.codec_context.extradata)
    assert stills.picture() is None
    assert stills.renumber(b"as it is") == b"as it is"


@pytest.mark.parametrize("extradata", [b"", b"\0\0\0\1\x67", b"\0\0\0\1\x67\x42\0\0\1\x68\0", b"x"])
def test_rubbish_has_none(extradata: bytes):
    assert Stills(extradata).picture() is None


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
