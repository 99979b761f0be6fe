"""Computers report to the organizer: offline it waits, then all of it stands on the board."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from client.cli import sending
from client.cli.arguments import command_line
from tests.e2e.program import Desk, desk
from tests.simulators.contest import prepare_contest
from tests.simulators.served import served

pytestmark = pytest.mark.e2e


def preflight(at: Desk, plan: Path, seat: str, *more: str):
    words = ["--plan", plan, "--seat", seat, "--role", "primary", "--only", "disk-space"]
    return at.run("preflight", *words, "--send", *more)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_offline_it_waits_then_all_stand_on_the_organizers_board(tmp_path: Path, scheme) -> None:
    contest = prepare_contest(tmp_path, scheme=scheme)
    plan = contest.folder.plan
    with desk() as at:
        offline = preflight(at, plan, "A1", "--json")
        assert offline.code == 3
        delivery = json.loads(offline.out)["delivery"]
        assert (delivery["sent"], delivery["trouble"]) == (False, None)
        assert "organizer" in delivery["unsent"]["en"]
        assert Path(delivery["copy"]).exists()
        options = ("--port", str(contest.port), *(["--tls"] if scheme == "https" else []))
        with served(contest.folder, *options):
            sent = preflight(at, plan, "A2")
            assert sent.code in (0, 1)
            assert "The organizer has the report of A2, primary, and 1 of before" in sent.out
            board = at.run("board", contest.folder.path, "--json")
        cards = json.loads(board.out)["cards"]
        found = {card["seat"] for card in cards if card["state"] != "missing"}
        assert found == {"A1", "A2"}
        assert list((at.home / "data/reports/unsent").iterdir()) == []


def test_nothing_is_sent_that_nobody_agreed_to(monkeypatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    def asked(said: str, *words: str) -> bool:
        monkeypatch.setattr("sys.stdin", Terminal(said))
        monkeypatch.setattr("sys.stderr", Terminal())
        return sending.asked_to_send(command_line("").read(["preflight", *words]))

    seat = ("--seat", "A1", "--role", "primary")
    assert asked("y\n", "--plan", "plan.json", *seat)
    assert not asked("\n", "--plan", "plan.json", *seat)
    assert not asked("y\n", *seat)
    assert not asked("y\n", "--plan", "plan.json", *seat, "--out", "share")
    assert not asked("y\n", "--plan", "plan.json", *seat, "--json")
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    assert not sending.asked_to_send(
        command_line("").read(["preflight", "--plan", "plan.json", *seat])
    )
