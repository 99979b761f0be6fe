from __future__ import annotations

import asyncio
import json
import threading
import time

import httpx
import pytest

from client.cli.organizer import sent_report
from client.organizer import api as api_module
from client.organizer import desk, limits
from client.organizer.api import build_app
from client.organizer.enrolments import enrol
from client.organizer.office import line_of
from client.organizer.problems import Refusal
from client.organizer.throttle import Throttle
from tests.unit.organizer.asking import beat, request


@pytest.fixture
def app(office):
    return build_app(office, sent_report)


class Http:
    """The application without a socket; it runs whenever something is asked."""

    def __init__(self, app, runner):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=("192.0.2.5", 1))
        self._client = httpx.AsyncClient(transport=transport, base_url="http://organizer.test")
        self._runner = runner
        self._life = app.router.lifespan_context(app)

    def request(self, method, path, **options):
        return self._runner.run(self._client.request(method, path, **options))

    def run(self, work):
        return self._runner.run(work)

    def get(self, path, **options):
        return self.request("GET", path, **options)

    def post(self, path, **options):
        return self.request("POST", path, **options)

    def __enter__(self):
        self._runner.run(self._life.__aenter__())
        return self

    def __exit__(self, *_):
        self._runner.run(self._client.aclose())
        self._runner.run(self._life.__aexit__(None, None, None))


@pytest.fixture
def http(app):
    with asyncio.Runner() as runner, Http(app, runner) as http:
        yield http


@pytest.fixture
def bearer(http, contest):
    asked = request(contest).model_dump(mode="json")
    answer = http.post("/enrolments", json=asked)
    assert answer.status_code == 201
    return {"Authorization": f"Bearer {answer.json()['token']}"}


def problem(answer):
    body = answer.json()
    assert set(body) == {"code", "zh", "en"}
    return answer.status_code, body["code"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"ticket": NaN}',
        b'{"a":' * 5000 + b"1" + b"}" * 5000,
        b'{"ticket": 1}',
        json.dumps({"ticket": "T-1; DROP TABLE"}).encode(),
        b'{"n": ' + b"9" * 5000 + b"}",
    ],
)
@pytest.mark.parametrize("path", ["/enrolments", "/heartbeats", "/seal"])
def test_rubbish_is_a_problem_and_never_a_500(http, bearer, path, body):
    answer = http.post(path, content=body, headers={"Content-Type": "application/json", **bearer})
    assert problem(answer) == (422, "bad_request")


def test_nothing_of_a_bad_request_is_repeated(http):
    answer = http.post("/enrolments", json={"ticket": "<script>", "surprise": "<b>"})
    assert "<" not in answer.text


@pytest.mark.parametrize("path", ["/heartbeats", "/seal"])
def test_without_a_token_nothing_is_done(http, path):
    assert problem(http.post(path, json={})) == (401, "token_unknown")


def test_unknown_addresses_and_methods_are_problems(http):
    assert problem(http.get("/admin")) == (404, "not_found")
    assert problem(http.request("DELETE", "/plan")) == (405, "method_not_allowed")


def test_a_body_is_bounded_by_what_its_address_needs(http, bearer):
    def send(path, size):
        return http.post(path, content=b" " * size, headers=bearer)

    assert problem(send("/heartbeats", limits.SMALL + 1)) == (413, "too_large")
    assert problem(send("/seal", limits.SMALL + 1)) == (422, "bad_request")
    assert problem(send("/seal", limits.SEAL + 1)) == (413, "too_large")


def test_a_body_without_announced_length_is_counted_too(http, bearer):
    async def pieces():
        for _ in range(3):
            yield b"x" * 65_536

    answer = http.post("/heartbeats", content=pieces(), headers=bearer)
    assert problem(answer) == (413, "too_large")


def test_a_body_that_stops_coming_is_408(monkeypatch, app, bearer):
    monkeypatch.setattr(limits, "_SILENCE_SECONDS", 0.05)
    sent = []

    async def silent():
        await asyncio.Event().wait()

    async def send(message):
        sent.append(message)

    headers = [(k.lower().encode(), v.encode()) for k, v in bearer.items()]
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/heartbeats",
        "raw_path": b"/heartbeats",
        "query_string": b"",
        "headers": [*headers, (b"content-type", b"application/json")],
        "client": ("192.0.2.5", 1),
        "server": ("x", 1),
        "scheme": "http",
        "http_version": "1.1",
    }
    asyncio.run(app(scope, silent, send))
    assert sent[0]["status"] == 408
    assert json.loads(sent[1]["body"])["code"] == "too_slow"


def test_our_own_mistake_is_a_500_that_tells_nothing(http, monkeypatch, caplog):
    def broken(*_):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(api_module, "enrol", broken)
    answer = http.post(
        "/enrolments",
        json={
            "ticket": "T-1",
            "code": "code-T-1",
            "role": "primary",
            "session": "3f2b8c1e-5a77-4d0e-9a3b-000000000001",
            "session_key": "a" * 64,
            "plan_sha256": "a" * 64,
            "software": "x",
        },
    )
    assert problem(answer) == (500, "internal")
    assert "secret" not in answer.text
    assert "secret detail" in caplog.text


def test_a_plan_that_vanished_is_said(http, contest):
    contest.folder.plan.unlink()
    assert problem(http.get("/plan")) == (503, "no_plan")


def enter(http):
    answer = http.post("/probe/turns")
    assert answer.status_code == 201
    return answer.json()["turn"], answer.json()["position"]


