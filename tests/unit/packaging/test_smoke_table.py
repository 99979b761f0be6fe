"""The table of a trial, and the judges of what programs say."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parents[3] / "packaging"))

from tryout import commands, files
from tryout.table import Table
from tryout.target import Failed, NotTried, Said

from tests import reading

# ---- the table -----------------------------------------------------------------------------------


def refuse(error: Exception):
    def work() -> str:
        raise error

    return work


def test_a_line_says_what_was_seen(capsys):
    table = Table()
    assert table.show("version", "版本", lambda: "0.1.0") == "ok"
    assert "✓ version" in capsys.readouterr().out
    assert not table.failed


@pytest.mark.parametrize("error", [Failed("no"), ValueError("broken")])
def test_a_failed_or_broken_step_fails_the_table(error):
    table = Table()
    table.show("one", "一", lambda: "well")
    assert table.show("two", "二", refuse(error)) == "failed"
    assert table.failed
    assert str(error) in str(table)


def test_what_was_not_tried_is_never_well():
    table = Table()
    table.show("one", "一", refuse(NotTried("no device")))
    assert table.rows[0].outcome == "not tried"
    assert table.failed, "nothing at all was shown"
    table.show("two", "二", lambda: "well")
    assert not table.failed


def test_a_table_without_lines_has_failed():
    assert Table().failed


def test_it_is_written_for_programs(tmp_path):
    table = Table()
    table.show("one", "一", lambda: "well")
    table.write(tmp_path / "new" / "table.json", target="here")
    document = json.loads((tmp_path / "new" / "table.json").read_text("utf-8"))
    assert document["target"] == "here"
    assert document["failed"] is False
    assert document["rows"][0]["seen"] == "well"


# ---- what programs say ---------------------------------------------------------------------------


def check(**changes):
    text = {"zh": "一", "en": "one"}
    result = {"check": "clock", "title": text, "requirement": text, "verdict": "pass"}
    result |= {"evidence": text, "advice": None}
    return {**result, **changes}


def report(*results, **changes):
    failed = any(result["verdict"] == "fail" for result in results)
    return {"kind": "saijian.preflight/1", "failed": failed, "results": list(results), **changes}


def test_a_good_preflight_report_is_read():
    assert len(commands.judge_preflight(report(check(), check(verdict="warn")), 0)) == 2
    assert len(commands.judge_preflight(report(check(verdict="fail")), 1)) == 1


@pytest.mark.parametrize(
    ("document", "code"),
    [
        pytest.param(report(), 0, id="nothing-checked"),
        pytest.param({}, 0, id="empty"),
        pytest.param(report(check(), kind="other/1"), 0, id="another-kind"),
        pytest.param(report(check(verdict="fine")), 0, id="unknown-verdict"),
        pytest.param(report({"check": "clock", "verdict": "pass"}), 0, id="without-evidence"),
        pytest.param(report(check(verdict="fail")), 0, id="exit-code-hides-a-failure"),
        pytest.param(report(check(verdict="fail"), failed=False), 1, id="failed-is-false"),
        pytest.param(report(check()), 1, id="exit-code-invents-one"),
    ],
)
def test_a_bad_preflight_report_fails(document, code):
    with pytest.raises(Failed):
        commands.judge_preflight(document, code)


def test_a_line_that_nobody_expects_fails():
    commands.quiet(Said(0, "{}", "12:00:01 开始\n\n"), (commands.TOLD,))
    with pytest.raises(Failed, match="fixme"):
        commands.quiet(Said(0, "{}", "12:00:01 开始\n0024:fixme:ole\n"), (commands.TOLD,))
    with pytest.raises(Failed, match="Traceback"):
        commands.quiet(Said(0, "{}", "Traceback (most recent call last):\n"))


@pytest.mark.parametrize("out", ["", "{} {}", "[]", "warning\n{}"])
def test_output_that_is_no_json_object_fails(out):
    with pytest.raises(Failed, match="no JSON"):
        Said(0, out, "").document()


# ---- the list of files ---------------------------------------------------------------------------


@pytest.fixture
def bundle(tmp_path):
    (tmp_path / "_internal").mkdir()
    (tmp_path / "saijian.exe").write_bytes(b"program")
    (tmp_path / "_internal" / "数据.bin").write_bytes(b"data")
    marks = {"saijian.exe": b"program", "_internal/数据.bin": b"data"}
    lines = [f"{hashlib.sha256(data).hexdigest()} *{name}" for name, data in marks.items()]
    (tmp_path / files.LIST).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tmp_path


def test_a_whole_folder_agrees_with_its_list(bundle):
    assert files.check_list(bundle) == "2 files, every digest right"


@pytest.mark.parametrize("harm", ["change", "remove", "add", "empty-list", "no-list"])
def test_a_folder_that_differs_from_its_list_fails(bundle, harm):
    program, listed = bundle / "saijian.exe", bundle / files.LIST
    match harm:
        case "change":
            program.write_bytes(b"Program")
        case "remove":
            program.unlink()
        case "add":
            (bundle / "_internal" / "python3.dll").write_bytes(b"stranger")
        case "empty-list":
            listed.write_bytes(b"")
        case "no-list":
            listed.unlink()
    with pytest.raises(Failed):
        files.check_list(bundle)


# ---- words on the screen -------------------------------------------------------------------------

SCREEN = [
    reading.Spot("填写报名信息", 1, 1),
    reading.Spot("我同意录制屏幕、摄像头画面和声音", 2, 2),
    reading.Spot("我同意为核验身份录下我的面部（敏感个人信息）", 3, 3),
    reading.Spot("我同意为核验身份录下我的身份证件（敏感个人信息）", 4, 4),
    reading.Spot("录制还在进行。请确认竞赛网站显示提交成功，再结束录制。", 5, 5),
    reading.Spot("结束录制", 6, 6),
]


@pytest.mark.parametrize(
    ("words", "x"),
    [
        ("填写报名信息", 1),
        ("填写报名信息。", 1),
        ("我同意为核验身份录下我的面部（敏感个人信息）", 3),
        ("我同意为核验身份录下我的身份证件（敏感个人信息）", 4),
        ("结束录制", 6),
    ],
)
def test_words_are_found_on_their_own_line(words, x):
    spot = reading.find_words(words, SCREEN)
    assert spot is not None
    assert spot.x == x


@pytest.mark.parametrize("words", ["现在可以关机", "实验室版本", "不同意"])
def test_words_that_are_not_there_are_not_found(words):
    assert reading.find_words(words, SCREEN) is None


def test_an_empty_screen_or_tofu_says_nothing():
    tofu = [reading.Spot("□□□□□□", 1, 1), reading.Spot("口口口口", 2, 2), reading.Spot("", 3, 3)]
    assert reading.find_words("填写报名信息", []) is None
    assert reading.find_words("填写报名信息", tofu) is None
