"""Numbers of documents as read by a machine: found, and checked by GB 11643-1999.

Nothing here keeps, prints or logs one.
"""

from __future__ import annotations

import re
from datetime import date

LENGTH = 18
_WEIGHTS = tuple(pow(2, LENGTH - 1 - place, 11) for place in range(LENGTH - 1))
_CHECK = "10X98765432"
_CITIZEN = re.compile(r"\d{17}[\dX]")
_OTHER = re.compile(r"(?=[A-Z0-9]*\d{5})[A-Z0-9]{7,18}")
"""A passport's or permit's number: letters and at least five digits in a row."""


def is_citizen_number(text: str) -> bool:
    """Tell whether `text` is a 公民身份号码 by GB 11643-1999: a day that exists, a right check."""
    if _CITIZEN.fullmatch(text) is None:
        return False
    try:
        date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    rest = sum(int(digit) * weight for digit, weight in zip(text, _WEIGHTS, strict=False)) % 11
    return text[-1] == _CHECK[rest]


def citizen_numbers(text: str) -> list[str]:
    """Return what in a line has the form of a citizen's number, right or wrong, from the right.

    A label may stand before it in the same line, and must not lend it a digit.
    """
    return [match.group() for match in re.finditer(r"(?<![0-9X])\d{17}[\dX](?![0-9X])", text)]


def other_numbers(text: str) -> list[str]:
    """Return what in a line has the form of another document's number."""
    return [
        match.group()
        for match in re.finditer(r"[A-Z0-9]+", text)
        if _OTHER.fullmatch(match.group())
    ]
