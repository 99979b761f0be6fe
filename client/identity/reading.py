"""Whether a document was legible, proved by what was read; and whose it is. Memory only."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from client.contest.registered import compact
from client.identity.number import (
    LENGTH,
    citizen_numbers,
    is_citizen_number,
    other_numbers,
)
from client.identity.outcome import Document, Enrolled, Outcome

if TYPE_CHECKING:
    from client.identity.reader import Line

SURE = 0.80
"""Below this score a line is not taken as read."""
OTHER_LINES = 3
"""So many lines of a passport must be read, beside its number."""
MOST_NUMBERS = 6
"""So many of a passport's numbers (its dates look like some) are compared; each takes 50 ms."""
_HAN = re.compile(r"[一-鿿]")
_NAMED = re.compile(r"姓?名[:：]?([一-鿿·]{2,})")


@dataclass(frozen=True)
class Read:
    """What reading came to, and where the number's characters stand.

    `strip` are the four corners of its characters alone, in pixels of the picture that was read,
    clockwise from the upper left; None where there is no number.
    """

    outcome: Outcome
    strip: NDArray[np.float32] | None = None
    characters: int = 0


def judge(lines: Sequence[Line], enrolled: Enrolled, document: Document) -> Read:
    """Return what `lines`, read from one picture, prove."""
    sure = [line for line in lines if line.score >= SURE]
    return _card(sure, enrolled) if document is Document.CARD else _other(sure, enrolled)


def _card(lines: Sequence[Line], enrolled: Enrolled) -> Read:
    for line in lines:
        text = compact(line.text)
        for number in citizen_numbers(text):
            strip = _strip(line, text, number)
            if not is_citizen_number(number):
                return Read(Outcome.WRONG, strip, LENGTH)
            return Read(_whose(lines, number, enrolled), strip, LENGTH)
    return Read(Outcome.NOTHING)


def _whose(lines: Sequence[Line], number: str, enrolled: Enrolled) -> Outcome:
    if enrolled.document and not enrolled.document.is_number(number):
        return Outcome.SOMEBODY
    texts = [compact(line.text) for line in lines]
    is_named = bool(enrolled.name) and any(compact(enrolled.name) in text for text in texts)
    if not is_named and not any(_NAMED.search(text) for text in texts):
        return Outcome.NAMELESS
    if enrolled.document:
        return Outcome.MATCH
    if enrolled.name:
        return Outcome.LEGIBLE if is_named else Outcome.SOMEBODY
    return Outcome.LEGIBLE


def _other(lines: Sequence[Line], enrolled: Enrolled) -> Read:
    found = []
    for line in lines:
        text = compact(line.text)
        found += [(number, _strip(line, text, number)) for number in other_numbers(text)]
    if not found or len(lines) < OTHER_LINES:
        return Read(Outcome.NOTHING)
    if enrolled.document is None:
        return Read(Outcome.LEGIBLE, found[0][1], len(found[0][0]))
    for number, strip in found[:MOST_NUMBERS]:
        if enrolled.document.is_number(number):
            return Read(Outcome.MATCH, strip, len(number))
    return Read(Outcome.SOMEBODY, found[0][1], len(found[0][0]))


def _strip(line: Line, text: str, number: str) -> NDArray[np.float32]:
    """Return the corners of the number's part of its line.

    A Chinese character is as wide as 1.13 digits, and a label stands 1.5 digits away.
    """
    before, _, after = text.partition(number)
    left, right = _breadth(before), _breadth(after)
    whole = left + len(number) + right
    upper_left, upper_right, lower_right, lower_left = np.array(line.corners, np.float32)
    first, last = left / whole, (left + len(number)) / whole
    return np.array(
        [
            upper_left + (upper_right - upper_left) * first,
            upper_left + (upper_right - upper_left) * last,
            lower_left + (lower_right - lower_left) * last,
            lower_left + (lower_right - lower_left) * first,
        ],
        np.float32,
    )


def _breadth(text: str) -> float:
    if not text:
        return 0.0
    return 1.5 + sum(1.13 if _HAN.match(character) else 1.0 for character in text)
