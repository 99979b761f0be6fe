"""Which encoder writes, and what happens when it will not open or fails in the middle.

No hardware is here. "h264" stands for it: another x264 with other parameter sets, that is treated
as hardware and made to fail.
"""

from __future__ import annotations

import io
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from av.codec.context import CodecContext

from client.base.clock import SECOND_US
from client.recorder.child import container, encoder
from client.recorder.child.container import Part, SoundShape
from client.recorder.child.encoder import (
    MAX_HELD,
    EncoderFailedError,
    VideoEncoder,
    VideoShape,
)
from client.recorder.setup import X264

RATE = 10
PERIOD = SECOND_US // RATE
SHAPE = VideoShape(320, 240, RATE, 28, key_frame_seconds=2)
OTHER = encoder._Profile({"preset": "veryfast", "tune": "zerolatency"}, ("crf",))
FIRST_US = 7_000_000


class Hardware(VideoEncoder):
    """Goes wrong at the picture with the number `fails_at`, in the way of a subclass."""

    fails_at = 13

    def __init__(self, *words) -> None:
        super().__init__(*words)
        self.taken = 0

    def _packets(self, frame):
        self.taken += frame is not None
        if self.name == X264 or self.taken < self.fails_at:
            return super()._packets(frame)
        return self._wrong(frame)

    def _wrong(self, frame):
        raise av.error.ExternalError(-542398533, "Generic error in an external library")


class Swallows(Hardware):
    """Takes pictures and gives nothing."""

    def _wrong(self, frame):
        return []


class HoldsBack(Hardware):
    """Takes some pictures without giving any, then fails."""

    def _wrong(self, frame):
        if self.taken < self.fails_at + 3:
            return []
        return super()._wrong(frame)


class Reorders(Hardware):
    """Gives a picture with the time of another."""

    def _wrong(self, frame):
        packets = VideoEncoder._packets(self, frame)
        for packet in packets:
            packet.pts = (packet.pts or 0) + 1
        return packets


@pytest.fixture
def hardware(monkeypatch):
    """Let the next parts use this class of encoder."""
    monkeypatch.setitem(encoder._HARDWARE, "h264", OTHER)
    return lambda kind: monkeypatch.setattr(container, "VideoEncoder", kind)


def picture(number: int) -> np.ndarray:
    made = np.full((360, 320), 60, np.uint8)
    made[: 8 * (number % 30) + 8, :40] = 200
    made[240:] = 128
    return made


def film(folder: Path, count: int, shape: VideoShape) -> list[Part]:
    """Record `count` pictures as a track does; return the parts."""
    parts = [Part(folder / "screen-01.mp4", FIRST_US, shape, None)]
    for number in range(count):
        at_us = FIRST_US + number * PERIOD
        try:
            parts[-1].add_picture(picture(number), at_us)
        except EncoderFailedError as error:
            held = parts[-1].held_pictures(error)
            parts[-1].close()
            path = folder / f"screen-{len(parts) + 1:02}.mp4"
            parts.append(Part(path, held[0][1], replace(shape, encoder=X264), None))
            for i420, moment_us in held:
                parts[-1].add_picture(i420, moment_us)
    parts[-1].close()
    assert all(part.writer.wait(10) for part in parts)
    return parts


def shown(folder: Path, parts: list[Part]) -> list[tuple[int, np.ndarray, bool]]:
    """Return moment, luma and whether it is a key frame, of every picture of all parts."""
    found = []
    for part in parts:
        with av.open(str(folder / part.writer.name)) as media:
            media.streams.video[0].codec_context.options = {"err_detect": "explode"}
            for frame in media.decode(video=0):
                at_us = part.epoch_us + round(frame.pts * frame.time_base * SECOND_US)
                found.append((at_us, frame.to_ndarray()[:240], frame.key_frame))
    return found


@pytest.mark.parametrize("kind", [Hardware, Swallows, HoldsBack, Reorders])
@pytest.mark.parametrize("fails_at", [2, 13, 21])
def test_no_picture_is_lost_when_hardware_fails_in_the_middle(
    tmp_path: Path, hardware, monkeypatch, kind, fails_at: int
):
    hardware(kind)
    monkeypatch.setattr(kind, "fails_at", fails_at)
    parts = film(tmp_path, 40, replace(SHAPE, encoder="h264"))
    assert [part.encoder for part in parts] == ["h264", X264]
    pictures = shown(tmp_path, parts)
    for number, (at_us, luma, _) in enumerate(pictures):
        assert abs(at_us - FIRST_US - number * PERIOD) < 20
        wanted = picture(number)[:240].astype(int)
        assert np.abs(luma.astype(int) - wanted).mean() < 3, number
    assert len(pictures) == 40
    keys = [at_us for at_us, _, is_key in pictures if is_key]
    assert all(after - before <= 2 * SECOND_US + 20 for before, after in pairwise(keys))


