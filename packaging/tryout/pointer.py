"""Finds the pointer in frames of a recording, at the places and moments where it was put."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from tryout.pattern import PLACES
from tryout.picture import Frame
from tryout.target import Failed

STAY_S = 1.5
LATE_S = 1.0
"""A frame may show it so much later than it was put there."""
BEFORE, AFTER = 6, 26
"""Pixels to left and right of the hot spot that the pointer may cover."""
LEAST_PIXELS = 30
LEAST_CHANGE = 60
"""A pointer changes so many pixels of its surroundings by so much."""
LEAST_SHARE = 0.9


@dataclass(frozen=True)
class Visit:
    """The pointer was put at `PLACES[place]` at this moment (seconds, UTC)."""

    place: int
    utc: float


@dataclass(frozen=True)
class Look:
    """The places of one frame that differ from the bare desktop."""

    utc: float
    places: frozenset[int]


@contextmanager
def wandering(move: Callable[[int, int], None]) -> Iterator[list[Visit]]:
    """Put the pointer at one place after the other until the block ends; yields the visits."""
    visits: list[Visit] = []
    leaving = threading.Event()

    def wander() -> None:
        while not leaving.is_set():
            place = len(visits) % len(PLACES)
            move(*PLACES[place])
            visits.append(Visit(place, time.time()))
            leaving.wait(STAY_S)

    walker = threading.Thread(target=wander, daemon=True)
    walker.start()
    try:
        yield visits
    finally:
        leaving.set()
        walker.join(5)


def patches(frame: Frame) -> NDArray[np.uint8]:
    """Return the surroundings of each place: (places, height, width, 3)."""
    return np.stack(
        [frame[y - BEFORE : y + AFTER, x - BEFORE : x + AFTER] for x, y in PLACES], dtype=np.uint8
    )


def looks(frames: Sequence[tuple[float, NDArray[np.uint8]]]) -> list[Look]:
    """Return what each frame (its moment, its patches) shows beyond the usual desktop."""
    if not frames:
        return []
    stack = np.stack([patch for _, patch in frames]).astype(np.int16)
    usual = np.median(stack, axis=0)
    changed = (np.abs(stack - usual).max(axis=-1) > LEAST_CHANGE).sum(axis=(2, 3)) >= LEAST_PIXELS
    return [
        Look(utc, frozenset(map(int, np.flatnonzero(row))))
        for (utc, _), row in zip(frames, changed, strict=True)
    ]


def judge_pointer(
    visits: Sequence[Visit], seen: Sequence[Look], *, filmed: tuple[float, float]
) -> str:
    """Say how many visits within the film are seen, there and nowhere else; Failed below 90 %."""
    whole = [
        (visit, after)
        for visit, after in pairwise(visits)
        if visit.utc > filmed[0] and after.utc + LATE_S < filmed[1]
    ]
    delays = [delay for visit, after in whole if (delay := _delay(visit, after, seen)) is not None]
    share = f"pointer seen at {len(delays)} of {len(whole)} places it was put"
    if not delays or len(delays) < LEAST_SHARE * len(whole):
        raise Failed(share)
    return f"{share}, dated {np.median(delays):.2f} s later (at most {max(delays):.2f} s)"


def _delay(visit: Visit, after: Visit, seen: Sequence[Look]) -> float | None:
    span = (visit.utc - 0.1, after.utc + LATE_S)
    alone = frozenset([visit.place])
    return next(
        (
            look.utc - visit.utc
            for look in seen
            if span[0] < look.utc < span[1]
            if look.places == alone
        ),
        None,
    )
