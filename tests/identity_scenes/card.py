"""An invented second-generation identity card, 1400 pixels wide, labelled as a specimen."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from client.contest.registered import RegisteredNumber
from client.identity.outcome import Enrolled
from tests.identity_scenes.words import DIGITS, NAMES, Pixels, words

WIDTH, HEIGHT = 1400, 883
"""85.6 by 54 millimetres."""
DIGIT = 0.034
"""A digit's height as part of the card's width."""
NUMBER_BOX = (0.33, 0.85, 0.93, 0.93)
NAME_BOX = (0.17, 0.09, 0.45, 0.18)
"""Left, top, right, bottom as parts of width and height."""
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_INK = (40, 34, 30)


@dataclass(frozen=True)
class Person:
    """Nobody: an invented name, and a number of a region (99....) that does not exist."""

    name: str
    number: str


def check_digit(seventeen: str) -> str:
    """Return the last character: GB 11643-1999, written here apart from the program's own."""
    rest = sum(int(d) * w for d, w in zip(seventeen, _WEIGHTS, strict=True)) % 11
    return "10X98765432"[rest]


def invented(rng: random.Random) -> Person:
    """Return somebody who cannot exist."""
    day = f"19{rng.randint(60, 99)}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}"
    seventeen = f"99{rng.randint(0, 9999):04d}{day}{rng.randint(0, 999):03d}"
    return Person(rng.choice(NAMES), seventeen + check_digit(seventeen))


def enrolled(person: Person) -> Enrolled:
    """Return this person as the organizer's answer tells the coach."""
    return Enrolled(person.name, RegisteredNumber.of(person.number, bytes(32)))


def one_digit_off(person: Person, rng: random.Random) -> Person:
    """Return another: one digit differs, with the check digit that belongs to it."""
    at = rng.randrange(6, 17)
    other = rng.choice([d for d in "0123456789" if d != person.number[at]])
    seventeen = person.number[:at] + other + person.number[at + 1 : 17]
    return Person(person.name, seventeen + check_digit(seventeen))


@cache
def face() -> Pixels:
    """Return a portrait (Eileen Collins, NASA, public domain), BGR."""
    picture = cv2.imread(str(Path(__file__).parents[1] / "assets" / "identity" / "face.jpg"))
    assert picture is not None
    return picture.astype(np.uint8)


def draw(person: Person) -> Pixels:
    """Return the card's front, BGR."""
    card = _paper()
    photo = cv2.resize(face(), (380, 470), interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(cv2.cvtColor(photo, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    card[110:580, 930:1310] = grey
    _write(card, "样本 SPECIMEN", 0.20, 0.70, 0.075, ink=(150, 150, 235))
    for word, x, y in (
        ("姓名", 0.06, 0.13), ("性别", 0.06, 0.25), ("女", 0.18, 0.25), ("民族", 0.30, 0.25),
        ("汉", 0.42, 0.25), ("出生", 0.06, 0.37), ("1990", 0.18, 0.37), ("年", 0.29, 0.37),
        ("月", 0.37, 0.37), ("日", 0.45, 0.37), ("住址", 0.06, 0.50),
        ("样本省示例市测试路一号", 0.18, 0.50), ("公民身份号码", 0.06, 0.89),
    ):  # fmt: skip
        _write(card, word, x, y, 0.036)
    _write(card, person.name, 0.18, 0.13, 0.042)
    for place, digit in enumerate(person.number):
        _write(card, digit, 0.335 + place * 0.0333, 0.89, DIGIT, is_digit=True)
    return card


def draw_back() -> Pixels:
    """Return a back without anything to read of a person."""
    card = _paper()
    _write(card, "样本 SPECIMEN", 0.25, 0.45, 0.09)
    return card


def _paper() -> Pixels:
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH]
    waves = 6 * np.sin(columns / 37 + rows / 91) + 5 * np.sin(rows / 29)
    paper = np.stack([236 + waves, 228 + waves * 0.6, 214 + waves * 0.3], axis=2)
    return np.clip(paper, 0, 255).astype(np.uint8)


def _write(
    card: Pixels, word: str, x: float, y: float, tall: float,
    *, ink: tuple[int, int, int] = _INK, is_digit: bool = False,
) -> None:  # fmt: skip
    """Put a word: left edge at `x`, middle at `y`, `tall` parts of the width high."""
    glyph = words()[word]
    rows = np.flatnonzero(glyph.max(axis=1) > 0)
    if is_digit or word in DIGITS:
        glyph = glyph[rows[0] : rows[-1] + 1]
        scale = tall * WIDTH / glyph.shape[0]
    else:
        scale = tall * WIDTH / 40
    size = (max(1, round(glyph.shape[1] * scale)), max(1, round(glyph.shape[0] * scale)))
    shape = cv2.resize(glyph, size, interpolation=cv2.INTER_CUBIC)[:, :, None] / 255
    top, left = round(y * HEIGHT - size[1] / 2), round(x * WIDTH)
    under = card[top : top + size[1], left : left + size[0]]
    under[:] = (under * (1 - shape) + np.array(ink) * shape).astype(np.uint8)
