"""Shows each scene to the coach's judge as the running coach would, and counts."""

from __future__ import annotations

import time
from dataclasses import dataclass

from client.identity.faults import Fault
from client.identity.judge import Judge
from client.identity.outcome import Document, Outcome
from client.identity.reader import Line, Reader
from client.identity.reading import judge
from client.identity.steps import TABLE, Step
from tests.identity_scenes import card
from tests.identity_scenes.scene import Scene
from tests.identity_scenes.words import Pixels

PICTURES = 4
"""In five seconds: the first at once, then one each 1.25 s at the worst."""


@dataclass(frozen=True)
class Result:
    """What the coach did with one scene."""

    scene: Scene
    accepted: bool
    pictures: int
    """Looked at until accepted, or all."""
    slowest_s: float
    """Processor time of the slowest picture, reading included."""
    faults: tuple[Fault | None, ...]
    taken_for_another: int
    """Other enrolled persons, each a digit off, whom this card was accepted for: none is right."""


class Bench:
    """One reader for all scenes."""

    def __init__(self) -> None:
        """Load the models."""
        self._reader = Reader(threads=1)
        self._lines: list[list[Line]] = []

    def run(self, scene: Scene) -> Result:
        """Show the scene."""
        self._lines = []
        person = scene.person
        eye = Judge(self._read, card.enrolled(person))
        good, slowest, faults = 0, 0.0, []
        needed = TABLE[Step.CARD_FRONT].good
        for picture in scene.pictures(PICTURES):
            began = time.process_time()
            verdict = eye.look(picture, Step.CARD_FRONT)
            slowest = max(slowest, time.process_time() - began)
            faults.append(verdict.fault)
            good = good + 1 if verdict.fault is None else 0
            if good == needed:
                break
        return Result(
            scene, good == needed, len(faults), slowest, tuple(faults), self._for_others(scene)
        )

    def _read(self, picture: Pixels) -> list[Line]:
        lines = self._reader.read(picture)
        self._lines.append(lines)
        return lines

    def _for_others(self, scene: Scene) -> int:
        """Judge what was read from every picture as if somebody else were enrolled."""
        others = [card.enrolled(other) for other in scene.others()]
        return sum(
            judge(lines, other, document).outcome in (Outcome.MATCH, Outcome.LEGIBLE)
            for lines in self._lines
            for other in others
            for document in Document
        )
