"""The board: what the room shows for which reports, and what of it can be exported."""

from __future__ import annotations

import io
import json
import os
import re
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook

from client.base.assets import asset
from client.base.errors import BadInputError
from client.base.text import Text
from client.cli import board as verb
from client.cli.arguments import command_line
from client.preflight.board.exceptions import EXCEPTIONS_FILE, allow, load_exceptions, take_back
from client.preflight.board.pages import SCRIPTS, page_of, page_of_report
from client.preflight.board.room import Expected
from client.preflight.board.seatmap import holes, seat_map, seat_order
from client.preflight.board.watch import Board
from client.preflight.board.workbook import workbook_of
from client.preflight.reports.model import BrokenReportError, Result
from tests import rooms


def board(folder: Path, **expected) -> Board:
    made = Board(folder, Expected(**expected))
    made.look()
    return made


def states(made: Board) -> dict[str, str]:
    return {card["key"]: card["state"] for card in made.document()["cards"]}


def test_every_state_and_the_worst_first(tmp_path: Path) -> None:
    rooms.leave(tmp_path, rooms.seat_report("A1"))
    rooms.leave(tmp_path, rooms.seat_report("A1", "backup", {"memory": "warn"}))
    rooms.leave(tmp_path, rooms.seat_report("A2", bad={"clock": "unknown", "memory": "warn"}))
    rooms.leave(tmp_path, rooms.seat_report("A2", "backup", {"clock": "fail", "memory": "unknown"}))
    rooms.leave(tmp_path, rooms.seat_report("A10", when=rooms.yesterday()))
    assert list(states(board(tmp_path)).items()) == [
        ("A2-backup", "fail"),
        ("A10-backup", "missing"),
        ("A10-primary", "stale"),
        ("A2-primary", "unknown"),
        ("A1-backup", "warn"),
        ("A1-primary", "pass"),
    ]
    assert board(tmp_path).document()["left"] == 4


def test_the_newest_report_counts_whatever_its_name(tmp_path: Path) -> None:
    old = rooms.seat_report(bad={"clock": "fail"}, when=rooms.now() - timedelta(minutes=5))
    (tmp_path / "zzz.json").write_bytes(old.to_bytes())
    made = board(tmp_path)
    assert states(made)["A1-primary"] == "fail"
    (tmp_path / "aaa.json").write_bytes(rooms.seat_report().to_bytes())
    made.look()
    assert states(made)["A1-primary"] == "pass"
    (tmp_path / "aaa.json").unlink()
    made.look()
    assert states(made)["A1-primary"] == "fail"


def test_a_clock_that_is_ahead_does_not_hide_what_was_reported_after_it(tmp_path: Path) -> None:
    path = rooms.leave(tmp_path, rooms.seat_report(when=rooms.now() + timedelta(days=3)))
    (card,) = [c for c in board(tmp_path).document()["cards"] if c["role"] == "primary"]
    assert card["clock_is_ahead"]
    before = rooms.now().timestamp() - 60
    os.utime(path, (before, before))
    rooms.leave(tmp_path, rooms.seat_report(bad={"clock": "fail"}))
    assert states(board(tmp_path))["A1-primary"] == "fail"


def test_two_computers_that_say_they_are_the_same_are_named(tmp_path: Path) -> None:
    rooms.leave(tmp_path, rooms.seat_report(host="one", when=rooms.now() - timedelta(minutes=1)))
    rooms.leave(tmp_path, rooms.seat_report(host="two"))
    document = board(tmp_path).document()
    assert document["cards"][1]["others"] == ["one"]
    assert any("one" in note["zh"] and "two" in note["zh"] for note in document["notes"])


def test_a_report_that_lacks_checks_is_not_taken_for_good(tmp_path: Path) -> None:
    part = rooms.seat_report().model_copy(update={"complete": False})
    rooms.leave(tmp_path, part)
    assert states(board(tmp_path))["A1-primary"] == "unknown"


