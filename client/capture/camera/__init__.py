"""Pictures of a camera: one of this computer, a network camera or phone, or the test picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from client.base.text import Text
from client.capture.delay import Delay
from client.capture.origin import Origin

TEST = "test"
"""The source name that asks for the labelled simulation."""

Bgr = NDArray[np.uint8]
"""Picture of shape (height, width, 3): blue, green, red."""

Tell = Callable[[Text], None]
"""Takes a sentence that belongs into the journal; from any thread."""


@dataclass(frozen=True)
class CameraFrame:
    """One picture and the moment it was captured."""

    image: Bgr
    at_us: int
    """Monotonic microseconds (`base.clock`)."""


class CameraSource(Protocol):
    """An opened camera."""

    name: str
    origin: Origin
    width: int
    """Pixels a row, as the camera delivers them; it may differ from what was asked."""
    height: int
    fps: int
    """Pictures a second as the camera says, or as asked where it says nothing of use."""

    def read(self) -> CameraFrame | None:
        """Return the newest picture not read yet, or None when none came within 0.5 s.

        A reader that is slow misses pictures; it never lags behind. The picture belongs to the
        caller. Raises DeviceError once the camera is lost; open it again then.
        """
        ...

    def delay(self) -> Delay:
        """Return how old a picture is at its `at_us`, which has this still in it."""
        ...

    def close(self) -> None:
        """Let the camera go and return at once; safe from any thread, also while `read` waits."""
        ...


def is_address(source: str) -> bool:
    """Tell whether `source` names a network camera."""
    return "://" in source


def open_camera(source: str, width: int, height: int, fps: int) -> CameraSource:
    """Open the camera that `source` names; DeviceError when it cannot be opened or gives nothing.

    `source` is an index ("0"), a device name or part of it, an http(s) (MJPEG, HLS) or rtsp
    address, or `test`.
    Size and rate are wishes that only local cameras and the test picture can follow.
    """
    if source == TEST:
        from client.capture.camera.simulated import SimulatedCamera

        return SimulatedCamera(width, height, fps)
    if is_address(source):
        from client.capture.camera.network import open_network_camera

        return open_network_camera(source, fps)
    from client.capture.camera.local import open_local_camera

    return open_local_camera(source, width, height, fps)