def test_probes_measure_and_are_bounded(http, monkeypatch):
    turn, position = enter(http)
    assert position == 0
    answer = http.get("/probe", params={"turn": turn, "bytes": 200_000})
    assert (answer.status_code, len(answer.content)) == (200, 200_000)
    sent = http.post("/probe", params={"turn": turn}, content=b"x" * 100_000)
    assert sent.json()["bytes"] == 100_000
    too_much = http.get("/probe", params={"turn": turn, "bytes": 4 * 1024 * 1024 + 1})
    assert problem(too_much) == (422, "bad_request")
    for _ in range(9):
        http.post("/probe", params={"turn": turn}, content=bytes(4 * 1024 * 1024))
    last = http.post("/probe", params={"turn": turn}, content=bytes(4 * 1024 * 1024))
    assert problem(last) == (429, "probe_used_up")


def test_a_probe_waits_for_its_turn_and_learns_that_it_came(http):
    (first, _), (second, position) = enter(http), enter(http)
    assert position == 1
    for refused in (
        http.get("/probe", params={"turn": second}),
        http.post("/probe", params={"turn": second}, content=b"x"),
    ):
        assert problem(refused) == (503, "probe_busy")
        assert refused.headers["retry-after"] == "2"
    assert http.get(f"/probe/turns/{second}").json()["position"] == 1
    assert http.post(f"/probe/turns/{first}/done").status_code == 204
    assert http.get(f"/probe/turns/{second}").json()["position"] == 0
    assert problem(http.get("/probe", params={"turn": first})) == (410, "probe_over")
    assert problem(http.get(f"/probe/turns/{first}")) == (410, "probe_over")
    assert problem(http.get("/probe", params={"turn": "../plan"})) == (422, "bad_request")


def test_a_held_back_question_is_answered_when_the_turn_comes(http, app):
    (first, _), (second, _) = enter(http), enter(http)

    async def leave_soon():
        asyncio.get_running_loop().call_later(0.2, app.state.probes.leave, first)
        return (await app.state.probes.place(second, 3)).position

    begun = time.monotonic()
    assert http.run(leave_soon()) == 0
    assert 0.15 < time.monotonic() - begun < 2


def test_heartbeats_go_on_while_a_seal_is_checked(http, bearer, app, monkeypatch):
    monkeypatch.setattr(desk, "_WAIT_SECONDS", 0.05)
    entered, release = threading.Event(), threading.Event()

    def slow(*_):
        entered.set()
        assert release.wait(20)
        return {"kind": "saijian.storage/1"}

    monkeypatch.setattr(app.state.seals, "_countersign", slow)
    try:
        assert problem(http.post("/seal", json={"seal": "{}"}, headers=bearer)) == (503, "hashing")
        assert entered.is_set()
        entered.clear()
        for other in ("{ }", "{  }"):  # the same again would be joined; another one waits
            answer = http.post("/seal", json={"seal": other}, headers=bearer)
            assert problem(answer) == (503, "hashing")
        assert not entered.is_set(), "one session keeps one worker, whatever it sends"
        body = beat(1).model_dump(mode="json")
        assert http.post("/heartbeats", json=body, headers=bearer).status_code == 200
    finally:
        release.set()
    monkeypatch.setattr(desk, "_WAIT_SECONDS", 20)
    answer = http.post("/seal", json={"seal": "{}"}, headers=bearer)
    assert answer.json() == {"receipt": {"kind": "saijian.storage/1"}}


def test_the_throttle_forgets_old_failures_and_old_keys():
    throttle = Throttle(most=2)
    throttle.count("a", 0)
    throttle.count("a", 1)
    assert throttle.is_blocked("a", 2)
    assert not throttle.is_blocked("b", 2)
    assert not throttle.is_blocked("a", 60_000_001)
    for number in range(20_000):
        throttle.count(str(number), 1)
    assert len(throttle._times) == 10_000


def test_one_session_cannot_hold_all_room_for_pieces():
    async def crowd():
        pieces = limits.Pieces(most=6, of_session=2)
        release, inside = asyncio.Event(), []

        async def send(session):
            async with pieces.room_for(session):
                inside.append(session)
                await release.wait()

        greedy = [asyncio.create_task(send("greedy")) for _ in range(50)]
        await asyncio.sleep(0.01)
        others = [asyncio.create_task(send(f"other {n}")) for n in range(10)]
        await asyncio.sleep(0.01)
        before = sorted(inside)
        greedy[40].cancel()  # a client that hung up while it waited
        release.set()
        await asyncio.gather(*greedy, *others, return_exceptions=True)
        assert pieces._own == {}, "nothing is kept of sessions that are quiet"
        return before, len(inside)

    before, served = asyncio.run(crowd())
    assert before == ["greedy"] * 2 + [f"other {n}" for n in range(4)]
    assert served == 59


def test_all_of_one_ipv6_line_count_as_one(office, contest):
    codes = []
    for number in range(1, 13):
        with pytest.raises(Refusal) as refused:
            enrol(office, request(contest, code="wrong-code"), f"2001:db8::{number:x}:1")
        codes.append(refused.value.code)
    assert codes == ["unknown_ticket"] * 10 + ["too_many_tries"] * 2
    assert enrol(office, request(contest), "2001:db8:0:1::1").token


@pytest.mark.parametrize(
    ("address", "line"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8:0:0:ffff::1", "2001:db8::/64"),
        ("2001:db8:0:1::1", "2001:db8:0:1::/64"),
    ],
)
def test_a_line_is_an_ipv4_address_or_a_64_of_ipv6(address, line):
    assert line_of(address) == line