def test_missing_seats_by_list_by_plan_and_by_role(tmp_path: Path) -> None:
    for seat in ("A1", "A3", "B1"):
        rooms.leave(tmp_path, rooms.seat_report(seat))
    assert sum(state == "missing" for state in states(board(tmp_path)).values()) == 3
    assert states(board(tmp_path, room_seats=6))["A2-primary"] == "missing"
    short = board(tmp_path, room_seats=4).document()
    assert "A2-primary" not in short["keys"]
    assert "4" in short["notes"][0]["zh"]
    listed = board(tmp_path, computers=(("A1", "primary"), ("C9", "backup")))
    assert states(listed)["C9-backup"] == "missing"
    assert "A1-backup" not in states(listed)
    assert "A1-backup" not in states(board(tmp_path, per_seat=1))


def test_broken_files_are_named_and_stop_nothing(tmp_path: Path) -> None:
    rooms.leave(tmp_path, rooms.seat_report())
    (tmp_path / "cut.json").write_bytes(rooms.seat_report("A9").to_bytes()[:300])
    (tmp_path / "huge.json").write_bytes(b" " * 600_000)
    (tmp_path / "deep.json").write_bytes(b"[" * 100_000)
    (tmp_path / ".half.json").write_bytes(b"{")
    (tmp_path / "notes.txt").write_bytes(b"hello")
    (tmp_path / "folder.json").mkdir()
    ages = rooms.leave(tmp_path, rooms.seat_report("A2"))
    if sys.platform == "win32":
        (tmp_path / "odd.json").write_bytes(b"?")  # Wine keeps no name that is not text
    else:
        os.utime(ages, (10**12, 10**12))
        os.mkfifo(tmp_path / "pipe.json")
        (tmp_path / "link.json").symlink_to("/dev/zero")
        (tmp_path / os.fsdecode(b"\xff\xfe.json")).write_bytes(b"?")
    document = board(tmp_path).document()
    assert document["keys"] == ["A1-backup", "A2-backup", "A1-primary", "A2-primary"]
    names = [one["file"] for one in document["broken"]]
    assert len(names) == 4
    assert {"cut.json", "huge.json", "deep.json"} < set(names)
    json.dumps(document, ensure_ascii=False).encode()
    assert page_of(document)


def test_only_what_is_new_is_read_again(tmp_path: Path, monkeypatch) -> None:
    from client.preflight.board import folder

    read = []

    def reading(path, size, mtime_ns):
        read.append(path.name)
        return real(path, size, mtime_ns)

    real = folder.read_filed
    monkeypatch.setattr(folder, "read_filed", reading)
    first = rooms.leave(tmp_path, rooms.seat_report())
    made = board(tmp_path)
    revision = made.document()["revision"]
    made.look()
    assert made.document(since=revision)["cards"] == []
    assert made.document()["revision"] == revision
    second = rooms.leave(tmp_path, rooms.seat_report("A1", "backup"))
    made.look()
    assert read == [first.name, second.name]
    told = made.document(since=revision)
    assert [card["key"] for card in told["cards"]] == ["A1-backup"]
    assert told["keys"] == ["A1-primary", "A1-backup"]


def test_a_share_that_vanishes_leaves_what_was_seen_and_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "share"
    folder.mkdir()
    rooms.leave(folder, rooms.seat_report())
    made = board(folder)
    folder.rename(tmp_path / "gone")
    made.look()
    assert states(made)["A1-primary"] == "pass"
    assert "读不到" in made.document()["notes"][0]["zh"]
    (tmp_path / "gone").rename(folder)
    made.look()
    assert made.document()["notes"] == []


def test_a_room_in_which_nothing_happens_is_not_made_again(tmp_path: Path) -> None:
    rooms.leave(tmp_path, rooms.seat_report("A1"))
    made = Board(tmp_path, Expected())
    made.look()
    before = made.room
    made.look()
    assert made.room is before
    rooms.leave(tmp_path, rooms.seat_report("A2", bad={"clock": "fail"}))
    made.look()
    assert states(made)["A2-primary"] == "fail"
    allow(tmp_path, "clock", None, "clocks are set tomorrow", "who")
    made.look()
    assert states(made)["A2-primary"] == "pass"


def test_a_computer_whose_only_fault_is_its_input_method(tmp_path: Path) -> None:
    fates = {
        "A1": {"input-methods": "fail", "memory": "warn"},
        "A2": {"input-methods": "fail", "clock": "unknown"},
        "A3": {"memory": "warn"},
    }
    for seat, bad in fates.items():
        rooms.leave(tmp_path, rooms.seat_report(seat, bad=bad))
    found = [c["seat"] for c in board(tmp_path).document()["cards"] if c["only_input_methods"]]
    assert found == ["A1"]


