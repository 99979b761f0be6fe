"""The coach's eye: one picture in, what it lacks for a step out. Keeps no picture.

Cheap looks come first; text is read only where they found nothing wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from client.identity.document import (
    Corners,
    Pixels,
    find_document,
    flattened,
    grey_of,
    is_cut_off,
    ordered,
    resized,
    width_of,
)
from client.identity.faces import Faces
from client.identity.faults import Fault, first_of
from client.identity.legible import measure
from client.identity.outcome import Document, Enrolled, Outcome, Verdict
from client.identity.reading import SURE, Read, judge
from client.identity.steps import TABLE, Needs, Step

if TYPE_CHECKING:
    from client.identity.reader import Line

LEAST_PITCH = 10.05
"""Pixels from one character of the number to the next."""
LEAST_EDGE = 0.235
"""See `legible.Print`: a blur of 0.075 of a digit's height."""
DARK, BRIGHT = 52.0, 235.0
"""Mean brightness of the lighter half of the picture's middle, 0 to 255."""
DARK_CARD = 75.0
"""The paper of a document, which is white."""
STILL = 14.0
"""Mean difference between two pictures, 0 to 255, at a twentieth of their width."""
GLARE = 0.012
"""Part of the document that is burnt out."""
SMALL_CARD, NEAR_CARD = 0.09, 0.2
"""Width of a document beside a face, and of one to be read, as part of the picture's."""
SOFT = 8.0
"""Variance of the Laplacian, 640 pixels wide: below, nothing in the picture is sharp."""
LEAST_LINES = 3
LOUD = 0.02
"""Peak of the microphone, 0 to 1, while somebody speaks."""


