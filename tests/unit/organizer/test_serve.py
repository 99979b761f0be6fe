from __future__ import annotations

import contextlib
import http.client
import json
import logging
import signal
import socket
import ssl
import sys
from pathlib import Path

import pytest

from client.__main__ import main
from client.base.errors import BadInputError, OrganizerError
from client.organizer.folder import OrganizerFolder, init_folder
from client.organizer.heartbeats import receipt_for
from client.organizer.problems import Refusal
from client.organizer.serve import serve
from tests.simulators.contest import prepare_contest
from tests.simulators.served import served
from tests.unit.organizer.asking import ADDRESS, beat, enrolled


def get(port, path, context=None):
    if context is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    else:
        connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=20, context=context)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


@pytest.fixture
def pinned(contest):
    context = ssl.create_default_context(cafile=contest.folder.certificate)
    assert context.verify_mode == ssl.CERT_REQUIRED
    return context


def test_it_announces_itself_in_one_line_and_serves_the_plan(contest, tmp_path):
    ready = tmp_path / "ready.json"
    with served(contest.folder, "--ready-file", str(ready)) as running:
        assert running.announced["event"] == "listening"
        assert running.announced["key"] == contest.key
        assert running.announced["plan_sha256"] == contest.plan.sha256
        assert running.address == f"http://127.0.0.1:{running.port}"
        assert json.loads(ready.read_bytes()) == running.announced
        assert get(running.port, "/plan") == (200, contest.plan.raw)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_more_computers_stay_connected_than_the_system_allows_at_first(contest):
    import resource

    soft, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    # tests before this one may have left some open
    few = max(128, 32 + max(int(one.name) for one in Path("/proc/self/fd").iterdir()))
    with contextlib.ExitStack() as connections:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (few, most))
            running = connections.enter_context(served(contest.folder))
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, most))
        for _ in range(few + 172):
            connection = socket.create_connection(("127.0.0.1", running.port), timeout=20)
            connections.enter_context(connection)
            connection.sendall(b"GET /time HTTP/1.1\r\nHost: x\r\n\r\n")
            assert connection.recv(100).startswith(b"HTTP/1.1 200")
        assert get(running.port, "/plan") == (200, contest.plan.raw)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_is_an_ordinary_end(contest, number):
    with served(contest.folder) as running:
        running.process.send_signal(number)
        assert running.process.wait(30) == 0


def test_after_kill_9_it_serves_again_on_the_same_port(contest):
    with served(contest.folder) as first:
        port = first.port
        first.process.kill()
        first.process.wait(30)
    with served(contest.folder, "--port", str(port)) as second:
        assert get(second.port, "/time")[0] == 200


@pytest.mark.parametrize("options", [("--tls",), ("--host", "0.0.0.0")])
def test_off_loopback_and_on_demand_it_speaks_tls_and_refuses_plain_http(contest, pinned, options):
    with served(contest.folder, *options) as running:
        assert running.address.startswith("https://")
        assert get(running.port, "/plan", pinned) == (200, contest.plan.raw)
        with pytest.raises((http.client.HTTPException, OSError)):
            get(running.port, "/plan")


def test_ipv6_loopback_is_loopback(contest):
    with served(contest.folder, "--host", "::1") as running:
        assert running.address == f"http://[::1]:{running.port}"
        connection = http.client.HTTPConnection("::1", running.port, timeout=20)
        connection.request("GET", "/time")
        assert json.loads(connection.getresponse().read())["address"] == "::1"
        connection.close()


def test_no_header_changes_the_address_it_sees(contest):
    with served(contest.folder) as running:
        connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=20)
        forged = {"X-Forwarded-For": "192.0.2.66", "Forwarded": "for=192.0.2.66"}
        connection.request("GET", "/time", headers=forged)
        assert json.loads(connection.getresponse().read())["address"] == "127.0.0.1"
        connection.close()


def refused(folder, host="127.0.0.1", port=0):
    def never(_):
        pytest.fail("it listened")

    with pytest.raises((BadInputError, OrganizerError)) as error:
        serve(folder, host, port, never, never)
    return error.value.title.en


def test_without_a_plan_it_does_not_start(tmp_path):
    init_folder(tmp_path / "organizer")
    assert "No contest plan" in refused(OrganizerFolder(tmp_path / "organizer"))


def test_a_port_or_an_address_that_cannot_be_had_is_said(contest):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert "Cannot listen" in refused(contest.folder, port=taken.getsockname()[1])
    assert "Cannot listen" in refused(contest.folder, host="203.0.113.77")
    assert "Cannot listen" in refused(contest.folder, host="no.such.host.invalid")


def test_one_folder_is_served_once(contest):
    with served(contest.folder):
        assert "served already" in refused(contest.folder)


@pytest.fixture
def organizer(capsys, monkeypatch):
    """Run a verb as the command line does, in this process; return exit code and output."""
    monkeypatch.setattr(logging.getLogger(), "handlers", logging.getLogger().handlers[:])

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["saijian", "organizer", *words])
        try:
            code = main()
        except SystemExit as end:
            code = end.code
        return code, *capsys.readouterr()

    return run


def test_the_verbs_work_from_an_empty_folder_on(tmp_path, organizer):
    other = prepare_contest(tmp_path / "other")
    draft, roster, where = tmp_path / "draft.json", tmp_path / "roster.csv", tmp_path / "org"
    document = json.loads(other.plan.raw)
    document["organizer"]["keys"] = []
    del document["signature"]
    draft.write_text(json.dumps(document), encoding="utf-8")
    roster.write_text("准考证号,一次性码,姓名\nT-1,code,甲\n", encoding="gbk")
    code, made, _ = organizer("init", str(where))
    assert code == 0
    key = made.splitlines()[0]
    assert organizer("plan", "check", str(draft))[0] == 0
    assert organizer("plan", "sign", str(where), str(draft))[0] == 0
    assert json.loads((where / "plan.json").read_bytes())["organizer"]["keys"] == [key]
    assert organizer("roster", "load", str(where), str(roster))[0] == 0
    assert json.loads(organizer("sessions", str(where), "--json")[1]) == []


def test_sessions_are_listed_for_people_and_for_programs(contest, office, organizer):
    session = enrolled(office, contest)
    receipt_for(office, session, beat(7), ADDRESS)
    with pytest.raises(Refusal):
        receipt_for(office, session, beat(3), ADDRESS)
    code, said, _ = organizer("sessions", str(contest.folder.path))
    assert code == 0
    assert all(word in said for word in (session.id, "T-1", "#7", ADDRESS))
    (listed,) = json.loads(organizer("sessions", str(contest.folder.path), "--json")[1])
    assert listed["forks"][0]["seq"] == 3
    assert listed["addresses"][0]["address"] == ADDRESS


@pytest.mark.parametrize(
    "words",
    [
        ("plan", "check", "{tmp}/nothing.json"),
        ("plan", "sign", "{tmp}", "{tmp}/nothing.json"),
        ("roster", "load", "{tmp}", "{tmp}/nothing.csv"),
        ("serve", "{tmp}"),
        ("sessions", "{tmp}"),
        ("serve", "{tmp}", "--port", "70000"),
        (),
    ],
)
def test_what_cannot_be_used_is_said_with_exit_code_2(tmp_path, organizer, words):
    code, out, said = organizer(*(word.format(tmp=tmp_path) for word in words))
    assert (code, out) == (2, "")
    assert said.strip()
    assert "Traceback" not in said
    assert list(tmp_path.iterdir()) == []
