"""A camera that stands on its side or upside down: its pictures are turned."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np

from client.capture.camera import CameraFrame, CameraSource
from client.capture.delay import Delay

Turn = Literal[0, 90, 180, 270]
"""Degrees clockwise."""


class TurnedCamera:
    """Another camera's pictures, turned clockwise."""

    def __init__(self, source: CameraSource, turn: Turn) -> None:
        """Take `source` over."""
        self._source = source
        self._quarters = turn // 90
        self.name, self.origin, self.fps = source.name, source.origin, source.fps
        lies = self._quarters % 2 == 1
        self.width = source.height if lies else source.width
        self.height = source.width if lies else source.height

    def read(self) -> CameraFrame | None:
        """Return the camera's newest picture, turned."""
        frame = self._source.read()
        if frame is None:
            return None
        turned = np.ascontiguousarray(np.rot90(frame.image, -self._quarters))
        return replace(frame, image=turned)

    def delay(self) -> Delay:
        """Return the camera's delay."""
        return self._source.delay()

    def close(self) -> None:
        """Let the camera go."""
        self._source.close()
