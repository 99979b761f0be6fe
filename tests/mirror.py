"""Puts the patches of a screen source together, as whoever watches the recording sees them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from client.capture.screen import Bgra, ScreenSource


@dataclass
class Mirror:
    """The desktop that `source` tells of."""

    source: ScreenSource
    picture: Bgra = field(init=False)
    patches: int = 0
    """Of the last look."""

    def __post_init__(self) -> None:
        """Begin black."""
        self.picture = np.zeros((self.source.height, self.source.width, 4), np.uint8)

    def look(self) -> Bgra:
        """Return the desktop now: a picture of its own."""
        patches = self.source.read()
        self.patches = len(patches)
        for left, top, pixels in patches:
            height, width = pixels.shape[:2]
            assert not (left | top | height | width) & 1, "patches are even"
            self.picture[top : top + height, left : left + width] = pixels
        return self.picture.copy()
