"""A part plays with the times it was given, and its ranges cover every byte once."""

from __future__ import annotations

import errno
import hashlib
import threading
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import psutil
import pytest

from client.evidence.entries import Range
from client.evidence.fragments import FragmentParser
from client.recorder.child import container
from client.recorder.child.aligner import BLOCK
from client.recorder.child.container import AAC_FRAME, Part, SoundShape, VideoShape
from client.recorder.child.encoder import EncoderFailedError

FIRST_US = 5_000_000_000
SECOND = 1_000_000
VIDEO = VideoShape(320, 240, fps=10, quality=28, key_frame_seconds=2)
SOUND = SoundShape(48_000, 64)


def record(path: Path, seconds: int, *, sound_from_us: int | None = None) -> list[Range]:
    """Film a brightening grey; a tone from `sound_from_us` after the start."""
    part = Part(path, FIRST_US, VIDEO, SOUND if sound_from_us is not None else None)
    ranges: list[Range | None] = []
    heard_us = FIRST_US + (sound_from_us or 0)
    for n in range(seconds * 10):
        at_us = FIRST_US + n * SECOND // 10
        part.add_picture(np.full((360, 320), n % 200, np.uint8), at_us)
        while sound_from_us is not None and heard_us < at_us:
            part.add_sound(np.full(AAC_FRAME, 0.1, np.float32), heard_us)
            heard_us += AAC_FRAME * SECOND // 48_000
        if n % 20 == 0:
            ranges.append(part.writer.take_range())
    part.close()
    assert part.writer.wait(10)
    ranges.append(part.writer.take_range())
    assert part.writer.take_range() is None
    part.writer.close()
    return [each for each in ranges if each is not None]


def test_ranges_are_contiguous_and_their_digests_are_those_of_the_file(tmp_path: Path):
    path = tmp_path / "contest-01.mp4"
    ranges = record(path, 7, sound_from_us=0)
    data = path.read_bytes()
    assert ranges[0].bytes[0] == 0
    assert ranges[-1].bytes[1] == len(data)
    for before, after in pairwise(ranges):
        assert before.bytes[1] == after.bytes[0]
    for each in ranges:
        start, end = each.bytes
        assert hashlib.sha256(data[start:end]).hexdigest() == each.sha256


def test_key_offsets_are_where_a_player_could_begin(tmp_path: Path):
    path = tmp_path / "screen-01.mp4"
    keys = [key for each in record(path, 7) for key in each.keys]
    data = path.read_bytes()
    assert keys[0] == 0
    assert len(keys) >= 4  # the beginning, and a key frame every two seconds
    for key in keys[1:]:
        assert data[key + 4 : key + 8] in (b"moof", b"free")


def test_media_time_is_monotonic_time_even_when_the_sound_begins_late(tmp_path: Path):
    path = tmp_path / "contest-01.mp4"
    late_us = 700_000
    ranges = record(path, 4, sound_from_us=late_us)
    lead_us = AAC_FRAME * SECOND / 48_000
    with av.open(str(path)) as media:
        first = {p.stream.type: p.pts * p.time_base for p in reversed(list(media.demux())) if p.pts}
    assert float(first["video"]) * SECOND == pytest.approx(lead_us, abs=100)
    priming_us = lead_us  # the encoder's first packet holds what comes before the first sample
    assert float(first["audio"]) * SECOND == pytest.approx(lead_us + late_us - priming_us, abs=100)
    assert ranges[-1].us[1] - ranges[0].us[0] == pytest.approx(4 * SECOND, abs=110_000)


def test_a_file_torn_at_any_block_plays_up_to_its_last_whole_fragment(tmp_path: Path):
    path = tmp_path / "contest-01.mp4"
    record(path, 25, sound_from_us=0)
    data = path.read_bytes()
    fragments = FragmentParser().feed(data)
    cut = tmp_path / "cut.mp4"
    for end in range(BLOCK, len(data), BLOCK):
        cut.write_bytes(data[:end])
        whole = [f for f in fragments if f.end <= end and not f.is_init]
        expected = sum(span.samples for f in whole for span in f.spans if span.video)
        try:
            with av.open(str(cut)) as media:
                shown = sum(1 for packet in media.demux(video=0) if packet.size)
        except av.error.InvalidDataError:  # pragma: no cover - the failure this test is for
            pytest.fail(f"a file cut at {end} is refused")
        assert shown >= expected, end


def test_a_cut_inside_a_moof_is_what_players_refuse(tmp_path: Path):
    """The reason for the aligner: were this to pass, it could go."""
    path = tmp_path / "screen-01.mp4"
    record(path, 4)
    data = path.read_bytes()
    second = FragmentParser().feed(data)[2]
    path.write_bytes(data[: second.offset + 40])
    with pytest.raises((EOFError, av.error.InvalidDataError)), av.open(str(path)):
        pass


def test_a_picture_into_a_part_without_picture_is_refused(tmp_path: Path):
    part = Part(tmp_path / "contest-01.mp4", FIRST_US, None, SOUND)
    with pytest.raises(ValueError, match="no picture"):
        part.add_picture(np.zeros((360, 320), np.uint8), FIRST_US)
    part.add_sound(np.zeros(AAC_FRAME, np.float32), FIRST_US)
    part.close()
    part.writer.close()


def test_a_part_that_cannot_begin_leaves_no_thread_and_no_open_file(tmp_path: Path, monkeypatch):
    def refuse(media, shape):
        raise EncoderFailedError(shape.encoder, "refused")

    monkeypatch.setattr(container, "VideoEncoder", refuse)
    with pytest.raises(EncoderFailedError):
        Part(tmp_path / "screen-77.mp4", FIRST_US, VIDEO, None)
    assert "file screen-77.mp4" not in {thread.name for thread in threading.enumerate()}
    opened = {file.path for file in psutil.Process().open_files()}
    assert str(tmp_path / "screen-77.mp4") not in opened


def test_an_end_that_fails_is_told_once_and_as_what_it_was(tmp_path: Path):
    part = Part(tmp_path / "identity-01.mp4", FIRST_US, VIDEO, SOUND)
    part.add_picture(np.full((360, 320), 9, np.uint8), FIRST_US)
    part.add_sound(np.zeros(AAC_FRAME, np.float32), FIRST_US)
    part.writer.give_up(OSError(errno.ENOSPC, "the disk is full"))
    with pytest.raises(OSError, match="the disk is full"):
        part.close()
    part.close()  # as whatever goes on behind it does in its `finally`
    part.writer.close()
