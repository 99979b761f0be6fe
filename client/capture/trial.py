"""One second with each device: does it open, and what does it deliver? Nothing is kept."""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from client.base.clock import SECOND_US, monotonic_us
from client.base.errors import DeviceError
from client.base.text import Text
from client.capture.audio import Samples, open_microphone
from client.capture.camera import open_camera
from client.capture.screen import ScreenSource, open_screen

Kind = Literal["screen", "camera", "microphone"]
ASKED = (1280, 720, 15)
"""Width, height and pictures a second that a contest usually asks of a camera."""
RATE = 48_000
LASTS_US = SECOND_US
HEARD_WITHIN_S = 5.0
BLACK = 8
"""Mean brightness of 255 up to which a picture counts as black: sensor noise is below."""
SILENT_DB = -70
"""Peak up to which nothing is heard: the noise of a microphone that is open lies above."""
FLOOR_DB = -96
"""What 16 bits can tell from nothing."""

BLACK_SCREEN = Text("屏幕全黑", "the screen is black")
BLACK_CAMERA = Text(
    "画面全黑：镜头盖住了，或被其他程序占用",
    "the picture is black: the lens is covered, or another program holds the camera",
)
SILENT = Text(
    "没有声音：静音了，或选错了设备", "no sound: it is muted, or it is not the one in use"
)
SLOW_CAMERA = Text("画面太少：光线不足或线路太慢", "few pictures: too little light, or a slow line")


@dataclass(frozen=True)
class Trial:
    """What came of it; `figures` are those of the kind of device."""

    figures: dict[str, float] = field(default_factory=dict)
    warnings: tuple[Text, ...] = ()
    error: Text | None = None
    """Why it does not work, or None."""


def try_device(kind: Kind, name: str) -> Trial:
    """Use one device for a second; a DeviceError is part of the result, nothing else is raised."""
    try:
        if kind == "screen":
            return _try_screen()
        return _try_camera(name) if kind == "camera" else _try_microphone(name)
    except DeviceError as error:
        return Trial(error=error.title)


def _try_screen() -> Trial:
    """Figures: width, height, grabs, first_ms (everything), ms (what changed), brightness."""
    screen = open_screen()
    try:
        whole = _timed_read(screen)
        times, until_us = [], monotonic_us() + LASTS_US
        while monotonic_us() < until_us:
            threading.Event().wait(0.1)
            times.append(_timed_read(screen)[0])
        figures = {
            "width": screen.width,
            "height": screen.height,
            "grabs": len(times) + 1,
            "first_ms": round(whole[0], 1),
            "ms": round(float(np.median(times)), 1),
            "brightness": round(whole[1], 1),
        }
        return Trial(figures, (BLACK_SCREEN,) if whole[1] < 1 else ())
    finally:
        screen.close()


def _timed_read(screen: ScreenSource) -> tuple[float, float]:
    """Return how many milliseconds a read took, and the mean brightness of 255."""
    begun_us = monotonic_us()
    patches = screen.read()
    took_ms = (monotonic_us() - begun_us) / 1000
    size = sum(patch.pixels[..., 0].size for patch in patches)
    light = sum(float(patch.pixels[..., :3].sum(dtype=np.int64)) for patch in patches)
    return took_ms, light / 3 / size if size else 0.0


def _try_camera(source: str) -> Trial:
    """Figures: width, height, said_fps, fps (seen), brightness."""
    camera = open_camera(source, *ASKED)
    try:
        moments: list[int] = []
        light: list[float] = []
        begun_us = monotonic_us()
        while monotonic_us() - begun_us < LASTS_US:
            frame = camera.read()
            if frame is not None:
                moments.append(frame.at_us)
                light.append(float(frame.image[::4, ::4].mean()))
        span_us = moments[-1] - moments[0] if moments else 0
        fps = (len(moments) - 1) * SECOND_US / span_us if span_us else float(len(moments))
        brightness = sum(light) / len(light) if light else 0.0
        figures = {
            "width": camera.width,
            "height": camera.height,
            "said_fps": camera.fps,
            "fps": round(fps, 1),
            "brightness": round(brightness, 1),
        }
        found = {BLACK_CAMERA: bool(light) and brightness <= BLACK, SLOW_CAMERA: fps < ASKED[2] / 2}
        return Trial(figures, tuple(text for text, is_so in found.items() if is_so))
    finally:
        camera.close()


def _try_microphone(name: str) -> Trial:
    """Figures: rate, seconds (heard), peak_db (0 is the loudest possible), lost (times)."""
    microphone = open_microphone(name, RATE)
    heard = _Heard(microphone.rate)
    try:
        microphone.start(heard.take)
        is_heard = heard.enough.wait(HEARD_WITHIN_S)
        reason = None if is_heard else microphone.failed()
    finally:
        microphone.close()
    if not heard.samples:
        why = reason or "the device does not begin to deliver"
        return Trial(error=Text(f"没有送来声音（{why}）。", f"It delivers no sound ({why})."))
    peak_db = decibels(heard.peak)
    figures = {
        "rate": microphone.rate,
        "seconds": round(heard.samples / microphone.rate, 1),
        "peak_db": peak_db,
        "lost": microphone.overflows,
    }
    return Trial(figures, (SILENT,) if peak_db <= SILENT_DB else ())


class _Heard:
    """A sink that remembers how loud it was."""

    def __init__(self, rate: int) -> None:
        self.samples = 0
        self.peak = 0
        self.enough = threading.Event()
        self._wanted = rate * LASTS_US // SECOND_US

    def take(self, samples: Samples, _at_us: int) -> None:
        self.samples += samples.size
        if samples.size:
            self.peak = max(self.peak, int(np.abs(samples.astype(np.int32)).max()))
        if self.samples >= self._wanted:
            self.enough.set()


def decibels(peak: int) -> float:
    """Return a sample's magnitude in dB of the largest one; FLOOR_DB for none."""
    return round(20 * math.log10(peak / 32768), 1) if peak else float(FLOOR_DB)
