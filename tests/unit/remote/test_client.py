from __future__ import annotations

import hashlib
import json
import time
import uuid

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from client.base.errors import BadInputError, EnrolmentError, OrganizerError, RefusedError
from client.contest.contestant import Role
from client.contest.receipt import JournalHead
from client.contest.signed import public_key, sign
from client.remote.client import OrganizerClient
from client.remote.messages import EnrolmentRequest, HeartbeatRequest, PreflightReport
from client.remote.probing import enter_queue
from client.remote.transport import Timeouts
from client.remote.wire import NoResponse, Request, Response
from tests.simulators.contest import code_of
from tests.simulators.organizer import FOREVER, Fault, MisbehavingOrganizer

QUICK = Timeouts(connect=3.0, read=1.0, whole=1.5)
"""For what hangs. What should be answered is asked with the shipped patience: machines are busy."""
HEAD = JournalHead(seq=3, sha256="a" * 64)
BEAT = HeartbeatRequest(head=HEAD, recorded_us=1, uploaded_bytes=2, pending_bytes=3)


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with MisbehavingOrganizer(tmp_path_factory.mktemp("organizer")) as organizer:
        yield organizer


@pytest.fixture
def organizer(running):
    yield running
    running.forget_faults()
    running._released.clear()


@pytest.fixture
def client(organizer):
    return OrganizerClient(organizer.address, keys=organizer.contest.plan.plan.organizer.keys)


@pytest.fixture
def hasty(organizer):
    keys = organizer.contest.plan.plan.organizer.keys
    return OrganizerClient(organizer.address, timeouts=QUICK, keys=keys)


def asked(organizer, **changes):
    fields = {
        "ticket": "T-1",
        "code": code_of("T-1"),
        "paper": "one",
        "role": Role.BACKUP,
        "session": str(uuid.UUID(int=1)),
        "session_key": "ab" * 32,
        "plan_sha256": organizer.contest.plan.sha256,
        "software": "test",
        **changes,
    }
    return EnrolmentRequest.model_validate(fields)


@pytest.fixture
def token(client, organizer):
    return client.enrol(asked(organizer)).token


def test_the_calls_of_a_session(client, organizer, token):
    assert client.fetch_plan() == organizer.contest.plan.raw
    assert client.time().address == "127.0.0.1"
    assert client.heartbeat(token, BEAT).receipt["head"] == HEAD.model_dump()
    report = PreflightReport(seat=None, role=Role.BACKUP, results={"disk": "pass"})
    client.report_preflight(token, report)


def test_the_clock_is_measured_within_the_round_trip(client):
    begun = time.perf_counter()
    reading = client.read_clock()
    elapsed_us = (time.perf_counter() - begun) * 1e6
    assert reading.address == "127.0.0.1"
    assert abs(reading.offset_us) <= reading.round_trip_us
    assert 0 < reading.round_trip_us <= elapsed_us


def call(client, name, organizer, token):
    calls = {
        "plan": client.fetch_plan,
        "time": client.time,
        "enrol": lambda: client.enrol(asked(organizer)),
        "beat": lambda: client.heartbeat(token, BEAT),
        "seal": lambda: client.seal(token, b"{}"),
    }
    return calls[name]()


NAMES = ["plan", "time", "enrol", "beat", "seal"]


CASES = [(n, a) for n in NAMES for a in ("error", "redirect", "cut", "hang", "endless")]
CASES.remove(("seal", "hang"))
"""The answer to a seal may take its time."""


@pytest.mark.parametrize(("name", "action"), CASES)
def test_whatever_may_pass_is_an_organizer_error_in_time(hasty, organizer, token, action, name):
    organizer.play(Fault(action, times=FOREVER))
    begun = time.monotonic()
    with pytest.raises(OrganizerError) as error:
        call(hasty, name, organizer, token)
    assert time.monotonic() - begun < 5
    assert error.value.exit_code == 1
    assert error.value.title.zh


@pytest.mark.parametrize("name", ["time", "enrol", "beat", "seal"])
def test_rubbish_with_status_200_is_an_organizer_error(client, organizer, token, name):
    organizer.play(Fault("rubbish"))
    with pytest.raises(OrganizerError, match="Unusable"):
        call(client, name, organizer, token)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 429])
def test_a_busy_server_s_own_sentence_is_shown(client, organizer, status):
    organizer.play(Fault("error", status=status))
    with pytest.raises(OrganizerError) as error:
        client.time()
    assert "按指令出错" in error.value.title.zh
    assert "Failed on order" in error.value.title.en


def test_nobody_there_is_an_organizer_error(organizer, client):
    with organizer.away(), pytest.raises(OrganizerError, match="no connection"):
        client.time()
    client.time()


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"code": "wrong-code"}, "unknown_ticket"),
        ({"session": str(uuid.UUID(int=7))}, "code_used"),
        ({"paper": "nine"}, "unknown_paper"),
        ({"plan_sha256": "0" * 64}, "plan_unknown"),
    ],
)
def test_a_refused_enrolment_is_said_in_the_organizer_s_words(
    client, organizer, token, change, problem
):
    with pytest.raises(EnrolmentError) as error:
        client.enrol(asked(organizer, **change))
    assert error.value.problem == problem
    assert error.value.exit_code == 2


def test_a_refused_request_says_its_problem(client, token):
    with pytest.raises(RefusedError) as error:
        client.heartbeat("no such token", BEAT)
    assert error.value.problem == "token_unknown"
    with pytest.raises(RefusedError) as error:
        client.seal(token, b"not a seal")
    assert error.value.problem == "bad_request"