def test_an_exception_allows_one_finding_and_no_other(tmp_path: Path) -> None:
    jiyu = {"other-programs": rooms.JIYU}
    both = {"other-programs": Text(rooms.JIYU.zh + "、TeamViewer", "both")}
    for seat, said in (("A1", jiyu), ("A2", both)):
        rooms.leave(
            tmp_path, rooms.seat_report(seat, bad={"other-programs": "fail"}, evidence=said)
        )
    allow(tmp_path, "other-programs", rooms.JIYU.zh, "机房统一管理", "王老师")
    made = board(tmp_path, per_seat=1)
    assert states(made) == {"A2-primary": "fail", "A1-primary": "pass"}
    (excused,) = made.document()["cards"][1]["excused"]
    assert (excused["verdict"], excused["who"]) == ("fail", "王老师")
    assert made.document()["exceptions"][0]["seats"] == 1
    allow(tmp_path, "other-programs", None, "考场全部允许", "李老师")
    assert states(board(tmp_path, per_seat=1))["A2-primary"] == "pass"
    for finding in (rooms.JIYU.zh, None):
        take_back(tmp_path, "other-programs", finding)
    assert set(states(board(tmp_path, per_seat=1)).values()) == {"fail"}
    kept = load_exceptions(tmp_path).exceptions
    assert [(one.who, one.ended is not None) for one in kept] == [
        ("王老师", True),
        ("李老师", True),
    ]


def test_a_broken_file_of_exceptions_allows_nothing_and_is_not_overwritten(tmp_path: Path) -> None:
    rooms.leave(tmp_path, rooms.seat_report(bad={"clock": "fail"}))
    path = tmp_path / EXCEPTIONS_FILE
    path.write_text('{"kind": "saijian.room-exceptions/1", "exceptions": [{"check": "clock"}]}')
    made = board(tmp_path)
    assert states(made)["A1-primary"] == "fail"
    assert "豁免" in made.document()["notes"][0]["zh"]
    with pytest.raises(BrokenReportError):
        allow(tmp_path, "clock", None, "why", "who")
    assert "ended" not in path.read_text()


def test_the_map_reads_like_the_room() -> None:
    plan = seat_map(["A1", "A2", "B10", "AA1", "B2"])
    assert plan.rows == ("A", "B", "AA")
    assert plan.columns == 10
    assert plan.spots["B10"] == (1, 9)
    assert sorted(plan.spots, key=seat_order) == ["A1", "A2", "B2", "B10", "AA1"]
    numbers = seat_map([str(n) for n in range(1, 26)])
    assert numbers.rows == ("1", "11", "21")
    assert numbers.spots["25"] == (2, 4)
    assert seat_map(["A1", "A60"]).rows == ("A1", "A31")
    assert seat_map(["A1", "A31"]).rows == ("A1", "A17")  # not one alone in its line
    assert seat_map([]).rows == ()
    assert holes(["A1", "A3"], 3) == ("A2",)
    assert holes(["A1", "A9999"], 60) == ()


EVIL = ("=1+1", "+1", "-1", "@SUM(1)", '=HYPERLINK("http://x")', "\t=1", "</script><b>")


def test_excel_takes_nothing_for_a_formula(tmp_path: Path) -> None:
    for number, text in enumerate(EVIL, start=1):
        report = rooms.seat_report(
            f"A{number}",
            bad={"clock": "fail"},
            host=text.strip() or "x",
            evidence={"clock": Text(text, text)},
        )
        rooms.leave(tmp_path, report)
    allow(tmp_path, "memory", None, "=1+1", "@you")
    (tmp_path / "=1+1.json").write_text("{")
    made = board(tmp_path, per_seat=1)
    book = load_workbook(io.BytesIO(workbook_of(made.room, made.exceptions)))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value]
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.quotePrefix for cell in cells)
    values = [cell.value for cell in cells]
    for text in (*EVIL[:5], "=1+1.json：不是完整的 JSON", "@you"):
        assert text in values
    assert book.sheetnames == ["未解决", "全部电脑", "豁免", "读不出的报告"]
    assert [cell.value for cell in book["未解决"][1]][:4] == ["座位", "角色", "主机名", "状态"]
    assert book["未解决"].max_row == 1 + len(EVIL) + 1


