"""Is the processor at least what the plan asks: class, cores and clock?

Names decide where they can (`known/processors`), else what was measured (`probes/speed`). The
finding says which rule it was.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from client.base.text import Text
from client.contest.plan import Environment
from client.preflight.check import Check, Finding, Verdict
from client.preflight.facts.processor import ProcessorFacts
from client.preflight.known.processors import Family, family_of, plain_name
from client.preflight.probes.processor import look_at_processor

REFERENCE_MHZ = 3000
"""The clock that a score of 1.0 stands for."""
SURELY, SURELY_NOT = 1.25, 0.7
"""The reference is an estimate: between these the score decides nothing."""
_NEARLY = 0.98
"""Systems report 2994 MHz for 3.0 GHz."""
_SMALL_CORES = 4

_ANOTHER = Text(
    "请换一台符合要求的电脑参赛。",
    "Use another computer that meets the requirement.",
)
_ASK = Text(
    "请关闭其他程序后再检查一次；仍然这样请问组委会能否使用这台电脑。",
    "Close other programs and check again; if it stays so, ask the organizer about this computer.",
)


class Ruling(NamedTuple):
    """A verdict and the rule that it follows from."""

    verdict: Verdict
    rule: Text


def processor_check(
    environment: Environment, probe: Callable[[], ProcessorFacts] = look_at_processor
) -> Check[ProcessorFacts]:
    """Compare the processor with the plan's cores and clock; the measurement takes two seconds."""
    ghz = environment.clock_mhz / 1000
    return Check(
        name="processor",
        title=Text("处理器", "Processor"),
        requirement=Text(
            f"Core i5 级，{environment.cores} 核，{ghz:g} GHz 以上",
            f"class Core i5, {environment.cores} cores, {ghz:g} GHz or better",
        ),
        probe=probe,
        judge=partial(_judge, environment),
        things=lambda facts: [plain_name(facts.name)] if facts.name else [],
    )


def _judge(asked: Environment, facts: ProcessorFacts) -> Finding:
    verdict, rule = rule_on(asked, facts)
    name = plain_name(facts.name) if facts.name else None
    zh, en = [name or "型号未知"], [name or "unknown model"]
    zh.append(f"{facts.cores} 核" if facts.cores else "核数未知")
    en.append(f"{facts.cores} cores" if facts.cores else "cores unknown")
    if facts.base_mhz:
        zh.append(f"基准 {facts.base_mhz / 1000:.2g} GHz")
        en.append(f"base clock {facts.base_mhz / 1000:.2g} GHz")
    if facts.score_alone is not None and facts.score_both is not None:
        scores = f"{facts.score_alone:.2g}/{facts.score_both:.2g}"
        zh.append(f"实测一线程/两线程各为参考值的 {scores} 倍")
        en.append(f"measured {scores} times the reference on one/each of two threads")
    evidence = Text(f"{'，'.join(zh)}。依据：{rule.zh}。", f"{', '.join(en)}. Rule: {rule.en}.")
    advice = {"pass": None, "fail": _ANOTHER}.get(verdict, _ASK)
    return Finding(verdict, evidence, advice)


def rule_on(asked: Environment, facts: ProcessorFacts) -> Ruling:
    """Return the verdict and what decided it."""
    if facts.cores is not None and facts.cores < asked.cores:
        return Ruling("fail", Text("核数不够", "too few cores"))
    family = family_of(facts.name or "")
    ruling = _by_name(asked, facts, family) or _by_score(asked, facts, family)
    if facts.cores is None and ruling.verdict == "pass":
        return Ruling("unknown", Text("系统没有报告核数", "the system does not tell its cores"))
    return ruling


def _by_name(asked: Environment, facts: ProcessorFacts, family: Family | None) -> Ruling | None:
    """Rule by family and clock; None where they do not tell."""
    if family is None or family.standing == "score":
        return None
    if family.standing == "below":
        return Ruling(
            "fail",
            Text(f"{family.name.zh}，低于 Core i5 级", f"{family.name.en}, below class Core i5"),
        )
    base_is_enough = (facts.base_mhz or 0) >= asked.clock_mhz * _NEARLY
    if base_is_enough and (family.standing != "small" or (facts.cores or 0) >= _SMALL_CORES):
        return Ruling(
            "pass",
            Text(f"{family.name.zh}，基准频率达到", f"{family.name.en}, base clock high enough"),
        )
    if family.standing == "modern" and family.turbo_mhz >= asked.clock_mhz:
        turbo = f"{family.turbo_mhz / 1000:g} GHz"
        return Ruling(
            "pass",
            Text(
                f"{family.name.zh}，睿频都在 {turbo} 以上",
                f"{family.name.en}, all with a turbo of {turbo} or more",
            ),
        )
    return None


def _by_score(asked: Environment, facts: ProcessorFacts, family: Family | None) -> Ruling:
    """Rule by what was measured; the slower of one thread and two counts."""
    kind = family.name if family else Text("不在型号表中", "not in the table of models")
    if facts.score_alone is None or facts.score_both is None:
        return Ruling(
            "unknown",
            Text(
                f"{kind.zh}，要看实测，但没有测成",
                f"{kind.en}, to be measured, which did not work",
            ),
        )
    ratio = min(facts.score_alone, facts.score_both) / (asked.clock_mhz / REFERENCE_MHZ)
    if ratio >= SURELY:
        verdict: Verdict = "pass"
    else:
        verdict = "warn" if ratio >= SURELY_NOT else "fail"
    return Ruling(
        verdict,
        Text(
            f"{kind.zh}，由实测决定：要求的 {ratio:.2g} 倍"
            f"（{SURELY:g} 倍以上合格，{SURELY_NOT:g} 倍以下不合格，其间存疑）",
            f"{kind.en}, decided by measurement: {ratio:.2g} times what is asked "
            f"(pass from {SURELY:g}, fail below {SURELY_NOT:g}, doubtful between)",
        ),
    )