def test_an_answer_signed_by_another_key_counts_as_rubbish(organizer, token):
    other = public_key(Ed25519PrivateKey.generate())
    client = OrganizerClient(organizer.address, keys=[other])
    for name in ("enrol", "beat"):
        with pytest.raises(OrganizerError, match="signature"):
            call(client, name, organizer, token)


class Canned(OrganizerClient):
    """A client whose organizer always says the same."""

    def __init__(self, body, key):
        super().__init__("http://127.0.0.1:9", keys=[public_key(key)])
        answer = Response(200, {}, json.dumps(body).encode())
        self._transport.exchange = lambda *_, **__: answer


def test_a_good_signature_under_something_else_is_not_taken():
    key = Ed25519PrivateKey.generate()
    receipt = {
        "kind": "saijian.receipt/1",
        "session": str(uuid.UUID(int=1)),
        "head": {"seq": 4, "sha256": "a" * 64},
        "time_us": 1,
        "address": "127.0.0.1",
        "nonce": "0" * 64,
        "other": None,
        "key": public_key(key),
    }
    body = {"receipt": sign(receipt, key), "time_us": 1}
    with pytest.raises(OrganizerError):
        Canned(body, key).heartbeat("t", BEAT)
    body["receipt"] = sign({**receipt, "head": HEAD.model_dump()}, key)
    assert Canned(body, key).heartbeat("t", BEAT).time_us == 1
    body["receipt"]["time_us"] = 2
    with pytest.raises(OrganizerError):
        Canned(body, key).heartbeat("t", BEAT)


class TestExchange:
    """What the sans-I/O engines get: outcomes, never exceptions."""

    def test_a_response_with_lower_case_headers(self, client):
        outcome = client.exchange("", Request("GET", "/time"))
        assert isinstance(outcome, Response)
        assert outcome.headers["content-type"] == "application/json"

    @pytest.mark.parametrize("action", ["hang", "cut", "endless", "cut_body", "lost"])
    def test_what_fails_below_http_is_no_response(self, hasty, organizer, token, action):
        organizer.play(Fault(action))
        outcome = hasty.exchange(token, Request("POST", "/probe", {}, b"x" * 900_000))
        assert isinstance(outcome, NoResponse)
        assert "127.0.0.1" not in outcome.reason

    def test_redirects_are_answers_and_are_not_followed(self, client, organizer):
        organizer.play(Fault("redirect"))
        outcome = client.exchange("", Request("GET", "/time"))
        assert outcome.status == 307
        assert organizer.playbook.requests[-1].path == "/time"

    def test_a_location_on_the_same_server_may_be_absolute(self, client, organizer):
        outcome = client.exchange("", Request("GET", organizer.address + "/time"))
        assert outcome.status == 200

    @pytest.mark.parametrize(
        "path",
        [
            "https://elsewhere.invalid/files/1",
            "//elsewhere.invalid/files/1",
            "http://127.0.0.1:1/files/1",
            "files/1",
            "",
        ],
    )
    def test_the_token_never_goes_to_another_server(self, client, organizer, path):
        before = len(organizer.playbook.requests)
        assert isinstance(client.exchange("secret", Request("GET", path)), NoResponse)
        assert len(organizer.playbook.requests) == before

    def test_headers_that_are_no_headers_are_no_response(self, client):
        request = Request("GET", "/time", {"X-Bad": "a\r\nX-More: b"})
        assert isinstance(client.exchange("", request), NoResponse)

    def test_a_body_larger_than_a_socket_buffer_arrives_whole(self, client, token):
        turn = enter_queue(client).turn
        body = bytes(range(256)) * 12_000
        outcome = client.exchange(token, Request("POST", f"/probe?turn={turn}", {}, body))
        assert json.loads(outcome.body)["bytes"] == len(body)

    def test_neither_netrc_nor_cookies_nor_proxies_change_a_request(
        self, client, organizer, token, tmp_path, monkeypatch
    ):
        netrc = tmp_path / "netrc"
        netrc.write_text("machine 127.0.0.1 login somebody password secret\n", encoding="ascii")
        monkeypatch.setenv("NETRC", str(netrc))
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
        keys = organizer.contest.plan.plan.organizer.keys
        fresh = OrganizerClient(organizer.address, keys=keys)
        fresh.heartbeat(token, BEAT)
        sent = organizer.playbook.requests[-1].headers
        assert sent["authorization"] == f"Bearer {token}"
        assert "cookie" not in sent
        assert sent["user-agent"].startswith("SaiJian/")


@pytest.mark.parametrize(
    "address",
    [
        "ftp://127.0.0.1",
        "127.0.0.1:80",
        "http://",
        "http://127.0.0.1:99999",
        "http://user:pass@127.0.0.1",
        "http://127.0.0.1/path",
        "http://127.0.0.1?x=1",
        "http://[::1",
        "http://192.0.2.1:8000",
        "http://organizer.example",
    ],
)
def test_addresses_that_are_none_or_not_private_are_refused_at_once(address):
    with pytest.raises(BadInputError):
        OrganizerClient(address)


def test_storage_receipts_must_be_for_these_bytes():
    key = Ed25519PrivateKey.generate()
    seal = b'{"a": 1}'
    receipt = {
        "kind": "saijian.storage/1",
        "session": str(uuid.UUID(int=1)),
        "seal_sha256": hashlib.sha256(seal).hexdigest(),
        "head": HEAD.model_dump(),
        "files": {},
        "time_us": 1,
        "address": "::1",
        "key": public_key(key),
    }
    assert Canned({"receipt": sign(receipt, key)}, key).seal("t", seal)
    with pytest.raises(OrganizerError):
        Canned({"receipt": sign(receipt, key)}, key).seal("t", seal + b" ")
