"""Whether a face looks into the camera: OpenCV's cascade. Nobody is recognized."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

CASCADE = "haarcascade_frontalface_alt2.xml"
"""Fires on faces from the front only: a profile is none to it."""
_LOOK = 640
_LEAST = 0.13
"""A face's height as part of the picture's."""


class Faces:
    """Loads the cascade once."""

    def __init__(self) -> None:
        """Load; OSError where the file is missing from the installation."""
        path = Path(cv2.__file__).parent / "data" / CASCADE
        self._cascade = cv2.CascadeClassifier()
        storage = cv2.FileStorage(path.read_text("ascii"), _MEMORY)
        if not self._cascade.read(storage.getFirstTopLevelNode()):
            raise OSError(CASCADE)

    def frontal(
        self, picture: NDArray[np.uint8], beside: NDArray[np.float32] | None = None
    ) -> tuple[int, int, int, int] | None:
        """Return left, top, width, height of the largest face of a person, or None.

        The portrait inside the document `beside` (four corners) is none of a person.
        """
        scale = min(1.0, _LOOK / picture.shape[1])
        small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        grey = cv2.equalizeHist(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY))
        least = round(grey.shape[0] * _LEAST)
        found = self._cascade.detectMultiScale(grey, 1.1, 4, minSize=(least, least))
        faces = [tuple(int(n / scale) for n in face) for face in found]
        living = [face for face in faces if beside is None or not _inside(face, beside)]
        if not living:
            return None
        left, top, wide, high = max(living, key=lambda face: face[2])
        return left, top, wide, high


_MEMORY = cv2.FILE_STORAGE_READ | cv2.FILE_STORAGE_MEMORY
"""Read by Python: OpenCV on Windows opens no path with Chinese letters."""


def _inside(face: tuple[int, ...], corners: NDArray[np.float32]) -> bool:
    middle = (face[0] + face[2] / 2, face[1] + face[3] / 2)
    return cv2.pointPolygonTest(corners.reshape(-1, 1, 2), middle, measureDist=False) >= 0
