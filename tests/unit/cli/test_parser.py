"""The command line: what is typed wrongly is answered in Chinese, with a guess."""

from __future__ import annotations

import json
import re
import sys

import pytest

from client.__main__ import main
from client.base.errors import BadInputError
from client.cli.arguments import command_line
from client.cli.parser import UsageError
from client.contest.contestant import Role

WRONG = [
    ("verfy x", "没有这个命令：'verfy'。", "verify"),
    ("organizer plan chek", "没有这个命令：'chek'。", "check"),
    ("--verson", "不认识的参数：--verson。", "--version"),
    ("rehearse --secnds 3", "不认识的参数：--secnds 3。", "--seconds"),
    ("organizer serve d --prot 8", "不认识的参数：--prot 8。", "--port"),
    ("attend --role main", "参数 --role 不能是 'main'。", "primary、backup"),
    ("rehearse --h --se", "参数 --h 不够明确。", "--help"),
    ("verify", "缺少参数：SESSION。", None),
    ("", "缺少命令。", None),
    ("organizer", "缺少命令。", None),
    ("rehearse --seconds", "参数 --seconds 后面缺少内容。", None),
    ("rehearse --seconds x", "参数 --seconds 的值 'x' 不对。", None),
    ("record --out r --seconds nan", "参数 --seconds 的值 'nan' 不对。", None),
    ("bench --seconds inf", "参数 --seconds 的值 'inf' 不对。", None),
    ("board d --seconds -inf", "参数 --seconds 后面缺少内容。", None),
    ("board d --seconds=-inf", "参数 --seconds 的值 '-inf' 不对。", None),
    ("rehearse --headless=3", "参数 --headless 后面不带值。", None),
    ("organizer serve d --port 70000", "参数 --port 的值 '70000' 不对。", None),
    ("window --plan a --session b", "--session 和 --plan 不能同时使用。", None),
    ("verify a 甲乙丙", "不认识的参数：甲乙丙。", None),
]


def verbs_below(parser, words=()):
    for name, verb in parser.verbs.items():
        yield (*words, name), verb
        yield from verbs_below(verb, (*words, name))


VERBS = list(verbs_below(command_line("")))


@pytest.mark.parametrize(("line", "title", "hint"), WRONG)
def test_what_is_wrong_is_said_in_chinese_with_a_guess(line, title, hint):
    with pytest.raises(UsageError) as caught:
        command_line("").read(line.split())
    error = caught.value
    assert isinstance(error, BadInputError)
    assert error.exit_code == 2
    assert error.title.zh == title
    if hint is None:
        assert "吗？" not in error.advice.zh
    else:
        assert hint in error.advice.zh
    assert re.search(r"用法见：saijian( \w+)* --help$", error.advice.zh)
    assert not re.search(r"[\u4e00-\u9fff]", error.title.en.replace("甲乙丙", ""))
    assert "{" not in "".join((*error.title, *error.advice))


def test_a_complaint_of_a_later_python_is_told_too():
    with pytest.raises(UsageError) as caught:
        command_line("").error("something new")
    assert "命令行有误：something new" in caught.value.sentence("zh")


@pytest.mark.parametrize("as_json", [False, True])
def test_for_programs_it_is_json(monkeypatch, capsys, as_json):
    words = ["verify", "x", "--decod", "--nonsense", *(["--json"] if as_json else [])]
    monkeypatch.setattr(sys, "argv", ["saijian", *words])
    monkeypatch.setenv("SAIJIAN_LANG", "zh")
    assert main() == 2
    told = capsys.readouterr()
    assert told.err.startswith("saijian: 不认识的参数：--nonsense。")
    assert (json.loads(told.out)["error"]["code"] == "E101") if as_json else (told.out == "")


@pytest.mark.parametrize(("words", "parser"), VERBS, ids=[" ".join(w) for w, _ in VERBS])
def test_every_verb_has_help_in_chinese_first(words, parser):
    told = parser.format_help()
    assert told.startswith(f"用法 / usage: saijian {' '.join(words)} ")
    assert "show this help message" not in told
    assert "\noptions:" not in told
    assert "\npositional" not in told
    assert re.search(r"^  -h, --help +显示用法", told, re.MULTILINE)


def test_all_verbs_have_a_module_for_their_work():
    from importlib import import_module

    for name in command_line("").verbs.keys() - {"window", "record", "bench"}:
        assert callable(import_module(f"client.cli.{name}").run)


def test_the_roles_are_those_of_the_contest():
    (role,) = (a for a in command_line("").verbs["attend"]._actions if a.dest == "role")
    assert set(role.choices) == {role.value for role in Role}


def test_the_window_is_not_listed_but_there():
    told = command_line("").format_help()
    assert "    verify" in told
    assert "    window" not in told
    args = command_line("").read(["window", "--plan", "saijian:https://a.example/plan"])
    assert args.plan == "saijian:https://a.example/plan"
