"""The page's server: who is let in, what can be had, and what every answer says."""

from __future__ import annotations

import hashlib
import http.client
import json
import re
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn

from client.base.assets import asset
from client.base.serving import AnnouncingServer
from client.review.page import SHIPPED, build_page

TOKEN = "t" * 43
ROOT = f"/{TOKEN}/"


@dataclass(frozen=True)
class Answer:
    """What came back, header names in small letters."""

    status: int
    headers: dict[str, str]
    content: bytes


@dataclass(frozen=True)
class Page:
    """A served session; paths go out exactly as they are given."""

    port: int

    def ask(self, method: str, path: str, **headers: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.putrequest(method, path, skip_host="Host" in headers)
            for name, value in headers.items():
                connection.putheader(name, value)
            connection.endheaders()
            answer = connection.getresponse()
            told = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, told, answer.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, **headers)


@pytest.fixture
def page(folder) -> Iterator[Page]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        ready = threading.Event()
        config = uvicorn.Config(build_page(folder, TOKEN, port), log_config=None, lifespan="off")
        server = AnnouncingServer(config, ready.set)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            assert ready.wait(20)
            yield Page(port)
        finally:
            server.should_exit = True
            thread.join(20)


def state_of(folder: Path) -> dict[str, tuple[int, str]]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {
        path.name: (path.stat().st_mtime_ns, hashlib.sha256(path.read_bytes()).hexdigest())
        for path in files
    }


@pytest.mark.parametrize("name", SHIPPED)
def test_the_page_and_its_parts_are_served_with_their_types(page, name):
    answer = page.get(ROOT + name)
    assert answer.status == 200
    assert answer.headers["content-type"] == SHIPPED[name][1]
    assert answer.content == asset(*SHIPPED[name][0].split("/")).read_bytes()


def test_every_script_and_style_that_the_page_names_is_served():
    places = [place for place, _ in SHIPPED.values() if place.startswith("player/")]
    assert {f"player/{path.name}" for path in asset("player").iterdir()} == set(places)
    for place in places:
        text = asset(*place.split("/")).read_text("utf-8")
        named = re.findall(r'(?:src|href)="([^"]+)"|from "\./([^"]+)"', text)
        assert {a or b for a, b in named} <= SHIPPED.keys()


def test_the_page_has_nothing_inline_and_nothing_from_elsewhere():
    html = asset("player", "index.html").read_text("utf-8")
    assert not re.search(r"<style|\son\w+=|\sstyle=|https?:", html)
    assert re.findall(r"<script([^>]*)>(.*?)</script>", html, re.DOTALL) == [
        (' type="module" src="player.js"', "")
    ]
    for path in asset("player").glob("*.js"):
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|https?:",
            path.read_text("utf-8"),
        ), path.name


@pytest.mark.parametrize(
    "path",
    ["", "session.json", "media/screen-01.mp4", "media/none.mp4", "nothing"],
)
def test_every_answer_carries_the_strict_headers(page, path):
    headers = page.get(ROOT + path).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self';")
    assert "unsafe" not in policy
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/session.json",
        f"/{TOKEN}",
        f"/{TOKEN[:-1]}/",
        f"/{TOKEN}x/session.json",
        "//session.json",
        "/%E8%B5%9B/",
        f"/x/{TOKEN}/session.json",
    ],
)
def test_without_the_token_there_is_nothing(page, path):
    answer = page.get(path)
    assert answer.status == 404
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "{port}", ""]
)
def test_another_host_is_refused_even_with_the_token(page, host):
    assert page.get(ROOT, Host=host.format(port=page.port)).status == 403


def test_localhost_is_this_computer_too(page):
    assert page.get(ROOT, Host=f"localhost:{page.port}").status == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_nothing_can_be_done_but_reading(page, folder, method):
    before = state_of(folder)
    for path in ("", "session.json", "media/screen-01.mp4"):
        assert page.ask(method, ROOT + path).status == 405
    assert state_of(folder) == before


def test_reading_writes_nothing(page, folder):
    before = state_of(folder)
    page.get(ROOT + "session.json")
    page.get(ROOT + "media/screen-01.mp4")
    assert state_of(folder) == before
    assert not folder.with_name("session.private").exists()


@pytest.mark.parametrize(
    "name",
    [
        "journal.jsonl",
        "plan.json",
        "seal.json",
        "screen-99.mp4",
        "screen-01.MP4",
        "..%2Fsession.private%2Fsession.key",
        "%2e%2e%2fsession%2fscreen-01.mp4",
        "..%5Csession%5Cscreen-01.mp4",
        "screen-01.mp4%00",
        "screen-01.mp4::$DATA",
        "screen-01.mp4/",
        "",
    ],
)
def test_only_track_files_can_be_had(page, name):
    assert page.get(f"{ROOT}media/{name}").status == 404


def test_a_link_to_elsewhere_is_not_followed(page, folder, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("secret")
    try:
        (folder / "screen-07.mp4").symlink_to(secret)
    except OSError:
        pytest.skip("this user may not make links here")
    assert page.get(ROOT + "media/screen-07.mp4").status == 404


def test_ranges_of_a_track(page, folder):
    whole = (folder / "screen-01.mp4").read_bytes()
    answer = page.get(ROOT + "media/screen-01.mp4", Range="bytes=100-199")
    assert answer.status == 206
    assert answer.content == whole[100:200]
    assert answer.headers["content-range"] == f"bytes 100-199/{len(whole)}"
    assert answer.headers["content-type"] == "video/mp4"
    everything = page.get(ROOT + "media/screen-01.mp4")
    assert (everything.status, everything.content) == (200, whole)
    assert everything.headers["accept-ranges"] == "bytes"
    beyond = page.get(ROOT + "media/screen-01.mp4", Range=f"bytes={len(whole)}-")
    assert beyond.status == 416
    assert beyond.headers["content-range"] == f"bytes */{len(whole)}"


def test_head_tells_the_size_and_sends_nothing(page, folder):
    size = (folder / "screen-01.mp4").stat().st_size
    answer = page.ask("HEAD", ROOT + "media/screen-01.mp4")
    assert (answer.status, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(size)
    part = page.ask("HEAD", ROOT + "media/screen-01.mp4", Range="bytes=0-9")
    assert (part.status, part.headers["content-length"]) == (206, "10")


def test_a_file_that_grows_is_served_as_it_is_now(page, folder):
    path = folder / "screen-02.mp4"
    before = path.stat().st_size
    with path.open("ab") as file:
        file.write(b"more")
    answer = page.get(ROOT + "media/screen-02.mp4", Range=f"bytes={before}-")
    assert (answer.status, answer.content) == (206, b"more")


def test_the_document_follows_the_folder(page, folder):
    assert json.loads(page.get(ROOT + "session.json").content)["films"]
    for path in folder.glob("*.mp4"):
        path.unlink()
    answer = page.get(ROOT + "session.json")
    assert answer.status == 404
    assert json.loads(answer.content)["error"]["zh"].endswith("里没有录像。")
