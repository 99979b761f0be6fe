"""What a typed phrase proves, and who the system says was typing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from client.contest.plan import Choice
from client.preflight.checks.typing import CHINESE_PHRASE, phrase_for, to_type, typing_check
from client.preflight.facts.typing import Engine, TypingFacts
from client.preflight.probes.linux.active_input import engine_now
from client.preflight.probes.linux.commands import said_by
from client.preflight.probes.windows.active_input import engine_of
from client.preflight.runner import examine

PINYIN = Engine(slug="quanpin", name="微软拼音")
SOGOU = Engine(slug="sogou", name="搜狗拼音")
STRANGE = Engine(slug=None, name="rime")
PHRASE = CHINESE_PHRASE


def finding(asked="quanpin", typed=PHRASE, composed=PHRASE, preedit=True, engines=(PINYIN,)):
    facts = TypingFacts(
        asked=asked,
        phrase=phrase_for(asked),
        typed=typed,
        composed=composed,
        saw_preedit=preedit,
        engines=engines,
    )
    check = typing_check(facts)
    assert check.on_site
    assert check.name == f"input-{asked}"
    return examine(check)


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, "pass"),
        ({"typed": "电子"}, "fail"),
        ({"typed": "", "composed": "", "preedit": False, "engines": ()}, "fail"),
        ({"engines": (SOGOU,)}, "fail"),
        ({"asked": "sogou", "engines": (SOGOU,)}, "pass"),
        ({"asked": "wubi"}, "fail"),
        ({"engines": ()}, "warn"),
        ({"engines": (STRANGE,)}, "warn"),
        ({"engines": (), "preedit": False, "composed": ""}, "fail"),
        ({"preedit": False, "composed": ""}, "warn"),
        ({"composed": "电子"}, "warn"),
        ({"engines": (SOGOU, PINYIN)}, "pass"),
    ],
)
def test_a_phrase_counts_where_the_right_one_composed_it(changes, verdict: str) -> None:
    found = finding(**changes)
    assert found.verdict == verdict
    assert (found.advice is None) == (verdict == "pass")
    assert found.things == tuple(engine.name for engine in changes.get("engines", (PINYIN,)))


def test_another_input_method_than_asked_is_named() -> None:
    found = finding(engines=(SOGOU,))
    assert "搜狗拼音" in found.evidence.zh
    assert "不是全拼" in found.advice.zh
    assert found.fix == "language"


@pytest.mark.parametrize(
    ("typed", "engines", "verdict"),
    [
        (phrase_for("english"), (), "pass"),
        (phrase_for("english"), (PINYIN,), "pass"),
        ("Online contest", (), "fail"),
    ],
)
def test_english_is_typed_by_whatever_types_it(typed, engines, verdict) -> None:
    assert finding("english", typed, "", preedit=False, engines=engines).verdict == verdict


def test_the_plans_methods_come_first() -> None:
    offered = to_type(Choice(all_of=("english",), any_of=("wubi", "rime")))
    assert offered[:3] == ("english", "wubi", "rime")
    assert set(offered) == {"english", "wubi", "rime", "quanpin", "sogou", "qq"}


PINYIN_IDS = ("81D4E9C9-1D3B-41BC-9E6C-4B40BF79E35E", "FA550B04-5AD7-411F-A5AC-CA038EC515D7")
"""Class and profile of Microsoft Pinyin: learn.microsoft.com, default input profiles."""
NOTHING = "00000000-0000-0000-0000-000000000000"


@pytest.mark.parametrize(
    ("clsid", "profile", "language", "file", "slug"),
    [
        (*PINYIN_IDS, 0x0804, "", "quanpin"),
        ("E7EA138E-69F8-11D7-A6EA-00065B844310", NOTHING, 0x0804, "", "sogou"),
        (NOTHING, NOTHING, 0x0409, "", "english"),
        (NOTHING, NOTHING, 0x0809, "", "english"),
        (NOTHING, NOTHING, 0x0804, "", None),
        ("", "", 0x0804, "WINWB86.IME", "wubi"),
        ("", "", 0x0804, "sogoupy.ime", "sogou"),
        ("", "", 0x0804, "other.ime", None),
        ("11111111-69F8-11D7-A6EA-00065B844310", NOTHING, 0x0409, "", None),
    ],
)
def test_windows_answer_is_named(clsid, profile, language, file, slug) -> None:
    assert engine_of(clsid, profile, language, file).slug == slug


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"fcitx5-remote": "pinyin"}, Engine(slug="quanpin", name="pinyin")),
        ({"fcitx5-remote": "keyboard-us"}, Engine(slug="english", name="keyboard-us")),
        ({"fcitx-remote": "sogoupinyin"}, Engine(slug="sogou", name="sogoupinyin")),
        ({"ibus": "xkb:us::eng"}, Engine(slug="english", name="xkb:us::eng")),
        ({"ibus": "rime"}, Engine(slug=None, name="rime")),
        ({}, None),
    ],
)
def test_the_framework_that_answers_is_asked_by_its_own_program(
    answers: dict[str, str], expected, tmp_path: Path, monkeypatch
) -> None:
    for name in ("fcitx5-remote", "fcitx-remote", "ibus"):
        program = tmp_path / name
        said = f"echo '{answers[name]}'" if name in answers else "exit 1"
        program.write_text(f"#!/bin/sh\n{said}\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert engine_now(said_by) == expected
