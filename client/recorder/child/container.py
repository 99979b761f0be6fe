"""One part of a track: encoders and muxer, with media time bound to the monotonic clock.

Muxer options are those measured in docs/decisions (PyAV): fragments of half a second; a stalled
stream holds the other back half a second at most. What encodes the picture is in encoder.py.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.audio.stream import AudioStream
from numpy.typing import NDArray

from client.base.clock import SECOND_US
from client.base.files import Mend, no_mending
from client.base.text import Text
from client.recorder.child.encoder import (
    VIDEO_CLOCK,
    Encoded,
    EncoderFailedError,
    VideoEncoder,
    VideoShape,
)
from client.recorder.child.hints import Area
from client.recorder.child.trackfile import TrackWriter
from client.recorder.setup import X264

AAC_FRAME = 1024
"""Samples of one AAC frame, and of the encoder's priming."""
_MUXER = {
    "movflags": "empty_moov+default_base_moof+frag_keyframe+frag_discont+skip_trailer",
    "use_editlist": "0",
    "avoid_negative_ts": "disabled",
    "frag_duration": "500000",
    "flush_packets": "1",
    "max_interleave_delta": "500000",
    "video_track_timescale": str(VIDEO_CLOCK),
}

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SoundShape:
    """How the one sound channel is encoded."""

    rate: int
    kbps: int


class Part:
    """One growing file. Used by one thread; `writer` is shared with the chronicle."""

    def __init__(
        self,
        path: Path,
        first_us: int,
        video: VideoShape | None,
        sound: SoundShape | None,
        mend: Mend = no_mending,
    ) -> None:
        """Begin the file; `first_us` is the monotonic time of its first picture or sample.

        `mend`: see `AppendFile`.
        """
        lead = AAC_FRAME * SECOND_US // sound.rate if sound else 0
        self.epoch_us = first_us - lead
        self.video = video
        self.sound = sound
        self.writer = TrackWriter(path, self.epoch_us, mend)
        self.fell_back: Text | None = None
        """Why x264 encodes though the shape names another."""
        try:
            self._container = self._open()
            self._encoder = self._open_encoder(video) if video else None
            self._sound = _sound_stream(self._container, sound) if sound else None
        except BaseException:  # nobody will close this part
            self.writer.finish()
            self.writer.close()
            raise
        self._is_empty = True
        self._is_closed = False
        self._last_pts = -1
        self.next_key_us = 0
        """The first picture from this moment on will be a key picture."""
        self.keyed_us = 0
        """When the last key picture was taken."""
        self._sample_pts: int | None = None

    @property
    def encoder(self) -> str:
        """Return what encodes the picture; nothing where there is none."""
        return self._encoder.name if self._encoder else ""

    def _open(self) -> av.container.OutputContainer:
        return av.open(self.writer, mode="w", format="mp4", options=_MUXER)

    def _open_encoder(self, shape: VideoShape) -> VideoEncoder:
        """Open the encoder that the shape names, x264 where it will not."""
        try:
            return VideoEncoder(self._container, shape)
        except EncoderFailedError as error:
            if shape.encoder == X264:
                raise
            return self._with_x264(shape, error)

    def _with_x264(self, shape: VideoShape, error: EncoderFailedError) -> VideoEncoder:
        """Begin once more: nothing is written yet."""
        log.warning("%s", error)
        self.fell_back = error.title
        self._container = self._open()
        return VideoEncoder(self._container, replace(shape, encoder=X264))

    def add_picture(
        self, i420: NDArray[np.uint8], at_us: int, changed: Sequence[Area] | None = None
    ) -> None:
        """Add one picture, I420 of shape (height * 3 / 2, width), taken at `at_us`.

        `changed` says where it differs from the one before: None if anywhere. In nothing: that
        costs no encoding. After an EncoderFailedError this part takes no more pictures: close it
        and begin another with those that the error holds (`held_pictures`).
        """
        if self._encoder is None or self.video is None:
            raise ValueError("this part has no picture")
        pts = (at_us - self.epoch_us) * VIDEO_CLOCK // SECOND_US
        self._last_pts = pts = max(pts, self._last_pts + 1)
        is_key = at_us >= self.next_key_us
        if is_key:
            self.keyed_us = at_us
            self.next_key_us = at_us + self.video.key_frame_seconds * SECOND_US
        try:
            ready = self._encoder.encode(i420, pts, changed, is_key=is_key)
        except EncoderFailedError as error:
            if not self._is_empty:
                raise
            ready = self._begin_again(self.video, error)
        for encoded in ready:
            self._mux(self._encoder, encoded)

    def _begin_again(self, shape: VideoShape, error: EncoderFailedError) -> list[Encoded]:
        """Hardware that failed before its first picture: this same file is begun by x264."""
        self._encoder = encoder = self._with_x264(shape, error)
        self._sound = _sound_stream(self._container, self.sound) if self.sound else None
        return [
            encoded
            for held in error.held
            for encoded in encoder.encode(held.i420, held.pts, is_key=held.is_key)
        ]

    def held_pictures(self, error: EncoderFailedError) -> list[tuple[NDArray[np.uint8], int]]:
        """Return the pictures that never came out of the encoder, each with its moment."""
        return [
            (held.i420, self.epoch_us + -(-held.pts * SECOND_US // VIDEO_CLOCK))
            for held in error.held
        ]

    def _mux(self, encoder: VideoEncoder, encoded: Encoded) -> None:
        packet = av.Packet(encoded.data)
        packet.stream = encoder.stream
        packet.pts = packet.dts = encoded.pts
        packet.time_base = Fraction(1, VIDEO_CLOCK)
        packet.is_keyframe = encoded.is_key
        self._is_empty = False
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
        self._is_empty = False
        self._container.mux(self._sound.encode(frame))

    def close(self) -> None:
        """Flush the encoders and end the last fragment, once: what failed then is told then."""
        if self._is_closed:
            return
        self._is_closed = True
        try:
            if self._sound is not None:
                self._container.mux(self._sound.encode(None))
            if self._encoder is not None:
                self._flush(self._encoder)
            self._container.close()
        finally:
            self.writer.finish()

    def _flush(self, encoder: VideoEncoder) -> None:
        """Take the last pictures; a failing encoder must not take the last fragment with it."""
        try:
            for encoded in encoder.flush():
                self._mux(encoder, encoded)
        except EncoderFailedError:
            log.exception("the last pictures")


def _sound_stream(container: av.container.OutputContainer, shape: SoundShape) -> AudioStream:
    stream = container.add_stream("aac", rate=shape.rate, layout="mono")
    context: AudioCodecContext = stream.codec_context
    context.bit_rate = shape.kbps * 1000
    context.time_base = Fraction(1, shape.rate)
    return stream
