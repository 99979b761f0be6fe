"""The desktop by Windows' Desktop Duplication, as FFmpeg's `ddagrab` gives it through PyAV.

Cheaper than GDI where it works: the graphics driver has the picture already. Whether it does is
never guessed: `proof.py` compares it with GDI's picture on the very computer, in a process of its
own. One monitor only: `ddagrab` takes one output, and monitors may hang on several adapters.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

import av
import numpy as np

from client.capture.origin import Origin
from client.capture.screen import Bgra, Patch, ScreenChanged, even
from client.capture.screen.compare import changed_bands
from client.capture.screen.grabber import Desktop, screen_lost, unread

NAME = "Windows Desktop Duplication"
GRAPH = "ddagrab=output_idx=0:framerate={fps}:draw_mouse=1,hwdownload,format=bgra"
FAILS = (av.FFmpegError, ValueError)
"""What PyAV raises; the second where this FFmpeg has no such filter."""


class DuplicatedScreen:
    """See `ScreenSource`. A read waits for the graph's next picture, at most one interval."""

    origin: Origin = "real"

    def __init__(self, graph: str, desktop: Desktop, name: str = NAME) -> None:
        """Open `graph` (FFmpeg's notation, BGRA pictures); DeviceError where it gives none."""
        self.name = name
        self._desktop = desktop
        self._box = desktop.box()
        self._before: Bgra | None = None
        self._first: Bgra | None = None
        try:
            self._input = av.open(graph, format="lavfi")
            self._pictures = self._input.decode(video=0)
            frame = next(self._pictures)
        except (*FAILS, StopIteration) as error:
            raise screen_lost(error) from error
        self.width, self.height = even(frame.width), even(frame.height)
        self._first = self._pixels(frame)

    def read(self) -> Sequence[Patch]:
        """Return the bands that changed."""
        now, before = self._next(), self._before
        self._before = now
        return changed_bands(now, before)

    def _next(self) -> Bgra:
        if self._first is not None:
            first, self._first = self._first, None
            return first
        if self._desktop.box() != self._box:
            raise ScreenChanged
        try:
            return self._pixels(next(self._pictures))
        except (*FAILS, StopIteration) as error:
            raise unread(self._desktop, self._box, error) from error

    def _pixels(self, frame: av.VideoFrame) -> Bgra:
        """Return the frame's own memory where its rows follow each other, else a copy."""
        plane = frame.planes[0]
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
        shown = rows[: self.height, : self.width * 4]
        return np.ascontiguousarray(shown).reshape(self.height, self.width, 4)

    def close(self) -> None:
        """Give the desktop back."""
        self._before = self._first = None
        with contextlib.suppress(*FAILS):
            self._input.close()
        self._desktop.close()
