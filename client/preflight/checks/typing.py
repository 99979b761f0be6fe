"""Does an input method type (R13)? Somebody types a phrase; no key is pressed by us."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from client.base.text import Text
from client.contest.plan import Choice
from client.preflight.check import Check, Finding, Verdict
from client.preflight.checks.choice import called
from client.preflight.checks.input_methods import NAMES
from client.preflight.facts.typing import Engine, TypingFacts

CHINESE_PHRASE, ENGLISH_PHRASE = "电子商务竞赛", "Online contest 2026"
ENGLISH = "english"
_SWITCH = Text(
    "请按 Ctrl+空格、Shift 或 Win+空格 切换到要用的输入法，再打一次；打不出来的请换一种输入法。",
    "Switch to the input method by Ctrl+Space, Shift or Win+Space and type again; if it does not "
    "type, use another one.",
)
_LOOK = Text(
    "请看任务栏的输入法图标，确认就是要用的那一种。",
    "Look at the input method's icon beside the clock: is it the one you want to use?",
)


def phrase_for(slug: str) -> str:
    """Return what is to be typed by the input method."""
    return ENGLISH_PHRASE if slug == ENGLISH else CHINESE_PHRASE


def to_type(choice: Choice) -> tuple[str, ...]:
    """Return the input methods that may be tried: those of the plan, then all we know."""
    return tuple(dict.fromkeys((*choice.all_of, *choice.any_of, *NAMES)))


def typing_check(facts: TypingFacts) -> Check[TypingFacts]:
    """Judge what was typed."""
    name = called(NAMES)(facts.asked)
    return Check(
        name=f"input-{facts.asked}",
        title=Text(f"试打：{name.zh}", f"Typing: {name.en}"),
        requirement=Text(f"用它打出“{facts.phrase}”", f"it types “{facts.phrase}”"),
        probe=lambda: facts,
        judge=partial(_judge_english if facts.asked == ENGLISH else _judge, name),
        on_site=True,
        things=lambda seen: [engine.name for engine in seen.engines],
        fix="language",
    )


def _judge_english(_: Text, facts: TypingFacts) -> Finding:
    verdict: Verdict = "pass" if facts.typed == facts.phrase else "fail"
    return Finding(verdict, _evidence(facts), None if verdict == "pass" else _SWITCH)


def _judge(name: Text, facts: TypingFacts) -> Finding:
    evidence = _evidence(facts)
    slugs = {engine.slug for engine in facts.engines}
    was_composed = facts.saw_preedit and facts.composed == facts.phrase
    if facts.typed != facts.phrase:
        return Finding("fail", evidence, _SWITCH)
    if not facts.engines or slugs == {None}:
        return Finding("warn" if was_composed else "fail", evidence, _LOOK)
    if facts.asked not in slugs:
        other = Text(
            f"打字的不是{name.zh}。{_SWITCH.zh}", f"It was not {name.en} that typed. {_SWITCH.en}"
        )
        return Finding("fail", evidence, other)
    return Finding("pass", evidence) if was_composed else Finding("warn", evidence, _LOOK)


def _evidence(facts: TypingFacts) -> Text:
    by = Text("系统没有说是哪一种输入法", "the system does not say by which input method")
    if facts.engines:
        by = _named(facts.engines)
    how = Text("没有看到输入法组字", "no composition of an input method was seen")
    if facts.saw_preedit:
        how = Text("看到输入法组字", "the composition of an input method was seen")
    typed = facts.typed or "-"
    return Text(f"打出“{typed}”，{how.zh}；{by.zh}。", f"Typed “{typed}”, {how.en}; {by.en}.")


def _named(engines: Sequence[Engine]) -> Text:
    names = [engine.name for engine in engines]
    return Text(f"当时是 {'、'.join(names)}", f"it was {', '.join(names)}")
