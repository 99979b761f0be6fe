"""Reads a screenshot as a person would: which words stand where."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from client.identity.reader import Line, Reader

ALIKE = 0.75
"""So much of the words must be read right: an OCR misses a stroke now and then."""


@dataclass(frozen=True)
class Spot:
    """Words on the screen, and the middle of their line in pixels."""

    text: str
    x: int
    y: int


@cache
def reader() -> Reader:
    """Return the one reader of this process; it leaves the other processor to the program."""
    return Reader(threads=1)


def read_picture(file: Path) -> list[Spot]:
    """Return the lines of text in a picture file."""
    picture = cv2.imread(str(file))
    if picture is None:
        raise FileNotFoundError(file)
    return [_spot(line) for line in reader().read(picture.astype(np.uint8, copy=False))]


def find_words(words: str, spots: Sequence[Spot]) -> Spot | None:
    """Return the line that is most like `words`, or holds them; None where none is."""
    likeness = {spot: _likeness(words, spot.text) for spot in spots}
    best = max(spots, key=lambda spot: likeness[spot], default=None)
    return best if best is not None and likeness[best] >= ALIKE else None


def _likeness(words: str, text: str) -> float:
    wanted, there = _letters(words), _letters(text)
    whole = SequenceMatcher(None, wanted, there, autojunk=False)
    held = sum(block.size for block in whole.get_matching_blocks()) / max(1, len(wanted))
    return held - 0.2 * (1 - whole.ratio())  # the shorter of two lines that hold them


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text)


def _spot(line: Line) -> Spot:
    xs, ys = zip(*line.corners, strict=True)
    return Spot(line.text, round(sum(xs) / len(xs)), round(sum(ys) / len(ys)))
