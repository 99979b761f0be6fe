"""`saijian preflight --out`: the report of a seat as a technician and as a program use it."""

from __future__ import annotations

import hashlib
import io
import json
import sys
from pathlib import Path

import pytest

from client.base.errors import BadInputError
from client.cli import preflight
from client.cli.arguments import command_line
from client.preflight.check import Check, Finding
from client.preflight.reports.computer import host_name
from client.preflight.reports.model import TICKS, read_report
from tests import rooms

ASKED: list[str] = []


@pytest.fixture
def verdicts(monkeypatch, tmp_path: Path) -> dict[str, str]:
    """What each check of this computer will say; `ASKED` fills with those that were."""
    told = {"disk-space": "pass", "clock": "fail", "input-methods": "pass"}

    def judge(name: str) -> Finding:
        ASKED.append(name)
        return Finding(told[name], rooms.TITLES[name], None)

    def checks(*_, **__) -> tuple[Check[str], ...]:
        titles = rooms.TITLES
        return tuple(
            Check(n, titles[n], titles[n], lambda n=n: n, judge, on_site=n == "clock") for n in told
        )

    ASKED.clear()
    monkeypatch.setattr(preflight, "full_checks", checks)
    monkeypatch.setenv("SAIJIAN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SAIJIAN_LANG", "zh")
    (tmp_path / "share").mkdir()
    return told


def run(*words: object) -> int:
    return preflight.run(command_line("").read(["preflight", *map(str, words)]))


def files(folder: Path):
    return sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime_ns)


def test_a_report_is_left_then_what_failed_is_run_again(verdicts, tmp_path: Path, capsys) -> None:
    share = tmp_path / "share"
    words = ["--seat", "a12", "--role", "backup", "--out", share]
    assert run(*words, "--tick", "all", "--html") == 1
    (first,) = files(share)
    report = read_report(first.read_bytes())
    assert (report.seat, report.role, report.host) == ("A12", "backup", host_name())
    assert report.ticks == tuple(sorted(TICKS))
    assert [one.on_site for one in report.results] == [False, True, False]
    assert "A12-backup" in first.with_suffix(".html").read_text("utf-8")
    assert f"报告：{first}" in capsys.readouterr().out
    verdicts["clock"] = "pass"
    assert run(*words, "--again", share) == 0
    told = capsys.readouterr().out
    assert "[通过] 电脑时间" in told
    assert "磁盘" not in told
    assert "电脑时间（不合格→通过）" in told
    second = read_report(files(share)[1].read_bytes())
    assert second.complete
    assert second.results[0] == report.results[0]
    assert read_report((tmp_path / "home/reports" / files(share)[1].name).read_bytes()) == second


def test_for_a_program_the_report_comes_with_its_places(verdicts, tmp_path: Path, capsys) -> None:
    gone = tmp_path / "gone"
    words = ["--seat", "A1", "--role", "primary", "--out", gone, "--json"]
    assert run(*words) == 3
    document = json.loads(capsys.readouterr().out)
    delivery = document.pop("delivery")
    assert delivery["file"] is None
    assert "文件夹" in delivery["trouble"]["zh"]
    kept = read_report(Path(delivery["copy"]).read_bytes())
    assert kept.model_dump(mode="json") == document
    assert not gone.exists()


def test_only_one_check_keeps_the_rest_of_last_time(verdicts, tmp_path: Path) -> None:
    share = tmp_path / "share"
    words = ["--seat", "A1", "--role", "primary", "--out", share]
    assert run(*words, "--only", "disk-space") == 0
    assert not read_report(files(share)[0].read_bytes()).complete
    assert run(*words) == 1
    assert run(*words, "--only", "input-methods") == 1
    last = read_report(files(share)[-1].read_bytes())
    assert (last.complete, last.failed) == (True, True)


def test_the_seat_comes_from_a_list(verdicts, tmp_path: Path) -> None:
    seats = tmp_path / "seats.csv"
    seats.write_text(f"主机名,座位,角色\nother,A1,主机\n{host_name()},B7,备用机\n", "utf-8")
    run("--seats", seats, "--out", tmp_path / "share")
    assert files(tmp_path / "share")[0].name.startswith("B7-backup-")
    seats.write_text("主机名,座位,角色\nother,A1,主机\n", "utf-8")
    with pytest.raises(BadInputError):
        run("--seats", seats, "--out", tmp_path / "share")


@pytest.mark.parametrize(
    "words",
    [
        "--seat A1",
        "--tick quiet",
        "--out share",
        "--send",
        "--send --seat A1 --role primary",
        "--send --plan missing.json",
        "--seat A1 --role primary --html",
        "--seat A1 --out share",
        "--seat A1 --role primary --out share --only nothing",
        "--seat ?? --role primary --out share",
        "--seat A1 --role primary --out share --again share",
        "--only nothing",
    ],
)
def test_what_does_not_fit_is_refused_before_anything_is_checked(
    verdicts, tmp_path: Path, monkeypatch, words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadInputError):
        run(*words.split())
    assert ASKED == []
    assert files(tmp_path / "share") == []


def test_a_photograph_lies_beside_the_report_with_its_digest(verdicts, tmp_path: Path) -> None:
    share = tmp_path / "share"
    picture = b"\xff\xd8\xff\xe0" + b"room" * 50
    (tmp_path / "room.jpg").write_bytes(picture)
    words = ["--seat", "A12", "--role", "primary", "--out", share]
    run(*words, "--photo", tmp_path / "room.jpg")
    (file,) = files(share)
    photo = read_report(file.read_bytes()).photo
    assert photo is not None
    assert (share / photo.file).read_bytes() == picture
    assert (photo.sha256, photo.bytes) == (hashlib.sha256(picture).hexdigest(), len(picture))
    run(*words, "--again", share)
    assert read_report(files(share)[-1].read_bytes()).photo == photo
    (tmp_path / "room.jpg").write_bytes(b"no picture")
    ASKED.clear()
    with pytest.raises(BadInputError):
        run(*words, "--photo", tmp_path / "room.jpg")
    assert ASKED == []  # refused before anything was checked


def test_the_checklist_is_asked_one_by_one(verdicts, tmp_path: Path, monkeypatch, capsys) -> None:
    share = tmp_path / "share"
    words = ["--seat", "A12", "--role", "primary", "--out", share, "--tick", "ask"]
    with pytest.raises(BadInputError):
        run(*words)  # nobody is at a terminal
    answers = io.StringIO("y\n\nn\n是\n\n")
    for stream in (answers, sys.stderr):
        monkeypatch.setattr(stream, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(sys, "stdin", answers)
    run(*words)
    (file,) = files(share)
    assert read_report(file.read_bytes()).ticks == ("computers", "quiet")
    assert "有应急电源？" in capsys.readouterr().err


def test_without_a_seat_this_computer_compares_with_its_own_last_good_run(
    verdicts, tmp_path: Path, capsys
) -> None:
    verdicts["clock"] = "pass"
    assert run() == 0
    assert "相比" not in capsys.readouterr().out
    verdicts["disk-space"] = "fail"
    assert run() == 1
    title = rooms.TITLES["disk-space"].zh
    assert f"{title}（通过→不合格）" in capsys.readouterr().out
    assert run("--json") == 1
    assert set(json.loads(capsys.readouterr().out)) == {"kind", "failed", "results"}
