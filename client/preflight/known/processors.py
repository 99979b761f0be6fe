"""Families of processors, and how each stands to "Core i5, two cores, 3.0 GHz" (R13).

The first row whose pattern is found in the name counts. The rule's own yardstick is a Core i5 of
2010. Sources of names and clocks: ark.intel.com, amd.com, zhaoxin.com, hygon.cn, Wikipedia's lists
of processors; the single products that these rows were tried on are in
`tests/assets/machines/processors.json`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from client.base.text import Text

Standing = Literal["modern", "clock", "small", "score", "below"]
"""`modern`: faster a hertz than the rule's, and its turbo is above `turbo_mhz` in every product.
`clock`: of the rule's class; the base clock decides. `small`: four cores make up for the class.
`score`: names do not tell; what was measured decides. `below`: slower in every product."""


@dataclass(frozen=True)
class Family:
    """Processors that are judged alike."""

    name: Text
    standing: Standing
    pattern: re.Pattern[str]
    turbo_mhz: int = 0
    """The slowest turbo of all products of the family; 0: not used."""


def _row(zh: str, en: str, standing: Standing, pattern: str, turbo_mhz: int = 0) -> Family:
    return Family(Text(zh, en), standing, re.compile(pattern, re.IGNORECASE), turbo_mhz)


FAMILIES: tuple[Family, ...] = (
    # Intel. (R), (TM) and "CPU" are taken out of names beforehand.
    _row("英特尔酷睿 Ultra", "Intel Core Ultra", "modern", r"\bCore Ultra [3579]\b", 4200),
    _row(
        "英特尔 N 系列（小核）",
        "Intel N series (small cores)",
        "score",
        r"\bi3-N\d|\bCore 3 N\d|\bIntel (N50|N9[57]|N1[05]0|N2[05]0)\b|\bi5-L\d",
    ),
    _row("英特尔酷睿 3/5/7/9", "Intel Core 3/5/7/9", "modern", r"\bCore [3579] \d{3}", 4200),
    _row(
        "英特尔酷睿 i5/i7/i9，第 8 代以后",
        "Intel Core i5/i7/i9 of generation 8 or later",
        "modern",
        r"\bi[579]-([89]\d{3}|1\d{3,4})",
        3300,
    ),
    _row(
        "英特尔酷睿 i5/i7/i9，第 1 至 7 代",
        "Intel Core i5/i7/i9 of generation 1 to 7",
        "clock",
        r"\bi[579][- ](\w+ )?[2-7]?\d{3}",
    ),
    _row(
        "英特尔酷睿 i3，第 8 代以后",
        "Intel Core i3 of generation 8 or later",
        "small",
        r"\bi3-([89]\d{3}|1\d{3,4})",
    ),
    _row("英特尔酷睿 i3，第 1 至 7 代", "Intel Core i3 of generation 1 to 7", "score", r"\bi3\b"),
    _row("英特尔酷睿 m", "Intel Core m", "score", r"\bCore m[357]?\b|\bM-5Y"),
    _row("英特尔酷睿 2", "Intel Core 2", "below", r"\bCore ?2\b"),
    _row(
        "英特尔至强 E3/E5/E7/W 及以后",
        "Intel Xeon E3/E5/E7/W and later",
        "clock",
        r"\bXeon (E[357]?-|W-|D-|Gold|Silver|Bronze|Platinum)",
    ),
    _row("英特尔至强（其他）", "Intel Xeon (others)", "score", r"\bXeon\b"),
    _row(
        "英特尔奔腾、赛扬（台式机，或 N5000 以上）",
        "Intel Pentium or Celeron, for desktops or N5000 and above",
        "score",
        r"\b(Pentium|Celeron) (Gold |Silver )?(G\d|N[56]\d|\d{4}|8505|73\d\d)",
    ),
    _row(
        "英特尔赛扬、奔腾、凌动（低功耗）",
        "Intel Celeron, Pentium or Atom of low power",
        "below",
        r"\b(Celeron|Pentium|Atom)\b",
    ),
    # AMD
    _row(
        "AMD 锐龙 5/7/9",
        "AMD Ryzen 5/7/9",
        "modern",
        r"\bRyzen (AI )?(PRO )?([579]|Max|Z\d|Threadripper)",
        3400,
    ),
    _row("AMD 锐龙 3", "AMD Ryzen 3", "small", r"\bRyzen 3\b"),
    _row("AMD 霄龙", "AMD EPYC", "clock", r"\bEPYC\b"),
    _row(
        "AMD 速龙（锐龙架构）、FX、A8/A10/A12、羿龙",
        "AMD Athlon (Zen), FX, A8/A10/A12, Phenom",
        "score",
        r"\bAthlon (Gold|Silver|PRO|X4 [89]|[23]\d\dG|3\d{3}G)|\bFX ?-|\bA(8|10|12)\b|\bPhenom\b",
    ),
    _row(
        "AMD A4/A6/A9、E 系列、闪龙、速龙（旧）",
        "AMD A4/A6/A9, E series, Sempron, older Athlon",
        "below",
        r"\bA[4679]-|\bE[12]?-\d|\bSempron\b|\bAthlon\b|\bTurion\b",
    ),
    # China
    _row("海光", "Hygon", "clock", r"\bHygon\b"),
    _row("兆芯", "Zhaoxin", "score", r"\bZHAOXIN\b|\bKX-"),
    _row(
        "飞腾、鲲鹏、龙芯、麒麟、骁龙",
        "Phytium, Kunpeng, Loongson, Kirin, Snapdragon",
        "score",
        r"\b(Phytium|FT-2000|D2000|Kunpeng|Loongson|Kirin|Snapdragon|Qualcomm)",
    ),
)

_MARKS = re.compile(r"\((R|TM|C)\)|®|™|\bCPU\b|\bProcessor\b", re.IGNORECASE)


def plain_name(name: str) -> str:
    """Return a processor's name without trade marks and double blanks."""
    return " ".join(_MARKS.sub(" ", name).split())


def family_of(name: str) -> Family | None:
    """Return the family of a processor by the name that it reports; None for one not listed."""
    plain = plain_name(name)
    return next((family for family in FAMILIES if family.pattern.search(plain)), None)
