"""Chinese first; English only for those who plainly use it."""

from __future__ import annotations

import sys

import pytest

from client.base.text import Text, current_language

PAIR = Text("第 {n} 秒", "second {n}")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows asks the system, not the environment")
@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "zh"),
        ({"LANG": "C.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "de_DE.UTF-8"}, "zh"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "SAIJIAN_LANG": "zh"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "SAIJIAN_LANG": "en"}, "en"),
    ],
)
def test_the_language_of_this_person(monkeypatch, environment: dict[str, str], language: str):
    for name in ("LANG", "LC_ALL", "LC_MESSAGES", "SAIJIAN_LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert current_language() == language


def test_both_sentences_are_filled_alike():
    assert PAIR.format(n=3) == Text("第 3 秒", "second 3")
    assert PAIR.say("zh") == PAIR.zh
    assert PAIR.say("en") == PAIR.en
