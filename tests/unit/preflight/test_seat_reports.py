"""The report file: what is written, what is read, and what is refused."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path

import pytest

from client.base.errors import BadInputError
from client.base.text import Text
from client.preflight.reports.deliver import deliver, put, report_name
from client.preflight.reports.history import earlier, last_good, load_report
from client.preflight.reports.make import Place, require_same, wanted
from client.preflight.reports.model import (
    MAX_REPORT_BYTES,
    BrokenReportError,
    SeatReport,
    read_report,
    seat_name,
)
from client.preflight.reports.plain import read_plain
from tests import rooms
from tests.seat_schema import with_schema

ROOT = Path(__file__).resolve().parents[3]


def document(**changes) -> dict:
    return {**json.loads(rooms.seat_report("A12", bad={"clock": "fail"}).to_bytes()), **changes}


def raw(value) -> bytes:
    return json.dumps(value).encode()


def test_what_is_written_is_read_again_and_says_which_computer_and_when() -> None:
    made = rooms.seat_report("B7", "backup", {"clock": "fail", "typing": "warn"}, ticks=("light",))
    read = read_report(made.to_bytes())
    assert read == made
    assert (read.seat, read.role, read.host) == ("B7", "backup", "PC-B7-b")
    assert read.failed
    assert read.complete
    assert [one.check for one in read.results if one.on_site] == ["typing", "framing"]
    assert json.loads(made.to_bytes())["when"].endswith("Z")


def test_the_published_schema_is_that_of_the_model() -> None:
    page = (ROOT / "docs/formats/preflight.md").read_text("utf-8")
    assert with_schema(page) == page, "write with_schema(page) into docs/formats/preflight.md"


def result(**changes):
    return {**document()["results"][0], **changes}


BROKEN = {
    "cut": raw(document())[:-20],
    "nothing": b"",
    "a list": b"[]",
    "deep": b"[" * 100_000,
    "no text": b"\xff\xfe\x00",
    "too long": raw(document()) + b" " * MAX_REPORT_BYTES,
    "another kind": raw(document(kind="saijian.preflight/9")),
    "a stranger": raw(document(mac="00:11")),
    "no seat": raw({k: v for k, v in document().items() if k != "seat"}),
    "a path as seat": raw(document(seat="../A1")),
    "lines in a host": raw(document(host="a\nb")),
    "failed is a lie": raw(document(failed=False)),
    "a check twice": raw(document(results=[result(), result()], failed=False)),
    "a check like a path": raw(document(results=[result(check="../x")], failed=False)),
    "a verdict of its own": raw(document(results=[result(verdict="fine")], failed=False)),
    "a number for text": raw(document(results=[result(evidence=3)], failed=False)),
    "endless text": raw(
        document(results=[result(evidence={"zh": "x" * 9999, "en": ""})], failed=False)
    ),
    "local time": raw(document(when="2026-11-26T08:00:00+08:00")),
    "no time zone": raw(document(when="2026-11-26T08:00:00")),
    "long ago": raw(document(when="0001-01-01T00:00:00Z")),
    "infinite": raw(document()).replace(b'"seconds": 18.5', b'"seconds": Infinity'),
}


@pytest.mark.parametrize("untrusted", BROKEN.values(), ids=BROKEN)
def test_anything_else_is_refused_with_a_reason_in_both_languages(untrusted: bytes) -> None:
    with pytest.raises(BrokenReportError) as caught:
        read_report(untrusted)
    assert caught.value.why.zh
    assert caught.value.why.en.isascii() or "“" in caught.value.why.en


def test_a_finding_with_line_breaks_and_no_end_still_makes_a_report() -> None:
    said = Text("第一行\n第二行\x07" + "长" * 5000, "one\ntwo\udc80")
    made = rooms.seat_report(bad={"clock": "fail"}, evidence={"clock": said})
    evidence = next(
        one.evidence for one in read_report(made.to_bytes()).results if one.check == "clock"
    )
    assert evidence.zh.startswith("第一行 第二行 长")
    assert evidence.zh.endswith("…")
    assert evidence.en == "one two "


def test_a_report_of_the_old_format_takes_its_seat_from_its_name() -> None:
    old = {"kind": "saijian.preflight/1", "failed": False, "results": []}
    for name, place in [
        ("a-07-backup.json", ("A7", "backup")),
        ("B3-primary-2.json", ("B3", "primary")),
    ]:
        read = read_plain(raw(old), name, rooms.now())
        assert (read.seat, read.role) == place
    for name in ("report.json", "-primary.json", "A0-primary.json"):
        with pytest.raises(BrokenReportError):
            read_plain(raw(old), name, rooms.now())


@pytest.mark.parametrize(
    ("typed", "seat"), [("a12", "A12"), ("A-07", "A7"), ("\uff21\uff11\uff12", "A12"), (" 7 ", "7")]
)
def test_seats_are_written_in_one_way(typed: str, seat: str) -> None:
    assert seat_name(typed) == seat


@pytest.mark.parametrize("typed", ["", "A", "A0", "ABC1", "A1/..", "A 1", "A12345"])
def test_what_is_no_seat(typed: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        seat_name(typed)


def checks():
    return [rooms.outcome(name).check for name in ("disk-space", "clock", "memory")]


def test_again_asks_what_failed_was_unknown_or_is_new() -> None:
    last = rooms.seat_report(bad={"disk-space": "unknown", "memory": "warn"})
    assert [one.name for one in wanted(checks(), [], last)] == ["disk-space"]
    last = SeatReport.model_validate(
        last.model_copy(update={"results": last.results[1:2]}).model_dump()
    )
    assert [one.name for one in wanted(checks(), [], last)] == ["disk-space", "memory"]
    assert [one.name for one in wanted(checks(), ["memory"], last)] == ["memory"]
    assert len(wanted(checks(), [], None)) == 3
    with pytest.raises(BadInputError):
        wanted(checks(), ["memry"], None)


def test_kept_results_keep_their_time_and_ticks_add_up() -> None:
    before = rooms.seat_report(bad={"clock": "fail"}, when=rooms.yesterday(), ticks=("quiet",))
    from client.preflight.check import Report
    from client.preflight.reports.make import Run, make_report

    place = Place(before.seat, before.role, before.host)
    report = Report((rooms.outcome("clock"),))
    run = Run(rooms.now(), 1, "x")
    names = [one.check for one in before.results]
    made = make_report(
        place, run, None, report, names, last=before, compared_with=before, ticks=("desk",)
    )
    assert made.complete
    assert not made.failed
    assert {one.check for one in made.results if one.measured == made.when} == {"clock"}
    assert [one.check for one in made.results] == names
    assert made.ticks == ("desk", "quiet")
    (change,) = made.compared.changes
    assert (change.check, change.before, change.now) == ("clock", "fail", "pass")
    alone = make_report(place, run, None, report, names)
    assert not alone.complete
    assert not alone.is_good


def test_a_report_of_another_computer_or_plan_is_not_gone_on_from() -> None:
    last = rooms.seat_report("A1")
    require_same(last, Place("A1", "primary", last.host), None)
    for place in (Place("A2", "primary", last.host), Place("A1", "primary", "other")):
        with pytest.raises(BadInputError):
            require_same(last, place, None)
    planned = last.model_copy(update={"plan": {"id": "x"}})
    with pytest.raises(BadInputError):
        require_same(planned, Place("A1", "primary", last.host), None)


def test_the_last_good_run_is_compared_with_else_the_last(tmp_path: Path) -> None:
    good = rooms.seat_report(bad={"memory": "warn"}, when=rooms.yesterday())
    bad = rooms.seat_report(bad={"clock": "unknown"})
    rooms.leave(tmp_path, good)
    rooms.leave(tmp_path, bad)
    rooms.leave(tmp_path, rooms.seat_report(host="another"))
    (tmp_path / "A1-primary-zz.json").write_text("{")
    found = earlier(Place("A1", "primary", good.host), tmp_path, tmp_path / "none")
    assert found == (bad, good)
    assert last_good(found) == good
    assert last_good(found[:1]) == bad
    assert last_good(()) is None
    with pytest.raises(BadInputError):
        load_report(tmp_path / "A1-primary-zz.json")


def test_names_never_collide_and_nothing_half_written_stays(tmp_path: Path) -> None:
    report = rooms.seat_report("A12")
    assert len({report_name(report) for _ in range(500)}) == 500
    share = tmp_path / "share"
    share.mkdir()
    done = deliver("a.json", b"1", share, tmp_path / "copies")
    assert (done.file, done.copy, done.trouble) == (
        share / "a.json",
        tmp_path / "copies/a.json",
        None,
    )
    assert [path.name for path in share.iterdir()] == ["a.json"]


def test_without_its_share_a_report_stays_here_and_says_so(tmp_path: Path) -> None:
    done = deliver("a.json", b"1", tmp_path / "gone", tmp_path / "copies")
    assert done.file is None
    assert done.copy is not None
    assert done.copy.read_bytes() == b"1"
    assert "文件夹" in done.trouble.zh
    assert not (tmp_path / "gone").exists()


def test_a_share_that_hangs_is_not_waited_for(tmp_path: Path) -> None:
    release = threading.Event()

    def slowly(path: Path, data: bytes) -> None:
        if path.parent == tmp_path:
            release.wait(20)
        put(path, data)

    begun = time.monotonic()
    done = deliver("a.json", b"1", tmp_path, tmp_path / "c", put=slowly, patience_s=0.3)
    assert time.monotonic() - begun < 10
    release.set()
    assert done.file is None
    assert done.copy == tmp_path / "c/a.json"
    assert "0.3" in done.trouble.zh


def test_a_full_disk_here_keeps_no_report_from_the_share(tmp_path: Path) -> None:
    def full(path: Path, data: bytes) -> None:
        if path.parent.name == "copies":
            raise OSError(28, "No space left on device")
        put(path, data)

    done = deliver("a.json", b"1", tmp_path, tmp_path / "copies", put=full)
    assert (done.file, done.copy) == (tmp_path / "a.json", None)
