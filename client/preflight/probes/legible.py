"""`saijian legible CAMERA SECONDS`: tries a camera, closes it, then reads what its pictures show.

A process of its own, as the reader takes half a gigabyte. It prints one JSON object a line: what
the try found (`Trial`), then after each picture the best reading so far. Pictures stay in its
memory; of what was read it tells how much and how well, never what.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Any

import numpy as np
import psutil
from numpy.typing import NDArray

from client.base.clock import SECOND_US, monotonic_us
from client.capture.camera import CameraFrame
from client.capture.quality import Sharpness
from client.capture.trial import try_device
from client.preflight.facts.card import ENOUGH

PARTS = 3
"""Of each part of the try the sharpest picture is read: a card comes and goes."""


class Sharpest:
    """Holds the sharpest picture of each part of so many seconds."""

    def __init__(self, seconds: float) -> None:
        """Begin now."""
        self._begun_us = monotonic_us()
        self._part_us = seconds * SECOND_US / PARTS
        self._best: dict[int, tuple[float, NDArray[np.uint8]]] = {}

    def take(self, frame: CameraFrame) -> None:
        """Keep a picture if it is the best of its part."""
        measure = Sharpness()
        measure.take(frame.image)
        value = measure.value() or 0.0
        part = min(PARTS - 1, int((monotonic_us() - self._begun_us) / self._part_us))
        if part not in self._best or value > self._best[part][0]:
            self._best[part] = value, frame.image.copy()

    def pictures(self) -> list[NDArray[np.uint8]]:
        """Return what was kept, the latest first."""
        return [self._best[part][1] for part in sorted(self._best, reverse=True)]


def main(arguments: list[str]) -> int:
    """Try `arguments[0]` for `arguments[1]` seconds and read; 0 whatever comes of it."""
    source, seconds = arguments[0], float(arguments[1])
    kept = Sharpest(seconds)
    trial = try_device("camera", source, seconds, saw=kept.take)
    _tell(trial.to_json())
    if trial.error is None:
        _step_back()
        _read(kept.pictures())
    return 0


def _read(pictures: list[NDArray[np.uint8]]) -> None:
    from client.identity.legibility import Legibility, legibility_of
    from client.identity.reader import Reader

    reader, best = Reader(), Legibility()
    for picture in pictures:
        found = legibility_of(reader.read(picture))
        best = max(best, found, key=lambda one: (one.characters, one.lines))
        _tell(asdict(best))
        if best.characters >= ENOUGH:
            return


def _step_back() -> None:
    """Let the trial recording have the processor, which begins when the camera is closed."""
    if sys.platform == "win32":
        psutil.Process().nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
    else:
        psutil.Process().nice(5)


def _tell(found: dict[str, Any]) -> None:
    sys.stdout.write(f"{json.dumps(found, ensure_ascii=True)}\n")
    sys.stdout.flush()
