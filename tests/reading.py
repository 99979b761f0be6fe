"""Reads a screenshot as a person would: which words stand where."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from rapidocr.ch_ppocr_rec.typings import TextRecInput, TextRecOutput

from client.identity.reader import Line, Reader

ALIKE = 0.75
"""So much of the words must be read right: an OCR misses a stroke now and then."""


@dataclass(frozen=True)
class Spot:
    """Words on the screen, and the middle of their line in pixels."""

    text: str
    x: int
    y: int


class Remembering:
    """Reads what it has not read before: of two pages of a window, most lines are the same."""

    def __init__(self, recogniser: Callable[[TextRecInput], TextRecOutput]) -> None:
        self.recogniser = recogniser
        self.known: dict[tuple[tuple[int, ...], bytes], tuple[str, float]] = {}

    def __call__(self, wanted: TextRecInput) -> TextRecOutput:
        """Return what each of the little pictures says, and how sure that is."""
        assert isinstance(wanted.img, list)
        pictures = wanted.img
        keys = [_key(picture) for picture in pictures]
        paired = zip(keys, pictures, strict=True)
        new = {key: picture for key, picture in paired if key not in self.known}
        if new:
            read = self.recogniser(TextRecInput(list(new.values())))
            assert read.txts is not None
            self.known |= dict(zip(new, zip(read.txts, read.scores, strict=True), strict=True))
        texts, scores = zip(*(self.known[key] for key in keys), strict=True)
        return TextRecOutput(pictures, texts, list(scores), (("", 1.0, None),) * len(keys))  # type: ignore[arg-type]


def _key(picture: NDArray[np.uint8]) -> tuple[tuple[int, ...], bytes]:
    return picture.shape, sha256(picture.tobytes()).digest()


@cache
def reader() -> Reader:
    """Return the one reader of this process; it leaves the other processor to the program."""
    made = Reader(threads=1)
    engine: Any = made._engine  # its parts are loaded when first needed; it names no types for them
    engine.use_cls = False  # on a screen nothing stands on its head
    engine.text_rec = Remembering(engine._load_rec_model())
    return made


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
