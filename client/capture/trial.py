"""A moment with each device: does it open, and what does it deliver? Nothing is kept."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from client.base.clock import SECOND_US, monotonic_us
from client.base.errors import DeviceError
from client.base.text import Text
from client.capture.audio import DUMB, Samples, open_microphone
from client.capture.camera import CameraFrame, open_camera
from client.capture.quality import (
    BLACK_CAMERA,
    SILENT,
    Sharpness,
    camera_faults,
    decibels,
    microphone_faults,
    sound_figures,
)
from client.capture.screen import ScreenSource, open_screen

__all__ = ["BLACK_CAMERA", "BLACK_SCREEN", "SILENT", "Kind", "Trial", "decibels", "try_device"]

Kind = Literal["screen", "camera", "microphone"]
ASKED = (1280, 720, 15)
"""Width, height and pictures a second that a contest usually asks of a camera."""
RATE = 48_000
HEARD_WITHIN_S = 4.0
"""So much later than its time a microphone may have delivered it all."""
BLACK_SCREEN = Text("屏幕全黑", "the screen is black")
NO_SOUND = Text("没有送来声音（{zh}）。", "It delivers no sound ({en}).")


@dataclass(frozen=True)
class Trial:
    """What came of it; `figures` are those of the kind of device."""

    figures: dict[str, float] = field(default_factory=dict)
    warnings: tuple[Text, ...] = ()
    error: Text | None = None
    """Why it does not work, or None."""

    def to_json(self) -> dict[str, Any]:
        """Return it for programs."""
        return {
            "works": self.error is None,
            "figures": self.figures,
            "warnings": [warning._asdict() for warning in self.warnings],
            "error": self.error._asdict() if self.error else None,
        }

    @classmethod
    def of_json(cls, document: Any) -> Trial:  # noqa: ANN401 - whatever a process printed
        """Read what `to_json` gave; ValueError, KeyError or TypeError for anything else."""
        figures = {str(name): float(value) for name, value in document["figures"].items()}
        warnings = tuple(Text(**warning) for warning in document["warnings"])
        return cls(figures, warnings, Text(**document["error"]) if document["error"] else None)


def _unseen(_: CameraFrame) -> None:
    """Let a picture pass."""


def try_device(
    kind: Kind, name: str, seconds: float = 1, saw: Callable[[CameraFrame], None] = _unseen
) -> Trial:
    """Use one device so long; a DeviceError is part of the result, nothing else is raised.

    `saw` is given each picture of a camera.
    """
    lasts_us = round(seconds * SECOND_US)
    try:
        if kind == "screen":
            return _try_screen(lasts_us)
        if kind == "camera":
            return _try_camera(name, lasts_us, saw)
        return _try_microphone(name, lasts_us)
    except DeviceError as error:
        return Trial(error=error.title)


def _try_screen(lasts_us: int) -> Trial:
    """Figures: width, height, grabs, first_ms (everything), ms (what changed), brightness."""
    screen = open_screen()
    try:
        whole = _timed_read(screen)
        times, until_us = [], monotonic_us() + lasts_us
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


def _try_camera(source: str, lasts_us: int, saw: Callable[[CameraFrame], None]) -> Trial:
    """Figures: width, height, said_fps, and those of `_Seen`.

    Brightness is that of the second half: a camera adapts to the light first.
    """
    camera = open_camera(source, *ASKED)
    seen = _Seen()
    try:
        begun_us = monotonic_us()
        while monotonic_us() - begun_us < lasts_us:
            frame = camera.read()
            if frame is not None:
                seen.take(frame)
                saw(frame)
        figures = {
            "width": camera.width,
            "height": camera.height,
            "said_fps": camera.fps,
            **seen.figures(),
        }
        return Trial(figures, camera_faults(figures, ASKED[2]))
    finally:
        camera.close()


class _Seen:
    """Measures pictures: fps, pictures, distinct, seconds, brightness, sharpness; keeps none."""

    def __init__(self) -> None:
        self._moments: list[int] = []
        self._light: list[float] = []
        self._sharpness = Sharpness()
        self._marks: set[int] = set()

    def take(self, frame: CameraFrame) -> None:
        self._moments.append(frame.at_us)
        self._light.append(float(frame.image[::4, ::4].mean()))
        self._marks.add(zlib.crc32(frame.image[::4].tobytes()))
        self._sharpness.take(frame.image)

    def figures(self) -> dict[str, float]:
        count = len(self._moments)
        span_us = self._moments[-1] - self._moments[0] if count else 0
        fps = (count - 1) * SECOND_US / span_us if span_us else float(count)
        figures = {"fps": round(fps, 1), "pictures": count, "distinct": len(self._marks)}
        figures["seconds"] = round(span_us / SECOND_US, 1)
        light = self._light[count // 2 :]
        sharpness = self._sharpness.value()
        figures["brightness"] = round(sum(light) / len(light), 1) if light else 0.0
        if sharpness is not None:
            figures["sharpness"] = sharpness
        return figures


def _try_microphone(name: str, lasts_us: int) -> Trial:
    """Figures: rate, seconds (heard), lost (times), and those of `sound_figures`."""
    microphone = open_microphone(name, RATE)
    heard = _Heard(microphone.rate * lasts_us // SECOND_US)
    try:
        microphone.start(heard.take)
        is_heard = heard.enough.wait(HEARD_WITHIN_S + lasts_us / SECOND_US)
        reason = None if is_heard else microphone.failed()
    finally:
        microphone.close()
    samples = heard.samples()
    if not samples.size:
        return Trial(error=NO_SOUND.format(zh=(reason or DUMB).zh, en=(reason or DUMB).en))
    figures = {
        "rate": microphone.rate,
        "seconds": round(samples.size / microphone.rate, 1),
        "lost": microphone.overflows,
        **sound_figures(samples, microphone.rate),
    }
    return Trial(figures, microphone_faults(figures))


class _Heard:
    """A sink that holds what it heard until it is measured, and no longer."""

    def __init__(self, wanted: int) -> None:
        self.enough = threading.Event()
        self._wanted = wanted
        self._count = 0
        self._blocks: list[Samples] = []

    def take(self, samples: Samples, _at_us: int) -> None:
        if not self.enough.is_set():
            self._blocks.append(samples.copy())
            self._count += samples.size
            if self._count >= self._wanted:
                self.enough.set()

    def samples(self) -> Samples:
        return np.concatenate(self._blocks) if self._blocks else np.empty(0, np.int16)
