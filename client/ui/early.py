"""The identity check is left before it is done: asked once, never refused.

Whoever goes on is recorded all the same; what was not reached is journaled by `attempt/coached`.
"""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from client.base.text import Text
from client.identity.coach import Coaching
from client.identity.steps import TABLE, Step
from client.ui.look import Look
from client.ui.widgets.question import Question

TITLE = Text("还有步骤没有通过", "Some steps are not passed yet")
BODY = Text(
    "还没有通过：{steps.zh}。录像一直在录。没有录清楚的，赛后可能要请您说明，现在补上最省事。",
    "Not passed yet: {steps.en}. All of it is being recorded. What is not clear may have to be "
    "explained later: it is easiest to show it now.",
)
STAY = Text("回去继续", "Go back to it")
GO_ON = Text("就这样，下一步", "Go on as it is")


def open_steps(coaching: Coaching | None) -> tuple[Step, ...]:
    """Return what the identity check still waits for; nothing where nobody coaches."""
    return coaching.walk.steps[coaching.walk.at :] if coaching is not None else ()


def question(look: Look, parent: QWidget, steps: tuple[Step, ...]) -> Question:
    """Return the question; it is accepted by going on."""
    titles = [TABLE[step].title for step in steps]
    named = Text("、".join(t.zh for t in titles), ", ".join(t.en.lower() for t in titles))
    return Question(look, parent, TITLE, BODY.format(steps=named), (STAY, GO_ON))
