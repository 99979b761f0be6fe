"""The board's server: who is let in, what can be had, and who may change what the room allows."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from openpyxl import load_workbook

from client.base import loopback
from client.base.serving import AnnouncingServer
from client.preflight.board.exceptions import EXCEPTIONS_FILE
from client.preflight.board.page import SHIPPED, serve_board
from client.preflight.board.room import Expected
from client.preflight.board.watch import Board
from tests import rooms

ORDER = {"check": "clock", "finding": None, "why": "没有网络", "who": "王老师"}


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    rooms.leave(tmp_path, rooms.seat_report(bad={"clock": "fail"}))
    board = Board(tmp_path, Expected())
    board.look()
    told, servers, ready = [], [], threading.Event()

    class Known(AnnouncingServer):
        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments)
            servers.append(self)

    def announce(address: str) -> None:
        told.append(address)
        ready.set()

    thread = threading.Thread(target=serve_board, args=(board, 0, announce, 60.0))
    monkeypatch.setattr(loopback, "AnnouncingServer", Known)
    thread.start()
    assert ready.wait(10)
    yield told[0]
    servers[0].should_exit = True  # as Ctrl-C does
    thread.join(20)


def test_the_page_and_who_may_have_it(url: str, tmp_path: Path) -> None:
    for name, (_, kind) in SHIPPED.items():
        answer = requests.get(url + name, timeout=5)
        assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
    document = requests.get(f"{url}board.json", timeout=5).json()
    assert document["counts"]["fail"] == 1
    assert (
        requests.get(f"{url}board.json?since={document['revision']}", timeout=5).json()["cards"]
        == []
    )
    root, token = url.rstrip("/").rsplit("/", 1)
    for stranger in (f"{root}/board.json", f"{root}/{token[:-1]}x/board.json", f"{url}../board.py"):
        assert requests.get(stranger, timeout=5).status_code == 404
    assert requests.get(url, headers={"Host": "evil.example"}, timeout=5).status_code == 403
    book = load_workbook(io.BytesIO(requests.get(f"{url}board.xlsx", timeout=5).content))
    assert book["未解决"]["A2"].value == "A1"

    json_type = {"Content-Type": "application/json"}
    for status, headers in (
        (403, {**json_type, "Origin": "http://evil.example"}),
        (415, {"Content-Type": "text/plain"}),
    ):
        sent = json.dumps(ORDER)
        answer = requests.post(f"{url}exceptions", data=sent, headers=headers, timeout=5)
        assert answer.status_code == status
    for order in (
        {},
        {**ORDER, "why": " "},
        {**ORDER, "check": "../x"},
        [1],
        {**ORDER, "finding": 3},
    ):
        assert requests.post(f"{url}exceptions", json=order, timeout=5).status_code == 400
    huge = {**ORDER, "why": "x" * 100_000}
    assert requests.post(f"{url}exceptions", json=huge, timeout=5).status_code == 400
    assert not (tmp_path / EXCEPTIONS_FILE).exists()
    allowed = requests.post(f"{url}exceptions", json=ORDER, timeout=5).json()
    assert (allowed["counts"]["fail"], allowed["exceptions"][0]["who"]) == (0, "王老师")
    back = requests.post(f"{url}exceptions", json={**ORDER, "take_back": True}, timeout=5).json()
    assert (back["counts"]["fail"], back["exceptions"]) == (1, [])
