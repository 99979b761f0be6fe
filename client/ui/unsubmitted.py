"""The recording is ended before the paper is over, without a hand-in: asked once, never refused."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from client.attempt.view import View
from client.base.text import Text
from client.contest.plan import Plan
from client.ui import times
from client.ui.look import Look
from client.ui.widgets.question import Question

TITLE = Text("这一场还没有结束", "The paper is not over yet")
BODY = Text(
    "这一场到 {ends} 结束，您还没有标记交卷。现在结束录制，核验结果会是“不完整”，并写明缺少的时间，"
    "评审会看到。已在竞赛网站交卷的，请先回去按“我已在竞赛网站提交答卷”。",
    "The paper ends at {ends} and you have not marked a hand-in. If you end the recording now, it "
    "will be judged INCOMPLETE, with the time that is missing. If you have handed in on the "
    "contest site, go back and press the button that says so first.",
)
STAY = Text("回去，继续录制", "Go back, keep recording")
END = Text("不交卷，现在结束", "End now, unsubmitted")


def is_before_the_end(view: View | None, plan: Plan, now_us: int | None) -> bool:
    """Tell whether ending now leaves a hole that a judge is told of; a rehearsal has no judge."""
    if view is None or now_us is None or plan.rehearsal:
        return False
    return now_us < view.schedule.ends_us


def unsubmitted(look: Look, parent: QWidget, view: View | None) -> Question:
    """Return the question; it is accepted by ending."""
    ends = times.hour(view.schedule.ends_us) if view is not None else ""
    return Question(look, parent, TITLE, BODY.format(ends=ends), (STAY, END))