def test_hardware_that_fails_at_its_first_picture_leaves_no_empty_file(
    tmp_path: Path, hardware, monkeypatch
):
    hardware(Hardware)
    monkeypatch.setattr(Hardware, "fails_at", 1)
    (part,) = film(tmp_path, 25, replace(SHAPE, encoder="h264"))
    assert (part.encoder, len(shown(tmp_path, [part]))) == (X264, 25)
    assert part.fell_back is not None
    assert "external library" in part.fell_back.en


@pytest.mark.parametrize("name", ["h264_nvenc", "h264_cuvid"])
def test_hardware_that_does_not_open_leaves_it_to_x264(tmp_path: Path, name: str):
    """For real: no driver, or a picture too small for it; a name that is no encoder's."""
    shape = VideoShape(34, 34, RATE, 28, key_frame_seconds=2, encoder=name)
    part = Part(tmp_path / "contest-01.mp4", 0, shape, SoundShape(48_000, 64))
    for number in range(5):
        part.add_picture(np.full((51, 34), 40 * number, np.uint8), number * PERIOD)
        part.add_sound(np.zeros(1024, np.float32), number * PERIOD)
    part.close()
    assert part.writer.wait(10)
    assert part.encoder == X264
    assert part.fell_back is not None
    assert name in part.fell_back.zh
    with av.open(str(tmp_path / "contest-01.mp4")) as media:
        assert [stream.type for stream in media.streams] == ["video", "audio"]
        assert sum(1 for _ in media.decode(video=0)) == 5


def test_hardware_gets_every_picture_encoded_and_none_written_by_us(tmp_path: Path, hardware):
    hardware(VideoEncoder)
    part = Part(tmp_path / "screen-01.mp4", 0, replace(SHAPE, encoder="h264"), None)
    for number in range(30):
        part.add_picture(picture(0), number * PERIOD, ())
    part.close()
    assert part.writer.wait(10)
    assert len(shown(tmp_path, [part])) == 30


def test_one_that_gives_nothing_is_not_waited_for_long(hardware, monkeypatch):
    monkeypatch.setattr(Swallows, "fails_at", 1)
    with av.open(io.BytesIO(), "w", format="mp4") as media:
        swallows = Swallows(media, replace(SHAPE, encoder="h264"))
        for number in range(MAX_HELD):
            assert swallows.encode(picture(number), number, is_key=not number) == []
        with pytest.raises(EncoderFailedError) as caught:
            swallows.encode(picture(MAX_HELD), MAX_HELD, is_key=False)
    assert [held.pts for held in caught.value.held] == list(range(MAX_HELD + 1))
    assert swallows.flush() == []


def test_a_key_frame_that_does_not_come_is_a_failure(hardware):
    with av.open(io.BytesIO(), "w", format="mp4") as media:
        deaf = VideoEncoder(media, replace(SHAPE, encoder="h264"))
        frame = av.VideoFrame.from_numpy_buffer(picture(0), format="yuv420p")
        deaf.encode(picture(0), 0, is_key=True)
        deaf._held.append(encoder.Held(picture(1), 1, is_key=True))
        frame.pts = 1
        with pytest.raises(EncoderFailedError, match="no key frame"):
            [deaf._taken(packet) for packet in deaf._packets(frame)]


def test_x264_that_fails_is_not_followed_by_anything(tmp_path: Path):
    with pytest.raises(EncoderFailedError, match="libx264"):
        Part(tmp_path / "screen-01.mp4", 0, replace(SHAPE, width=321, height=241), None)


@pytest.mark.parametrize("name", sorted(encoder._HARDWARE))
def test_every_option_of_ours_is_one_of_the_encoder(name: str):
    try:
        known = CodecContext.create(name, "w").supported_options
    except ValueError:
        pytest.skip(f"{name} is not in PyAV's wheel for this system")
    names = {option.name for option in (*known.private, *known.generic)}
    profile = encoder._HARDWARE[name]
    assert {*profile.options, *profile.quality} <= names
