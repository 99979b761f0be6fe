"""All of one list and any of another: what of it is met, for browsers, office and input methods."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from client.base.text import Text
from client.contest.plan import Choice
from client.preflight.check import Finding
from client.preflight.facts.software import Product

Names = Mapping[str, Text]
"""What a person calls the things that plans name by their slugs."""


class Standing(NamedTuple):
    """What of a choice is not met."""

    missing: tuple[str, ...]
    """Each of these is asked and not here."""
    any_of: tuple[str, ...]
    """One of these is asked, and none is here; empty where that is met."""

    @property
    def is_met(self) -> bool:
        """Tell whether nothing is missing."""
        return not self.missing and not self.any_of

    def has_unknown(self, names: Collection[str]) -> tuple[str, ...]:
        """Return what is missing and could not be found by us: `names` are those we can find."""
        alternatives = self.any_of if not set(self.any_of) <= set(names) else ()
        unknown = [slug for slug in (*self.missing, *alternatives) if slug not in names]
        return tuple(unknown)


def _standing(choice: Choice, found: Collection[str]) -> Standing:
    """Compare what was `found` with what is asked."""
    missing = tuple(slug for slug in choice.all_of if slug not in found)
    is_any_met = not choice.any_of or any(slug in found for slug in choice.any_of)
    return Standing(missing, () if is_any_met else choice.any_of)


def asked(choice: Choice, names: Names) -> Text:
    """Say what a choice asks, as a requirement."""
    parts = []
    if choice.all_of:
        parts.append(_listed(choice.all_of, names, "、", ", "))
    if choice.any_of:
        one = _listed(choice.any_of, names, "、", ", ")
        if len(choice.any_of) > 1:
            one = Text(f"{one.zh} 中的任意一个", f"any of {one.en}")
        parts.append(one)
    if not parts:
        return Text("方案没有要求", "the plan asks nothing")
    return Text("；".join(part.zh for part in parts), "; ".join(part.en for part in parts))


def lacking(short: Standing, names: Names) -> Text:
    """Say what is missing."""
    parts = []
    if short.missing:
        parts.append(_listed(short.missing, names, "、", ", "))
    if short.any_of:
        one = _listed(short.any_of, names, "、", ", ")
        parts.append(Text(f"{one.zh} 中的任意一个", f"any of {one.en}"))
    return Text("，以及 ".join(p.zh for p in parts), " and ".join(p.en for p in parts))


def called(names: Names) -> Callable[[str], Text]:
    """Return what gives a slug's name, itself where it has none."""
    return lambda slug: names.get(slug, Text(slug, slug))


def short_of(
    choice: Choice,
    found: Collection[str],
    names: Names,
    evidence: Text,
    advice: Callable[[Standing], Text],
) -> Finding | None:
    """Return the finding where something is missing, or is nothing that we find; None where met."""
    short = _standing(choice, found)
    if unknown := short.has_unknown(names):
        return Finding("unknown", evidence, _not_known(unknown))
    return None if short.is_met else Finding("fail", evidence, advice(short))


def present(products: Iterable[Product]) -> set[str]:
    """Return the slugs of those whose program is there."""
    return {product.slug for product in products if product.is_present}


def installed(products: Sequence[Product], names: Names, none: Text) -> Text:
    """Say which products are there with their versions, and what is left of others."""
    name = called(names)
    here = [product for product in products if product.is_present]
    zh = "、".join(_with_version(name(p.slug).zh, p, "（版本不明）") for p in here)
    en = ", ".join(_with_version(name(p.slug).en, p, "(version unknown)") for p in here)
    found = Text(zh or none.zh, en or none.en)
    if gone := [name(product.slug) for product in products if not product.is_present]:
        found = Text(
            f"{found.zh}；{'、'.join(g.zh for g in gone)} 只剩注册信息，程序文件已不在",
            f"{found.en}; of {', '.join(g.en for g in gone)} only registry entries are left, "
            "the program is gone",
        )
    return found


def _with_version(name: str, product: Product, unknown: str) -> str:
    return f"{name} {product.version or unknown}"


def _not_known(slugs: tuple[str, ...]) -> Text:
    """Say that the plan asks for something that this program cannot look for."""
    names = "、".join(slugs)
    return Text(
        f"本程序不会检查“{names}”，请自行确认已安装。",
        f"This program cannot look for “{names}”: make sure yourself that it is installed.",
    )


def _listed(slugs: tuple[str, ...], names: Names, zh: str, en: str) -> Text:
    name = called(names)
    return Text(zh.join(name(s).zh for s in slugs), en.join(name(s).en for s in slugs))
