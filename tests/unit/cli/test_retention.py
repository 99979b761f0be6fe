"""`saijian retention`: what the uninstaller asks, and what a person reads."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from client.base.clock import SECOND_US
from client.base.errors import EvidenceError
from client.base.text import without_prefix
from client.cli import retention
from client.cli.arguments import command_line
from client.contest.attachment import AttachmentRefusal
from client.evidence.attachments import append_refusal
from client.evidence.copying import Tally
from client.evidence.intake import take_in
from client.evidence.layout import SessionFolder
from client.evidence.spare import place_of, point_to
from tests.builders import Script, build_session
from tests.documents import SESSION

KEPT_DAY, FREE_DAY = "2026-12-11", "2026-12-12"


@pytest.fixture(autouse=True)
def chinese(monkeypatch):
    monkeypatch.setenv("SAIJIAN_LANG", "zh")


@pytest.fixture
def on_the(monkeypatch):
    """Set today."""

    def set_today(day):
        noon = datetime.fromisoformat(f"{day}T12:00+08:00").timestamp()
        monkeypatch.setattr(retention, "utc_us", lambda: round(noon * SECOND_US))

    return set_today


@pytest.fixture
def home(monkeypatch, tmp_path):
    """Return this user's folder of sessions, with one stored contest in it."""
    monkeypatch.setenv("SAIJIAN_HOME", str(tmp_path / "赛鉴 home"))
    root = tmp_path / "赛鉴 home" / "sessions"
    root.mkdir(parents=True)
    build_session(root, Script(seconds=6))
    return root


def asked(*words):
    return retention.run(command_line("").read(["retention", *map(str, words)]))


@pytest.mark.parametrize(("today", "code"), [(KEPT_DAY, 3), (FREE_DAY, 0)])
def test_the_exit_code_and_the_document_say_whether_something_is_held(
    home, on_the, capsys, today, code
):
    on_the(today)
    assert asked("--json") == code
    document = json.loads(capsys.readouterr().out)
    assert (document["today"], document["held"]) == (today, code == 3)
    (session,) = document["sessions"]
    assert session == {
        "folder": str(home / "session"),
        "spare_folder": None,
        "kind": "contest",
        "contest": {"zh": "测试竞赛", "en": ""},
        "paper": {"zh": "场次", "en": ""},
        "day": "2026-11-22",
        "state": "kept" if code else "free",
        "damage": None,
        "bytes": sum(file.stat().st_size for file in home.rglob("*") if file.is_file()),
        "kept_until": KEPT_DAY,
        "provisional": False,
        "refused": 0,
        "may_be_deleted": code == 0,
    }


def test_one_held_session_among_free_ones_holds(home, on_the, tmp_path):
    on_the(FREE_DAY)
    assert asked() == 0
    build_session(home / "elsewhere", Script(seconds=6, store=False))
    assert asked() == 0, "a folder of folders is not looked through"
    assert asked(home, home / "elsewhere") == 3
    assert asked(home / "session") == 0
    assert asked(home / "elsewhere" / "session") == 3


def test_without_sessions_nothing_is_held(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("SAIJIAN_HOME", str(tmp_path / "new"))
    assert asked() == 0
    assert capsys.readouterr().out == "本机没有场次。\n"
    assert asked("--json") == 0
    assert json.loads(capsys.readouterr().out)["sessions"] == []
    assert not (tmp_path / "new").exists()


def test_a_folder_that_is_not_there_is_no_empty_one(tmp_path):
    with pytest.raises(EvidenceError):
        asked(tmp_path / "mistyped")


def test_a_person_reads_until_when_and_what_to_do(home, on_the, capsys):
    on_the(KEPT_DAY)
    asked()
    heading, row, folder, advice = capsys.readouterr().out.splitlines()
    assert heading.split() == ["竞赛", "场次", "日期", "大小", "保存到", "状态"]
    assert row.split()[-2:] == [KEPT_DAY, "保存期内"]
    assert folder.strip() == str(home / "session")
    assert advice == "保存期内的录像请勿删除、移动或剪辑。"


def test_the_place_on_another_drive_is_listed_with_it(home, on_the, capsys, tmp_path):
    on_the(KEPT_DAY)
    place = place_of(tmp_path / "另一块硬盘", "session", SESSION)
    point_to(SessionFolder(home / "session").pointer, place, SESSION)
    shown = without_prefix(str(place))
    asked()  # the drive is not connected: it may lie there
    assert capsys.readouterr().out.splitlines()[3].strip() == shown
    place.mkdir(parents=True)
    asked("--json")
    assert json.loads(capsys.readouterr().out)["sessions"][0]["spare_folder"] == shown
    place.rmdir()  # connected, and nothing ever went there
    asked("--json")
    assert json.loads(capsys.readouterr().out)["sessions"][0]["spare_folder"] is None


def test_columns_stand_below_each_other_also_in_chinese(home, on_the, capsys):
    build_session(home / "more", Script(seconds=6, rehearsal_plan=True))
    on_the(KEPT_DAY)
    asked(home, home / "more")
    lines = [line for line in capsys.readouterr().out.splitlines() if "2026-11-22" in line]
    columns = [line.encode("gbk").index(b"2026-11-22") for line in lines]  # two bytes, two columns
    assert len(columns) == 2
    assert columns[0] == columns[1]


def test_a_provisional_day_is_marked_and_explained(home, on_the, capsys, monkeypatch):
    monkeypatch.setattr("client.contest.workdays.chinese_calendar.is_workday", no_calendar)
    on_the("2026-11-30")
    asked()
    shown = capsys.readouterr().out
    assert "2026-12-11*" in shown
    assert "暂定" in shown.splitlines()[-1]


def no_calendar(day):
    raise NotImplementedError(day)


def test_a_refused_foreign_recording_is_said_and_holds_nothing(home, on_the, capsys, tmp_path):
    folder = SessionFolder(next(p for p in home.iterdir() if p.suffix != ".private")).create()
    (tmp_path / "phone.mp4").write_bytes(b"film")
    attachment = take_in(folder, tmp_path / "phone.mp4", SESSION, "", Tally())
    on_the(FREE_DAY)
    assert asked() == 3
    assert "未接收" not in capsys.readouterr().out
    refusal = AttachmentRefusal(
        session=SESSION, attachment_sha256=attachment.digest, code="mismatch", zh="不符", en="no",
        time_us=1,
    )  # fmt: skip
    append_refusal(folder, refusal)
    assert asked() == 0
    said = capsys.readouterr().out
    assert "可以删除，外部录像 1 个组委会未接收" in said
    assert "删除前请先导出" in said
    assert asked("--json") == 0
    assert json.loads(capsys.readouterr().out)["sessions"][0]["refused"] == 1
