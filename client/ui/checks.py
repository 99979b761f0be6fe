"""How the outcomes of checks are said and ordered in the window: words and shapes, no Qt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from client.base.text import Text
from client.preflight.check import Outcome, Verdict
from client.ui.look import Tone

VERDICTS: dict[Verdict, tuple[Text, str, Tone]] = {
    "pass": (Text("通过", "passed"), "done", "good"),
    "warn": (Text("请注意", "take note"), "silence", "warn"),
    "fail": (Text("未通过", "failed"), "slate", "bad"),
    "unknown": (Text("没有测出", "not known"), "unknown", "quiet"),
}
"""Word, shape and colour of each verdict."""
WORST_FIRST: tuple[Verdict, ...] = ("fail", "unknown", "warn", "pass")

ALL_GOOD = Text("全部通过。", "Everything passed.")
NEED = Text("{n} 项需要处理", "{n} need attention")
NOTE = Text("{n} 项请注意", "{n} to take note of")
GO_ON = Text(
    "。可以处理后再试，也可以直接继续，结果会如实记录。",
    ". You may put them right and try again, or go on: the results are noted as they are.",
)
PREPARING = Text("正在准备检测……", "Preparing the check…")
RUNNING = Text("正在检测：已完成 {done} / {all} 项", "Checking: {done} of {all} done")


def worst_first(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Return what did not pass, worst first."""
    concerns = [outcome for outcome in outcomes if outcome.finding.verdict != "pass"]
    return sorted(concerns, key=lambda outcome: WORST_FIRST.index(outcome.finding.verdict))


def passed(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Return what passed."""
    return [outcome for outcome in outcomes if outcome.finding.verdict == "pass"]


def summary(outcomes: Sequence[Outcome]) -> Text:
    """Say in one sentence how it stands."""
    verdicts = [outcome.finding.verdict for outcome in outcomes]
    need = verdicts.count("fail") + verdicts.count("unknown")
    parts = [NEED.format(n=need)] if need else []
    if note := verdicts.count("warn"):
        parts.append(NOTE.format(n=note))
    if not parts:
        return ALL_GOOD
    zh, en = "，".join(part.zh for part in parts), ", ".join(part.en for part in parts)
    return Text(zh + GO_ON.zh, en + GO_ON.en)
