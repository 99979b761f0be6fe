"""Reads a session's tracks back: frames with their moments, sound as samples."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray
from tryout.picture import Frame
from tryout.target import Failed

from client.base.clock import SECOND_US
from client.evidence.entries import Part
from client.evidence.journal import Line, read_journal
from client.evidence.layout import SessionFolder


@dataclass(frozen=True)
class Film:
    """One track file; `begins` is the moment (seconds, UTC) of its media time 0."""

    path: Path
    begins: float

    def frames(self) -> Iterator[tuple[float, Frame]]:
        """Yield each frame's moment (seconds, UTC) and picture."""
        with av.open(str(self.path)) as container:
            for frame in container.decode(video=0):
                picture = frame.to_ndarray(format="bgr24").astype(np.uint8, copy=False)
                yield self.begins + (frame.time or 0.0), picture

    def samples(self) -> tuple[NDArray[np.float32], int]:
        """Return the sound (one channel, -1 to 1) and its rate."""
        with av.open(str(self.path)) as container:
            rate = container.streams.audio[0].rate
            blocks = [frame.to_ndarray()[0] for frame in container.decode(audio=0)]
        return np.concatenate(blocks).astype(np.float32), rate


def films(session: Path, track: str) -> list[Film]:
    """Return the files of a track (screen, identity, contest), in order."""
    begins = {}
    for line in read_journal(SessionFolder(session).journal):
        if isinstance(line, Line) and isinstance(line.entry, Part):
            wall_us = line.utc_us - line.mono_us + line.entry.epoch_us
            begins[line.entry.file] = wall_us / SECOND_US
    found = [
        Film(path, begins[path.name])
        for path in SessionFolder(session).tracks()
        if path.name.startswith(track)
    ]
    if not found:
        raise Failed(f"no file of the track {track}")
    return found
