"""Encodes the pictures of one part: x264, or the hardware that the setup names.

x264's point is the one measured in docs/decisions: ultrafast, zerolatency, one thread. Hardware is
asked for the same: no B pictures, nothing held back, key frames where they are asked for. One that
does anything else is as bad as one that fails: `EncoderFailedError` gives back every picture that
it took and did not deliver, and the track goes on with x264 in a new part (docs/decisions/0021).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

import av
import numpy as np
from av.packet import Packet
from av.video.frame import PictureType
from av.video.stream import VideoStream
from numpy.typing import NDArray

from client.base.errors import RecorderError
from client.base.text import Text
from client.recorder.child.handmade import Handmade, handmade_for
from client.recorder.child.hints import Area, encoder_options, tell_changed
from client.recorder.setup import X264

VIDEO_CLOCK = 90_000
I420 = NDArray[np.uint8]
"""Picture of shape (height * 3 / 2, width)."""
MAX_HELD = 4
"""Pictures that hardware may hold back, though it is asked for none; more, and it is stuck."""
FAILS = (av.FFmpegError, ValueError, TypeError)
"""What PyAV raises where an encoder is missing, will not open or refuses a picture."""


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
    encoder: str = X264


class Encoded(NamedTuple):
    """One picture of the stream, Annex B."""

    data: bytes
    pts: int
    is_key: bool


class Held(NamedTuple):
    """A picture that was given to the encoder, and what was asked."""

    i420: I420
    pts: int
    is_key: bool


class EncoderFailedError(RecorderError):
    """The encoder is of no use (any more)."""

    code = "E510"

    def __init__(self, name: str, reason: str, held: Sequence[Held] = ()) -> None:
        """`held` are the pictures without packet, the oldest first; they belong to the catcher."""
        super().__init__(
            Text(f"编码器 {name} 失败（{reason}）", f"the encoder {name} failed ({reason})"),
            Text("录制会改用 x264 继续。", "The recording goes on with x264."),
        )
        self.held = tuple(held)


@dataclass(frozen=True)
class _Profile:
    """How a hardware encoder is told what x264 is told."""

    options: dict[str, str]
    quality: tuple[str, ...]
    """Options that take the quality: the scales are alike, 0 to 51."""
    pix_fmt: str = "yuv420p"


_HARDWARE = {
    "h264_nvenc": _Profile(
        {
            "preset": "p2",
            "tune": "ull",
            "rc": "vbr",
            "zerolatency": "1",
            "delay": "0",
            "forced-idr": "1",
        },
        ("cq",),
    ),
    "h264_qsv": _Profile(
        {"preset": "veryfast", "async_depth": "1", "forced_idr": "1", "look_ahead": "0"},
        ("global_quality",),
        "nv12",
    ),
    "h264_amf": _Profile(
        {"usage": "ultralowlatency", "quality": "speed", "rc": "cqp", "forced_idr": "1"},
        ("qp_i", "qp_p"),
        "nv12",
    ),
}


class VideoEncoder:
    """The encoder of one stream. Used by one thread."""

    def __init__(self, container: av.container.OutputContainer, shape: VideoShape) -> None:
        """Add the stream to `container` and open its encoder; EncoderFailedError where it cannot.

        Nothing is written then; the container is to be thrown away.
        """
        self.name = shape.encoder
        self._is_x264 = self.name == X264
        self._profile = _HARDWARE.get(self.name, _Profile({}, ()))
        self._handmade: Handmade | None = None
        self._held: deque[Held] = deque()
        self._is_broken = False
        try:
            self.stream = _stream(container, shape, self._profile)
            self.stream.codec_context.open()
            if self._is_x264 and not shape.kbps:
                self._write_some_by_hand(shape)
        except FAILS as error:
            raise EncoderFailedError(self.name, _short(error)) from error

    def encode(
        self, i420: I420, pts: int, changed: Sequence[Area] | None = None, *, is_key: bool
    ) -> list[Encoded]:
        """Encode one picture; return what is ready, of this one and of those before.

        `changed` says where it differs from the one before: None if anywhere. Where that is
        little, and nothing asks for a key frame, it is written without encoding.
        """
        if self._handmade is not None:
            self._handmade.changed(i420, changed)
            written = None if is_key else self._handmade.picture(i420)
            if written is not None:
                return [Encoded(written, pts, is_key=False)]
        # x264 has copied the picture when it returns; a driver may still be reading it
        mine = i420 if self._is_x264 else i420.copy()
        self._held.append(Held(mine, pts, is_key))
        frame = av.VideoFrame.from_numpy_buffer(mine, format="yuv420p")
        if self._profile.pix_fmt != "yuv420p":
            frame = frame.reformat(format=self._profile.pix_fmt)
        frame.pts, frame.time_base = pts, Fraction(1, VIDEO_CLOCK)
        if self._handmade is not None and not is_key:
            tell_changed(frame, mine, self._handmade.areas)
        if is_key:
            frame.pict_type = PictureType.I
        try:
            packets = self._packets(frame)
        except FAILS as error:
            raise self._failed(_short(error)) from error
        ready = [self._taken(packet) for packet in packets]
        if len(self._held) > MAX_HELD:
            raise self._failed("no packets")
        return ready

    def flush(self) -> list[Encoded]:
        """Return the last pictures; none of an encoder that failed: its driver may hang."""
        if self._is_broken:
            return []
        try:
            return [self._taken(packet) for packet in self._packets(None)]
        except FAILS as error:
            raise self._failed(_short(error)) from error

    def _write_some_by_hand(self, shape: VideoShape) -> None:
        context = self.stream.codec_context
        self._handmade = handmade_for(context.extradata or b"", shape.width, shape.height)
        if self._handmade is not None:
            context.extradata = self._handmade.parameter_sets

    def _packets(self, frame: av.VideoFrame | None) -> list[Packet[Any]]:
        return list(self.stream.encode(frame))

    def _taken(self, packet: Packet[Any]) -> Encoded:
        if not self._held or packet.pts != self._held[0].pts:
            raise self._failed("out of order")
        if self._held[0].is_key and not packet.is_keyframe:
            raise self._failed("no key frame")
        i420, pts, _ = self._held.popleft()
        data = bytes(packet)
        if self._handmade is not None:
            data = self._handmade.encoded(i420, data)
        return Encoded(data, pts, packet.is_keyframe)

    def _failed(self, reason: str) -> EncoderFailedError:
        self._is_broken = True
        return EncoderFailedError(self.name, reason, self._held)


def _stream(
    container: av.container.OutputContainer, shape: VideoShape, profile: _Profile
) -> VideoStream:
    stream = container.add_stream(shape.encoder, rate=shape.fps)
    if not isinstance(stream, VideoStream):
        raise TypeError("not a video encoder")
    stream.width, stream.height, stream.pix_fmt = shape.width, shape.height, profile.pix_fmt
    context = stream.codec_context
    context.time_base = Fraction(1, VIDEO_CLOCK)
    context.gop_size = 100_000
    options = _x264_options(shape) if shape.encoder == X264 else _options(shape, profile)
    if shape.encoder == X264:
        context.thread_count = 1
    else:
        context.max_b_frames = 0
    if shape.kbps:
        options |= {"maxrate": f"{shape.kbps}k", "bufsize": f"{2 * shape.kbps}k"}
    stream.options = dict(options)
    return stream


def _x264_options(shape: VideoShape) -> dict[str, object]:
    return {
        **encoder_options(),
        "preset": "ultrafast",
        "tune": "zerolatency",
        "crf" if shape.kbps else "qp": str(shape.quality),
        "forced-idr": "1",
        # arithmetic coding where the rate counts; without it where we write pictures ourselves
        "x264-params": f"cabac={int(shape.kbps > 0)}:analyse=i4x4:scenecut=0:threads=1",
    }


def _options(shape: VideoShape, profile: _Profile) -> dict[str, object]:
    return {**profile.options, **dict.fromkeys(profile.quality, str(shape.quality))}


def _short(error: Exception) -> str:
    """Return what FFmpeg says; the text of its error repeats all options."""
    said = error.strerror if isinstance(error, av.FFmpegError) else str(error)
    return (said or type(error).__name__)[:200]
