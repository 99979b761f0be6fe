"""Small but real fragmented MP4 files, as the recorder's muxer makes them."""

from __future__ import annotations

import io
from fractions import Fraction
from functools import lru_cache

import av
import numpy as np

SECOND = 1_000_000
MUXER = {
    "movflags": "empty_moov+default_base_moof+frag_keyframe",
    "frag_duration": "1000000",
    "flush_packets": "1",
    "max_interleave_delta": "500000",
}


@lru_cache(maxsize=64)
def encoded(
    seconds: float,
    *,
    picture: bool = True,
    sound: bool = False,
    fps: int = 10,
    hole: tuple[float, float] = (0, 0),
) -> bytes:
    """Return a real fragmented MP4: a moving picture, a tone, a key frame every 2 s.

    No picture lies in `hole`.
    """
    sink = io.BytesIO()
    with av.open(sink, "w", format="mp4", options=MUXER) as container:
        if picture:
            video = container.add_stream(
                "libx264", rate=fps, options={"preset": "ultrafast", "tune": "zerolatency"}
            )
            video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
            video.gop_size = 2 * fps
            video.codec_context.time_base = Fraction(1, SECOND)
        if sound:
            audio = container.add_stream("aac", rate=16000, options={"aac_coder": "fast"})
            audio.layout = "mono"
        for number in range(round(seconds * fps)):
            if picture and not hole[0] <= number / fps < hole[1]:
                container.mux(video.encode(_picture(number, fps)))
            if sound:
                container.mux(audio.encode(_tone(number, fps)))
        for stream in container.streams:
            container.mux(stream.encode(None))
    return sink.getvalue()


def _picture(number: int, fps: int) -> av.VideoFrame:
    rng = np.random.default_rng(number)
    frame = av.VideoFrame.from_ndarray(rng.integers(0, 255, (72, 64), np.uint8), format="yuv420p")
    frame.pts, frame.time_base = number * SECOND // fps, Fraction(1, SECOND)
    return frame


def _tone(number: int, fps: int) -> av.AudioFrame:
    count = 16000 // fps
    at = np.arange(number * count, (number + 1) * count)
    wave = (0.3 * np.sin(at * 2 * np.pi * 440 / 16000)).astype(np.float32)
    frame = av.AudioFrame.from_ndarray(wave[None, :], format="fltp", layout="mono")
    frame.rate, frame.pts, frame.time_base = 16000, number * count, Fraction(1, 16000)
    return frame
