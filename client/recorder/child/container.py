"""One part of a track: encoders and muxer, with media time bound to the monotonic clock.

Encoder point and muxer options are those measured in docs/decisions (PyAV): H.264 ultrafast,
zerolatency; fragments of one second; a stalled stream holds the other back half a second at most.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.audio.stream import AudioStream
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType
from av.video.stream import VideoStream
from numpy.typing import NDArray

from client.base.clock import SECOND_US
from client.recorder.child.hints import Area, encoder_options, tell_changed
from client.recorder.child.still import Stills
from client.recorder.child.trackfile import TrackWriter

VIDEO_CLOCK = 90_000
AAC_FRAME = 1024
"""Samples of one AAC frame, and of the encoder's priming."""
_MUXER = {
    "movflags": "empty_moov+default_base_moof+frag_keyframe+frag_discont+skip_trailer",
    "use_editlist": "0",
    "avoid_negative_ts": "disabled",
    "frag_duration": "1000000",
    "flush_packets": "1",
    "max_interleave_delta": "500000",
    "video_track_timescale": str(VIDEO_CLOCK),
}


@dataclass(frozen=True)
class VideoShape:
    """How a picture is encoded.

    With a bound, `kbps` above 0, `quality` is x264's constant rate factor; without one it is the
    quantiser of every picture (docs/decisions/0018).
    """

    width: int
    height: int
    fps: int
    quality: int
    key_frame_seconds: int
    kbps: int = 0


@dataclass(frozen=True)
class SoundShape:
    """How the one sound channel is encoded."""

    rate: int
    kbps: int


class Part:
    """One growing file. Used by one thread; `writer` is shared with the chronicle."""

    def __init__(
        self, path: Path, first_us: int, video: VideoShape | None, sound: SoundShape | None
    ) -> None:
        """Begin the file; `first_us` is the monotonic time of its first picture or sample."""
        lead = AAC_FRAME * SECOND_US // sound.rate if sound else 0
        self.epoch_us = first_us - lead
        self.video = video
        self.sound = sound
        self.writer = TrackWriter(path, self.epoch_us)
        self._container = av.open(self.writer, mode="w", format="mp4", options=_MUXER)
        self._video = _video_stream(self._container, video) if video else None
        self._sound = _sound_stream(self._container, sound) if sound else None
        self._stills: Stills | None = None
        self._last_pts = -1
        self._next_key_us = 0
        self._sample_pts: int | None = None

    def add_picture(
        self, i420: NDArray[np.uint8], at_us: int, changed: Sequence[Area] | None = None
    ) -> None:
        """Add one picture, I420 of shape (height * 3 / 2, width), taken at `at_us`.

        `changed` says where it differs from the one before: None if anywhere. In nothing: that
        costs no encoding.
        """
        if self._video is None or self.video is None:
            raise ValueError("this part has no picture")
        pts = (at_us - self.epoch_us) * VIDEO_CLOCK // SECOND_US
        self._last_pts = pts = max(pts, self._last_pts + 1)
        is_key = at_us >= self._next_key_us
        is_still = changed is not None and not changed
        still = self._stills.picture() if is_still and self._stills and not is_key else None
        if still is not None:
            self._mux(self._video, still, pts, is_key=False)
            return
        frame = av.VideoFrame.from_numpy_buffer(i420, format="yuv420p")
        frame.pts, frame.time_base = pts, Fraction(1, VIDEO_CLOCK)
        if changed:
            tell_changed(frame, i420, changed)
        if is_key:
            frame.pict_type = PictureType.I
            self._next_key_us = at_us + self.video.key_frame_seconds * SECOND_US
        for packet in self._video.encode(frame):
            if self._stills is None:
                self._stills = Stills(self._video.codec_context.extradata or b"")
            picture = self._stills.renumber(bytes(packet))
            self._mux(self._video, picture, pts, is_key=packet.is_keyframe)

    def _mux(self, stream: VideoStream, picture: bytes, pts: int, *, is_key: bool) -> None:
        packet = av.Packet(picture)
        packet.stream = stream
        packet.pts = packet.dts = pts
        packet.time_base = Fraction(1, VIDEO_CLOCK)
        packet.is_keyframe = is_key
        self._container.mux(packet)

    def add_sound(self, samples: NDArray[np.float32], first_us: int) -> None:
        """Encode AAC_FRAME samples in [-1, 1]; later calls go on where this one ended."""
        if self._sound is None or self.sound is None:
            raise ValueError("this part has no sound")
        if self._sample_pts is None:
            offset = (first_us - self.epoch_us) * self.sound.rate // SECOND_US
            self._sample_pts = max(offset, AAC_FRAME)
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="fltp", layout="mono")
        frame.sample_rate = self.sound.rate
        frame.time_base = Fraction(1, self.sound.rate)
        frame.pts = self._sample_pts
        self._sample_pts += samples.size
        self._container.mux(self._sound.encode(frame))

    def close(self) -> None:
        """Flush the encoders and end the last fragment."""
        try:
            for stream in (self._video, self._sound):
                if stream is not None:
                    self._container.mux(cast("Any", stream).encode(None))
            self._container.close()
        finally:
            self.writer.finish()


def _video_stream(container: av.container.OutputContainer, shape: VideoShape) -> VideoStream:
    stream = container.add_stream("libx264", rate=shape.fps)
    stream.width, stream.height, stream.pix_fmt = shape.width, shape.height, "yuv420p"
    context: VideoCodecContext = stream.codec_context
    context.time_base = Fraction(1, VIDEO_CLOCK)
    context.thread_count = 1
    context.gop_size = 100_000
    options: dict[str, object] = {
        **encoder_options(),
        "preset": "ultrafast",
        "tune": "zerolatency",
        "crf" if shape.kbps else "qp": str(shape.quality),
        "forced-idr": "1",
        "x264-params": "cabac=1:analyse=i4x4:scenecut=0:threads=1",
    }
    if shape.kbps:
        options |= {"maxrate": f"{shape.kbps}k", "bufsize": f"{2 * shape.kbps}k"}
    stream.options = options
    return stream


def _sound_stream(container: av.container.OutputContainer, shape: SoundShape) -> AudioStream:
    stream = container.add_stream("aac", rate=shape.rate, layout="mono")
    context: AudioCodecContext = stream.codec_context
    context.bit_rate = shape.kbps * 1000
    context.time_base = Fraction(1, shape.rate)
    return stream
