"""Does another way of capturing show what GDI shows: the same picture, the pointer in its place?"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from client.base.text import Text
from client.capture.screen import Bgra

NEAR = 24
"""Colours may differ so much: drivers blend the pointer's edges in their own ways."""
MOST_OTHER = 0.02
"""So much of the picture may differ: something moves while two pictures are taken."""
LEAST_POINTER = 20
"""Pixels of a pointer that shows; with fewer nothing can be proved."""
POINTER_SHARE = 0.7
AGREE, LOOKS = 3, 20
"""So many of so many looks must agree: on a screen that moves some do not."""

NO_PICTURE = Text("画面与系统画面不一致", "its picture is not what the system shows")
NO_POINTER = Text("鼠标指针没有录进画面", "the pointer is not in its picture")
HIDDEN = Text("鼠标指针没有显示，无法证明", "no pointer shows: nothing is proved")


class Look(NamedTuple):
    """The same moment three times."""

    bare: Bgra
    """By GDI, without the pointer."""
    drawn: Bgra
    """By GDI, the pointer drawn in."""
    other: Bgra
    """By what is to be proved."""


def objection(look: Look) -> Text | None:
    """Return what speaks against this look; None where all three agree."""
    if look.drawn.shape != look.other.shape:
        return NO_PICTURE
    bare, drawn, other = (each[..., :3].astype(np.int16) for each in look)
    pointer = (bare != drawn).any(axis=2)
    near = (np.abs(drawn - other) <= NEAR).all(axis=2)
    if _share(~near & ~pointer) > MOST_OTHER:
        return NO_PICTURE
    if pointer.sum() < LEAST_POINTER:
        return HIDDEN
    return None if _share(near[pointer]) >= POINTER_SHARE else NO_POINTER


def _share(what: NDArray[np.bool_]) -> float:
    return float(what.mean())


def proved(look: Callable[[], Look]) -> Text | None:
    """Look until enough looks agree; else return the objection that came most often."""
    objections: list[Text] = []
    agreed = 0
    for _ in range(LOOKS):
        against = objection(look())
        if against is not None:
            objections.append(against)
            continue
        agreed += 1
        if agreed == AGREE:
            return None
    return max(objections, key=objections.count)
