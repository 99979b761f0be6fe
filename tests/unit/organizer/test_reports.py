"""Reports that computers send before anybody is enrolled: bounded, read strictly, named here."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from datetime import timedelta

import pytest

from client.cli.organizer import sent_report
from client.organizer import reports as desk_module
from client.organizer.api import build_app
from client.organizer.limits import REPORT
from client.organizer.problems import Refusal
from client.organizer.reports import ReportDesk
from client.organizer.room import Disk
from client.preflight.board.folder import ReportFolder
from client.preflight.reports.make import plan_of
from client.preflight.reports.model import MAX_REPORT_BYTES
from tests import rooms
from tests.private import only_mine
from tests.unit.organizer.test_api import Http, problem

JSON = {"Content-Type": "application/json"}


@pytest.fixture
def sent(contest):
    """Bytes of a report as the program sends them."""

    def make(seat="A12", role="primary", **changes):
        report = rooms.seat_report(seat, role, **changes)
        return report.model_copy(update={"plan": plan_of(contest.plan)}).to_bytes()

    return make


@pytest.fixture
def desk(office):
    return ReportDesk(office, sent_report)


@pytest.fixture
def http(office):
    with asyncio.Runner() as runner, Http(build_app(office, sent_report), runner) as http:
        yield http


def kept(office):
    return sorted(path.name for path in office.folder.reports.iterdir())


def test_a_report_comes_without_a_token_and_is_what_a_board_reads(http, office, sent):
    data = sent()
    assert http.post("/reports", content=data, headers=JSON).status_code == 204
    assert http.post("/reports", content=data, headers=JSON).status_code == 204
    (name,) = kept(office)
    (filed,) = ReportFolder(office.folder.reports).look()
    assert (filed.name, filed.report.seat, filed.report.to_bytes()) == (name, "A12", data)
    assert only_mine(office.folder.reports / name)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda told: told | {"seat": "../../A1"},
        lambda told: told | {"seat": "A1/x"},
        lambda told: told | {"name": "surprise"},
        lambda told: told | {"kind": "saijian.preflight/1"},
        lambda told: told | {"failed": True},
        lambda _: [],
    ],
)
def test_what_is_no_report_is_refused_and_leaves_nothing(http, office, sent, spoil):
    spoiled = json.dumps(spoil(json.loads(sent()))).encode()
    answer = http.post("/reports", content=spoiled, headers=JSON)
    assert problem(answer) == (422, "bad_report")
    assert "surprise" not in answer.text
    assert kept(office) == []


def test_form_size_and_contest_are_looked_at(http, office, sent):
    assert REPORT == MAX_REPORT_BYTES
    large = http.post("/reports", content=b" " * (REPORT + 1), headers=JSON)
    assert problem(large) == (413, "too_large")
    assert problem(http.post("/reports", content=sent())) == (415, "bad_type")
    assert problem(http.post("/reports", content=b"\xff", headers=JSON)) == (422, "bad_report")
    usual = rooms.seat_report().to_bytes()
    assert problem(http.post("/reports", content=usual, headers=JSON)) == (409, "plan_unknown")
    assert kept(office) == []


def test_an_address_that_sends_without_end_has_to_wait(clock, monkeypatch, sent, office):
    monkeypatch.setattr(desk_module, "OF_ADDRESS", 3)
    app = build_app(office, sent_report)
    with asyncio.Runner() as runner, Http(app, runner) as http:
        for _ in range(3):
            assert http.post("/reports", content=b"rubbish", headers=JSON).status_code == 422
        refused = http.post("/reports", content=sent(), headers=JSON)
        assert problem(refused) == (429, "reports_used_up")
        clock.forward(3601)
        assert http.post("/reports", content=sent(), headers=JSON).status_code == 204


def test_a_computer_keeps_its_last_reports_and_a_flood_drives_out_its_own(desk, office, sent):
    desk.take(sent(host="PC-real"))
    (real,) = kept(office)
    for minute in range(30):
        when = rooms.now() - timedelta(minutes=minute)
        desk.take(sent(host="PC-liar", when=when))
    assert len(kept(office)) == desk_module.OF_COMPUTER
    assert real in kept(office)
    desk.take(sent(role="backup"))
    assert len(kept(office)) == desk_module.OF_COMPUTER + 1


def test_the_folder_is_bounded_but_known_computers_report_on(desk, office, monkeypatch, sent):
    monkeypatch.setattr(desk_module, "MOST_FILES", 2)
    desk.take(sent("A1"))
    desk.take(sent("A2"))
    with pytest.raises(Refusal) as full:
        desk.take(sent("A3"))
    assert full.value.code == "reports_full"
    desk.take(sent("A2", host="PC-new"))
    assert len(kept(office)) == 3


def test_a_full_disk_is_told(office, sent):
    office = dataclasses.replace(office, disk=Disk(office.folder.path, lambda _: 1))
    desk = ReportDesk(office, sent_report)
    with pytest.raises(Refusal) as full:
        desk.take(sent())
    assert full.value.code == "disk_full"
    assert kept(office) == []


def test_what_a_board_keeps_beside_them_is_never_removed(desk, office, sent):
    (office.folder.reports / "room-exceptions.json").write_bytes(b"{}")
    (office.folder.reports / "A12-primary.json").write_bytes(b"{}")
    for minute in range(20):
        desk.take(sent(when=rooms.now() - timedelta(minutes=minute)))
    assert {"room-exceptions.json", "A12-primary.json"} <= set(kept(office))
