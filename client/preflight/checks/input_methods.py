"""Are the input methods there that the plan asks for (R13)?

This check says that one can be switched to. That it types is shown by the typing test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from client.base.text import Text
from client.contest.plan import Choice
from client.preflight.check import Check, Finding
from client.preflight.checks.choice import Standing, asked, lacking, short_of
from client.preflight.facts.software import InputFacts, InputMethod
from client.preflight.probes.software import read_input_methods

NAMES = {
    "quanpin": Text("全拼（微软拼音即可）", "full Pinyin (Microsoft Pinyin counts)"),
    "wubi": Text("五笔", "Wubi"),
    "sogou": Text("搜狗输入法", "Sogou"),
    "qq": Text("QQ输入法", "QQ"),
    "english": Text("英文输入", "English"),
}


def input_methods_check(
    choice: Choice, probe: Callable[[], InputFacts] = read_input_methods
) -> Check[InputFacts]:
    """Compare the input methods found with `choice`."""
    return Check(
        name="input-methods",
        title=Text("输入法", "Input methods"),
        requirement=asked(choice, NAMES),
        probe=probe,
        judge=partial(_judge, choice),
        things=lambda facts: [method.name for method in facts.methods if method.is_ready],
        fix="language",
    )


def _judge(choice: Choice, facts: InputFacts) -> Finding:
    if facts.framework is None:
        return Finding(
            "unknown",
            Text("系统没有给出输入法列表。", "The system gives no list of input methods."),
            Text(
                "请自行试打一行中文和一行英文，确认输入法可用。",
                "Type a line of Chinese and one of English yourself to see that it works.",
            ),
        )
    ready = {m.slug for m in facts.methods if m.slug and m.is_ready}
    evidence = _found(facts.methods)
    advice = partial(_advice, methods=facts.methods)
    return short_of(choice, ready, NAMES, evidence, advice) or Finding("pass", evidence)


def _found(methods: Iterable[InputMethod]) -> Text:
    ready = "、".join(m.name for m in methods if m.is_ready)
    idle = "、".join(m.name for m in methods if not m.is_ready)
    found = Text(
        f"可以切换到：{ready}" if ready else "没有可以切换的输入法",
        f"can be switched to: {ready}" if ready else "none can be switched to",
    )
    if idle:
        found = Text(
            f"{found.zh}；已安装但没有添加：{idle}", f"{found.en}; installed, but not added: {idle}"
        )
    return Text(f"{found.zh}。", f"{found.en}.")


def _advice(short: Standing, methods: Iterable[InputMethod]) -> Text:
    wanted = {*short.missing, *short.any_of}
    idle = [m.name for m in methods if not m.is_ready and m.slug in wanted]
    if idle:
        names = "、".join(idle)
        return Text(
            f"{names} 已经安装：请在系统设置的“时间和语言—语言—中文—选项”中添加它"
            "（ms-settings:regionlanguage），然后再检查一次。",
            f"{names} is installed: add it under “Time & language, Language, Chinese, Options” "
            "(ms-settings:regionlanguage), then check again.",
        )
    need = lacking(short, NAMES)
    return Text(
        f"请安装或添加 {need.zh}，然后再检查一次。", f"Install or add {need.en}, then check again."
    )