class Judge:
    """Judges picture after picture; remembers only a thumbnail and how reading went."""

    def __init__(self, read: Callable[[Pixels], Sequence[Line]], enrolled: Enrolled) -> None:
        """Prepare with a reader (`reader.Reader.read`)."""
        self._read_lines = read
        self._enrolled = enrolled
        self._faces = Faces()
        self._before: NDArray[np.int16] | None = None
        self._whole = False
        """Read the whole picture: what was taken for the document could not be read."""

    def look(
        self, picture: Pixels, step: Step, document: Document = Document.CARD, level: float = 1.0
    ) -> Verdict:
        """Judge `picture` (height x width x 3, BGR) for `step`; `level` is the sound's peak."""
        needs = TABLE[step].needs
        corners = find_document(picture) if {Needs.CARD, Needs.NO_CARD} & needs else None
        if corners is None and Needs.CARD in needs and Needs.READ not in needs:
            corners = _around_text(self._read_lines(picture))
        faults = self._seen(picture, corners, needs)
        if Needs.VOICE in needs and level < LOUD:
            faults.add(Fault.QUIET)
        read = None
        if Needs.READ in needs and not faults & {Fault.DARK, Fault.MOVING}:
            got, corners = self._read(picture, corners, document)
            read = got.outcome
            proved = _proved(picture, got, corners)
            self._whole = got.strip is not None if self._whole else bool(proved)
            faults = _together(faults, proved, has_number=got.strip is not None)
        return Verdict(first_of(faults), _as_parts(corners, picture), read)

    def _seen(
        self, picture: Pixels, corners: Corners | None, needs: frozenset[Needs]
    ) -> set[Fault]:
        faults = _light(picture, corners)
        if self._moved(picture) and needs & {Needs.READ, Needs.STEADY}:
            faults.add(Fault.MOVING)
        if Needs.FACE in needs and self._faces.frontal(picture, corners) is None:
            faults.add(Fault.NO_FACE)
        if Needs.NO_CARD in needs and corners is not None and _is_near(corners, picture):
            faults.add(Fault.CARD_LEFT)
        if Needs.CARD in needs:
            faults |= _card_faults(
                picture, corners, NEAR_CARD if Needs.READ in needs else SMALL_CARD
            )
        if _sharpness(picture) < SOFT:  # nothing can be found in it either
            faults = faults - {Fault.NO_CARD} | {Fault.BLURRED}
        return faults

    def _moved(self, picture: Pixels) -> bool:
        high, wide = picture.shape[:2]
        size = (max(8, wide // 20), max(8, high // 20))
        small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        now = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY).astype(np.int16)
        before, self._before = self._before, now
        if before is None or before.shape != now.shape:
            return False
        return float(np.abs(now - before).mean()) > STILL

    def _read(
        self, picture: Pixels, corners: Corners | None, document: Document
    ) -> tuple[Read, Corners | None]:
        """Read the document laid flat, or the whole picture where that was no help last time."""
        if corners is None or self._whole:
            got = judge(self._read_lines(picture), self._enrolled, document)
            return got, _around(got, document) if got.strip is not None else corners
        flat, back = flattened(picture, corners)
        got = judge(self._read_lines(flat), self._enrolled, document)
        if got.strip is None:
            return got, corners
        strip = cv2.perspectiveTransform(got.strip[None].astype(np.float64), back)[0]
        return Read(got.outcome, strip.astype(np.float32), got.characters), corners


def _together(seen: set[Fault], proved: set[Fault], *, has_number: bool) -> set[Fault]:
    """Return what counts: what was seen only explains why nothing could be read."""
    if not proved or Fault.SOMEBODY in proved:
        return proved
    return (seen - {Fault.NO_CARD} if has_number else seen) | proved


def _proved(picture: Pixels, got: Read, corners: Corners | None) -> set[Fault]:
    """Return what reading says; good text must also be large and sharp enough for a person."""
    if got.outcome is Outcome.SOMEBODY:
        return {Fault.SOMEBODY}
    faults: set[Fault] = set()
    if got.strip is not None:
        printed = measure(picture, got.strip, got.characters)
        faults |= {Fault.SMALL} if printed.pitch < LEAST_PITCH else set()
        faults |= {Fault.BLURRED} if printed.edge < LEAST_EDGE else set()
    if not got.outcome.is_good and not faults:
        has_glare = corners is not None and _burnt(picture, corners) > GLARE
        return {Fault.GLARE if has_glare else Fault.UNREAD}
    return faults


def _light(picture: Pixels, corners: Corners | None) -> set[Fault]:
    grey = grey_of(picture)[::4, ::4]
    high, wide = grey.shape
    middle = grey[high // 6 : -high // 6, wide // 6 : -wide // 6]
    bright = float(np.sort(middle, axis=None)[middle.size // 2 :].mean())
    paper = bright
    if corners is not None:
        mask = np.zeros(grey.shape, np.uint8)
        cv2.fillConvexPoly(mask, (corners / 4).astype(np.int32), 255)
        inside = grey[mask > 0]
        paper = float(np.percentile(inside.astype(np.float32), 70)) if inside.size else bright
    if bright < DARK and paper < DARK_CARD:
        return {Fault.DARK}
    return {Fault.BRIGHT} if bright > BRIGHT else set()


def _card_faults(picture: Pixels, corners: Corners | None, least: float) -> set[Fault]:
    if corners is None:
        return {Fault.NO_CARD}
    faults = set()
    if is_cut_off(corners, picture):
        faults.add(Fault.CUT_OFF)
    if width_of(corners) < least * picture.shape[1]:
        faults.add(Fault.SMALL)
    if _burnt(picture, corners) > 3 * GLARE:
        faults.add(Fault.GLARE)
    return faults


def _is_near(corners: Corners, picture: Pixels) -> bool:
    """Tell whether it is as large as a document held up: a poster on a wall may look like one."""
    return width_of(corners) > NEAR_CARD * picture.shape[1]


def _burnt(picture: Pixels, corners: Corners) -> float:
    """Return the part of the document where light burnt out what is printed."""
    flat, _ = flattened(picture, corners)
    small = cv2.resize(flat, (200, 126), interpolation=cv2.INTER_AREA)
    return float((small.min(axis=2) >= 250).mean())  # noqa: PLR2004 - white, but for noise


def _sharpness(picture: Pixels) -> float:
    scale = 640 / picture.shape[1]
    grey = cv2.GaussianBlur(grey_of(resized(picture, scale)), (0, 0), 1.0)
    return float(cv2.Laplacian(grey, cv2.CV_64F).var())


def _around_text(lines: Sequence[Line]) -> Corners | None:
    """Return the rectangle around printed lines, None where there are fewer than on any document.

    So a card is found whose edges a hand or a light shirt hides from `find_document`.
    """
    printed = [line for line in lines if line.score >= SURE]
    if len(printed) < LEAST_LINES:
        return None
    points = np.array([corner for line in printed for corner in line.corners], np.float32)
    return ordered(cv2.boxPoints(cv2.minAreaRect(points)).astype(np.float32))


def _around(got: Read, document: Document) -> Corners | None:
    """Return the document around its number, as an identity card has it; a wide guess else."""
    if got.strip is None:
        return None
    left, top, right, bottom = (0.335, 0.86, 0.935, 0.92)
    if document is Document.OTHER:
        left, top, right, bottom = (0.25, 0.45, 0.75, 0.55)
    flat = np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.float32)
    move = cv2.getPerspectiveTransform(flat, got.strip)
    unit = np.array([[(0, 0), (1, 0), (1, 1), (0, 1)]], np.float32)
    return np.asarray(cv2.perspectiveTransform(unit, move)[0], np.float32)


def _as_parts(corners: Corners | None, picture: Pixels) -> tuple[tuple[float, float], ...]:
    if corners is None:
        return ()
    high, wide = picture.shape[:2]
    return tuple((round(float(x) / wide, 4), round(float(y) / high, 4)) for x, y in corners)
