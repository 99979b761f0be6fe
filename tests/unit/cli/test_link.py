"""What may open the window: addresses, links of web pages, plan files; nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from client.cli.link import LONGEST, UnknownPlanError, plan_source

KEY = "a" * 64


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("saijian:https://h.example/plan", "https://h.example/plan"),
        (f"saijian://h.example:8443/plan#key={KEY}", f"https://h.example:8443/plan#key={KEY}"),
        ("SaiJian://h.example/plan?x=1", "https://h.example/plan?x=1"),
        ("saijian://[2001:db8::1]:8443/plan", "https://[2001:db8::1]:8443/plan"),
        ("https://h.example/plan", "https://h.example/plan"),
        ("", ""),
    ],
)
def test_an_address_or_link_becomes_an_https_address(given, meant):
    assert plan_source(given) == meant


@pytest.mark.parametrize("name", ["省赛 初赛.saijian", "plan.json", "甲/乙.SAIJIAN"])
def test_a_plan_file_becomes_its_absolute_path(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    assert Path(plan_source(name)) == Path.cwd() / name
    assert Path(plan_source(str(tmp_path / name))) == tmp_path / name


@pytest.mark.parametrize(
    "given",
    [
        "saijian:http://h.example/plan",
        "saijian:file:///c:/secret.saijian",
        r"saijian:\\server\share\x.saijian",
        "saijian:x.saijian",
        "saijian:javascript:alert(1)",
        "saijian:saijian://h.example/plan",
        "saijian:",
        "saijian:///plan",
        "saijian://https://h.example/plan",
        "saijian://organizer@evil.example/plan",
        "https://organizer:8443@evil.example/plan",
        r"https://h.example\@evil.example/plan",
        "https://h.example/plan --session x",
        'https://h.example/plan" "--session',
        "https://h.example/\nplan",
        "https://h.example:0/plan",
        "https://h.example:99999/plan",
        "https://[::1/plan",
        "https://考试.example/plan",
        "https://h.example/" + "a" * LONGEST,
        "http://h.example/plan",
        "file:///x.saijian",
        "ftp://h.example/x.saijian",
        "x.exe",
        "x.saijian.lnk",
        "--session",
        "bad\0.saijian",
        "bad\u202e.saijian",
    ],
)
def test_anything_else_is_refused_with_what_to_do_and_not_repeated(given):
    with pytest.raises(UnknownPlanError) as caught:
        plan_source(given)
    assert "https" in caught.value.advice.zh
    assert given[:40] not in caught.value.sentence("zh")
