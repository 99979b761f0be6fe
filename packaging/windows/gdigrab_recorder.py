"""The desktop recorded by FFmpeg's gdigrab through PyAV: what ours is compared with in the lab.

python gdigrab_recorder.py SECONDS FPS FILE
"""

from __future__ import annotations

import sys
import time
from fractions import Fraction

import av
from av.video.frame import PictureType

CLOCK = 90_000


def main(words: list[str]) -> int:
    """Encode every picture with x264 ultrafast, crf 28, one thread, into fragmented MP4."""
    seconds, fps, target = float(words[0]), int(words[1]), words[2]
    options = {"framerate": str(fps), "draw_mouse": "1"}
    fragments = {
        "movflags": "empty_moov+default_base_moof+frag_keyframe",
        "frag_duration": "1000000",
    }
    begun, count = time.monotonic(), 0
    with (
        av.open("desktop", format="gdigrab", options=options) as desktop,
        av.open(target, "w", format="mp4", options=fragments) as film,
    ):
        shape = desktop.streams.video[0]
        stream = film.add_stream("libx264", rate=fps)
        stream.width, stream.height = shape.width & ~1, shape.height & ~1
        stream.pix_fmt = "yuv420p"
        stream.codec_context.thread_count = 1
        stream.codec_context.gop_size = 10 * fps
        stream.codec_context.time_base = Fraction(1, CLOCK)
        stream.options = {"preset": "ultrafast", "tune": "zerolatency", "crf": "28"}
        for picture in desktop.decode(video=0):
            now_s = time.monotonic() - begun
            frame = picture.reformat(stream.width, stream.height, "yuv420p")
            frame.pict_type = PictureType.NONE  # else each is a key frame, as raw pictures are
            frame.pts, frame.time_base = round(now_s * CLOCK), Fraction(1, CLOCK)
            film.mux(stream.encode(frame))
            count += 1
            if now_s > seconds:
                break
        film.mux(stream.encode(None))
    print(f"{count} pictures", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
