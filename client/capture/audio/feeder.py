"""`saijian microphone FORM DEVICE RATE`: FFmpeg's samples of one device to standard output.

A process of its own (`apart.py`): a driver that hangs here hangs nobody else.
"""

from __future__ import annotations

import sys
from typing import BinaryIO

OPTIONS: dict[str, dict[str, str]] = {
    "dshow": {"audio_buffer_size": "40"},
}
"""FFmpeg's, for each form of input. Milliseconds: DirectShow by itself takes half a second."""


def main(arguments: list[str]) -> int:
    """Feed until nobody reads any more (0) or the device ends (1)."""
    form, device, rate = arguments
    try:
        feed(form, device, int(rate), sys.stdout.buffer)
    except BrokenPipeError:
        return 0
    except (OSError, ValueError) as error:  # FFmpeg's errors are these
        sys.stderr.write(f"{error}\n")
    return 1


def feed(form: str, device: str, rate: int, out: BinaryIO) -> None:
    """Write what `device` delivers: 16 bits, little end first, one channel, at `rate`."""
    import av

    with av.open(device, format=form, options=OPTIONS.get(form, {})) as container:
        resampler = av.AudioResampler("s16", "mono", rate)
        for frame in container.decode(audio=0):
            parts = resampler.resample(frame)
            out.writelines(part.to_ndarray().astype("<i2").tobytes() for part in parts)
            out.flush()
