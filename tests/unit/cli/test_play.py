"""`saijian play`: where it serves, when it ends, what it says."""

from __future__ import annotations

import json
import re
import socket
import sys
import threading
import webbrowser

import pytest
import requests

from client.__main__ import main
from tests.builders import Script, build_session

ADDRESS = re.compile(r"http://127\.0\.0\.1:[0-9]+/[A-Za-z0-9_-]{43}/")


@pytest.fixture
def folder(tmp_path):
    return build_session(tmp_path, Script(seconds=4, identity_seconds=2)).folder.path


@pytest.fixture
def opened(monkeypatch):
    """Addresses that a browser was asked to open."""
    addresses = []
    monkeypatch.setattr(webbrowser, "open", addresses.append)
    return addresses


def play_it(monkeypatch, *words):
    monkeypatch.setattr(sys, "argv", ["saijian", "play", *map(str, words)])
    monkeypatch.setenv("SAIJIAN_LANG", "zh")
    return main()


def test_for_programs_the_address_is_one_object(folder, opened, monkeypatch, capsys):
    words = [folder, "--no-browser", "--json", "--seconds", "0.1"]
    assert play_it(monkeypatch, *words) == 0
    assert ADDRESS.fullmatch(json.loads(capsys.readouterr().out)["url"])
    assert opened == []


def test_for_people_the_browser_opens_and_the_address_is_said(folder, opened, monkeypatch, capsys):
    assert play_it(monkeypatch, folder, "--seconds", "0.5") == 0
    told = capsys.readouterr()
    assert ADDRESS.fullmatch(told.out.strip())
    assert "Ctrl-C" in told.err
    assert opened == [told.out.strip()]


def test_each_run_has_a_token_of_its_own(folder, opened, monkeypatch, capsys):
    for _ in range(2):
        play_it(monkeypatch, folder, "--no-browser", "--seconds", "0.1")
    first, second = capsys.readouterr().out.split()
    assert first.split("/")[3] != second.split("/")[3]


def test_it_serves_what_it_announced(folder, opened, monkeypatch, capsys):
    seen = []

    def look(url):
        seen.append(requests.get(f"{url}session.json", timeout=20).json())

    threads = []

    def announced(url):
        threads.append(threading.Thread(target=look, args=(url,)))
        threads[0].start()

    monkeypatch.setattr(webbrowser, "open", announced)
    assert play_it(monkeypatch, folder, "--seconds", "3") == 0
    threads[0].join(20)
    assert [film["file"] for film in seen[0]["films"]] == [
        "screen-01.mp4",
        "identity-01.mp4",
        "contest-01.mp4",
    ]


@pytest.mark.parametrize(("name", "title"), [("none", "找不到场次文件夹"), ("empty", "里没有录像")])
def test_without_a_session_it_says_so(tmp_path, monkeypatch, capsys, name, title):
    (tmp_path / "empty").mkdir()
    assert play_it(monkeypatch, tmp_path / name, "--json") == 2
    told = capsys.readouterr()
    assert json.loads(told.out)["error"]["code"] == "E120"
    assert title in told.err


def test_a_port_that_is_taken(folder, opened, monkeypatch, capsys):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert play_it(monkeypatch, folder, "--port", port, "--no-browser") == 2
    assert f"端口 {port} 已被占用" in capsys.readouterr().err
