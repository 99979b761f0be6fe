from __future__ import annotations

import json
import time
import uuid

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from client.base.errors import BadInputError, EnrolmentError, OrganizerError, RefusedError
from client.contest.contestant import Role
from client.contest.signed import public_key
from client.remote.client import OrganizerClient
from client.remote.messages import EnrolmentRequest
from client.remote.probing import enter_queue
from client.remote.transport import Timeouts
from client.remote.wire import NoResponse, Request, Response
from tests.simulators.contest import code_of
from tests.simulators.organizer import FOREVER, Fault, MisbehavingOrganizer

QUICK = Timeouts(connect=3.0, read=1.0, whole=1.5)
"""For what hangs. What should be answered is asked with the shipped patience: machines are busy."""


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


def test_the_clock_is_measured_within_the_round_trip(client):
    begun = time.perf_counter()
    reading = client.read_clock()
    elapsed_us = (time.perf_counter() - begun) * 1e6
    assert reading.address == "127.0.0.1"
    assert abs(reading.offset_us) <= reading.round_trip_us
    assert 0 < reading.round_trip_us <= elapsed_us


def call(client, name, organizer):
    calls = {
        "time": client.time,
        "enrol": lambda: client.enrol(asked(organizer)),
        "report": lambda: client.send_report(b"{}"),
    }
    return calls[name]()


CASES = [
    (name, action)
    for name in ("time", "enrol", "report")
    for action in ("error", "redirect", "cut", "hang", "endless")
]


@pytest.mark.parametrize(("name", "action"), CASES)
def test_whatever_may_pass_is_an_organizer_error_in_time(hasty, organizer, action, name):
    organizer.play(Fault(action, times=FOREVER))
    begun = time.monotonic()
    with pytest.raises(OrganizerError) as error:
        call(hasty, name, organizer)
    assert time.monotonic() - begun < 5
    assert error.value.exit_code == 1
    assert error.value.title.zh


@pytest.mark.parametrize("name", ["time", "enrol"])
def test_rubbish_with_status_200_is_an_organizer_error(client, organizer, name):
    organizer.play(Fault("rubbish"))
    with pytest.raises(OrganizerError, match="Unusable"):
        call(client, name, organizer)


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


def test_a_refused_request_says_its_problem(client):
    with pytest.raises(RefusedError) as error:
        client.send_report(b"{}")
    assert error.value.problem == "bad_report"


def test_an_answer_signed_by_another_key_counts_as_rubbish(organizer, token):
    other = public_key(Ed25519PrivateKey.generate())
    client = OrganizerClient(organizer.address, keys=[other])
    with pytest.raises(OrganizerError, match="signature"):
        client.enrol(asked(organizer))


class Canned(OrganizerClient):
    """A client whose organizer always says the same."""

    def __init__(self, body, key):
        super().__init__("http://127.0.0.1:9", keys=[key])
        answer = Response(201, {}, json.dumps(body).encode())
        self._transport.exchange = lambda *_, **__: answer


def test_a_good_signature_under_something_else_is_not_taken(client, organizer):
    request, key = asked(organizer), organizer.contest.key
    body = client.enrol(request).model_dump(mode="json")
    assert Canned(body, key).enrol(request).enrolment == body["enrolment"]
    for other in ({"session": str(uuid.UUID(int=9))}, {"session_key": "cd" * 32}):
        with pytest.raises(OrganizerError, match="enrolment"):
            Canned(body, key).enrol(asked(organizer, **other))
    body["enrolment"]["time_us"] += 1
    with pytest.raises(OrganizerError, match="signature"):
        Canned(body, key).enrol(request)


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
        fresh.exchange(token, Request("GET", "/time"))
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