def test_the_list_of_what_is_left_names_each_fault_with_what_to_do(tmp_path: Path) -> None:
    rooms.leave(tmp_path, rooms.seat_report("B2", "backup", {"typing": "fail", "memory": "warn"}))
    made = board(tmp_path)
    sheet = load_workbook(io.BytesIO(workbook_of(made.room, made.exceptions)))["未解决"]
    rows = [[cell.value or "" for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert rows[0][:6] == ["B2", "备用机", "PC-B2-b", "不合格", "打字测试", "不合格"]
    assert rows[0][8:10] == ["请处理打字测试", "需到场"]
    assert rows[1][:4] == ["B2", "主机", "", "没有报告"]
    assert len(rows) == 2


def test_a_page_in_one_file_runs_only_our_scripts(tmp_path: Path) -> None:
    evil = Text("</script><script>alert(1)</script><!--", "</script>")
    rooms.leave(tmp_path, rooms.seat_report(bad={"clock": "fail"}, evidence={"clock": evil}))
    page = page_of(board(tmp_path).document()).decode()
    assert page.count("<script>") == len(SCRIPTS)
    assert page.count("</script>") == len(SCRIPTS) + 1
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
    assert policy.count("sha256-") == len(SCRIPTS) + 1
    assert "unsafe" not in policy
    assert 'src="' not in page
    assert 'href="board' not in page.replace('href="board.xlsx"', "")
    data = re.search(r'id="data">(.*?)</script>', page, re.DOTALL)[1]
    assert json.loads(data)["cards"][0]["problems"][0]["evidence"]["zh"] == evil.zh


def test_the_page_of_one_computer_shows_that_one_only() -> None:
    page = page_of_report(rooms.seat_report("C4"), "c4.json").decode()
    data = json.loads(re.search(r'id="data">(.*?)</script>', page, re.DOTALL)[1])
    assert [card["key"] for card in data["cards"]] == ["C4-primary"]


def test_the_page_names_the_scripts_that_are_shipped() -> None:
    page = asset("board", "index.html").read_text("utf-8")
    assert tuple(re.findall(r'<script src="(.*?)"', page)) == SCRIPTS
    words = asset("board", "words.js").read_text("utf-8")
    used = set()
    for name in SCRIPTS:
        used |= set(re.findall(r'\bword\("(\w+)"', asset("board", name).read_text("utf-8")))
    assert used
    assert [name for name in used if not re.search(rf"^  {name}: \[", words, re.MULTILINE)] == []


def test_results_are_all_that_a_problem_holds(tmp_path: Path) -> None:
    rooms.leave(tmp_path, rooms.seat_report(bad={"clock": "fail"}))
    (problem,) = board(tmp_path).document()["cards"][0]["problems"]
    assert set(problem) == set(Result.model_fields)


def run(*words: object) -> int:
    return verb.run(command_line("").read(["board", *map(str, words)]))


def test_the_verb_says_what_is_left_and_exits_1(tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.setenv("SAIJIAN_LANG", "zh")
    rooms.leave(tmp_path, rooms.seat_report(bad={"clock": "fail"}))
    rooms.leave(tmp_path, rooms.seat_report("A1", "backup"))
    out = tmp_path / "left.xlsx"
    assert run(tmp_path, "--xlsx", out, "--html", tmp_path / "board.html") == 1
    told = capsys.readouterr().out
    assert "[不合格] A1 主机 电脑时间：电脑时间：测得 fail" in told
    assert "2 台电脑，1 台就绪。" in told
    assert load_workbook(out)["未解决"]["A2"].value == "A1"
    words = ["--except", "clock", "--why", "没有网络", "--who", "王老师"]
    assert run(tmp_path, *words) == 0
    assert run(tmp_path, "--except", "clock", "--take-back", "--json") == 1
    for wrong in ([tmp_path / "none"], [tmp_path, "--except", "clock", "--why", "没有网络"]):
        with pytest.raises(BadInputError):
            run(*wrong)
