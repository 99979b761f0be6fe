"""The steps of the identity check: one table, and the walk along it, without clock or I/O."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from client.base.text import Text
from client.identity.faults import Fault

PATIENCE_S = 45.0
"""After so long in one step 先继续 is offered."""


class Step(StrEnum):
    """What the contestant shows, in this order."""

    FACE_AND_CARD = "face_and_card"
    CARD_FRONT = "card_front"
    CARD_BACK = "card_back"
    SENTENCE = "sentence"
    PLACE = "place"


class Needs(StrEnum):
    """What a step's picture is judged by."""

    FACE = "face"
    CARD = "card"
    READ = "read"
    VOICE = "voice"
    NO_CARD = "no_card"
    STEADY = "steady"


@dataclass(frozen=True)
class Row:
    """One step: what it needs, how many good pictures in a row, and what is said."""

    needs: frozenset[Needs]
    good: int
    title: Text
    what: Text


TABLE: dict[Step, Row] = {
    Step.FACE_AND_CARD: Row(
        frozenset({Needs.FACE, Needs.CARD}),
        2,
        Text("脸和证件", "Face and document"),
        Text("正对镜头，把证件举在脸旁边。", "Face the camera, the document beside your face."),
    ),
    Step.CARD_FRONT: Row(
        frozenset({Needs.CARD, Needs.READ}),
        2,
        Text("证件正面", "Front of the document"),
        Text("把有照片和号码的一面靠近镜头，拿稳。", "Hold photo and number close to the camera."),
    ),
    Step.CARD_BACK: Row(
        frozenset({Needs.CARD, Needs.STEADY}),
        2,
        Text("证件背面", "Back of the document"),
        Text("翻到背面，拿稳。", "Turn it over and hold it still."),
    ),
    Step.SENTENCE: Row(
        frozenset({Needs.FACE, Needs.VOICE}),
        3,
        Text("读一句话", "Read a sentence aloud"),
        Text("正对镜头，大声读出：", "Face the camera and read aloud:"),
    ),
    Step.PLACE: Row(
        frozenset({Needs.NO_CARD, Needs.STEADY}),
        3,
        Text("摆好摄像头", "Place the camera"),
        Text(
            "收起证件，把摄像头摆到竞赛时的位置，对照样例。",
            "Put the document away and place the camera as in the sample picture.",
        ),
    ),
}


@dataclass(frozen=True)
class Walk:
    """Where the contestant is. Frozen: every move returns another walk."""

    steps: tuple[Step, ...]
    at: int = 0
    good: int = 0
    """Good pictures in a row, in this step."""
    since_s: float = 0.0
    """When this step began, by the caller's clock."""
    lacking: Fault | None = None
    """What the last picture lacked."""
    skipped: tuple[Step, ...] = ()

    @property
    def step(self) -> Step | None:
        """Return the present step; None when all are behind."""
        return self.steps[self.at] if self.at < len(self.steps) else None

    def may_skip(self, now_s: float) -> bool:
        """Tell whether 先继续 is offered."""
        return self.step is not None and now_s - self.since_s >= PATIENCE_S

    def saw(self, fault: Fault | None, now_s: float) -> Walk:
        """Return the walk after one more picture, good where `fault` is None."""
        if self.step is None:
            return self
        if fault is not None:
            return replace(self, good=0, lacking=fault)
        good = self.good + 1
        if good < TABLE[self.step].good:
            return replace(self, good=good, lacking=None)
        return replace(self, at=self.at + 1, good=0, since_s=now_s, lacking=None)

    def skip(self, now_s: float) -> Walk:
        """Return the walk one step on; the same where 先继续 is not offered yet."""
        return self.left(now_s) if self.may_skip(now_s) else self

    def left(self, now_s: float) -> Walk:
        """Return the walk one step on, the present one not reached."""
        if self.step is None:
            return self
        skipped = (*self.skipped, self.step)
        return replace(self, at=self.at + 1, good=0, since_s=now_s, lacking=None, skipped=skipped)

    def again(self, now_s: float) -> Walk:
        """Return the walk from its first step."""
        return Walk(self.steps, since_s=now_s)


def steps_of(*, back: bool, sentence: bool) -> tuple[Step, ...]:
    """Return the steps that a plan asks for."""
    left_out = {Step.CARD_BACK} if not back else set()
    left_out |= {Step.SENTENCE} if not sentence else set()
    return tuple(step for step in Step if step not in left_out)
