"""A tus server over loopback; every implementation that uploads may go to passes the same tests."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import secrets
import uuid
from dataclasses import dataclass, field

import pytest

from tests.simulators.contest import code_of, prepare_contest
from tests.simulators.served import served

VERSION = {"Tus-Resumable": "1.0.0"}


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def offset(self) -> int:
        return int(self.headers["upload-offset"])

    @property
    def problem(self) -> str:
        return json.loads(self.body)["code"]


@dataclass
class Peer:
    """Speaks HTTP to the server by nothing but the standard library."""

    port: int
    session: str
    folder: object
    headers: dict[str, str] = field(default_factory=dict)

    def say(self, method, path, headers=(), body=None, *, version=True) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        sent = {**self.headers, **(VERSION if version else {}), **dict(headers)}
        try:
            connection.request(method, path, body=body, headers=sent)
            answer = connection.getresponse()
            named = {k.lower(): v for k, v in answer.getheaders()}
            return Answer(answer.status, named, answer.read())
        finally:
            connection.close()

    def create(self, data, offset=0, name="screen-01.mp4", **changes) -> Answer:
        fields = {
            "name": name,
            "offset": offset,
            "length": len(data),
            "sha256": hashlib.sha256(data).hexdigest(),
            **changes,
        }
        return self.say(
            "POST",
            "/files",
            {"Upload-Length": str(len(data)), "Upload-Metadata": metadata(fields)},
        )

    def patch(self, location, offset, data, **headers) -> Answer:
        digest = base64.b64encode(hashlib.sha256(data).digest()).decode()
        wanted = {
            "Content-Type": "application/offset+octet-stream",
            "Upload-Offset": str(offset),
            "Upload-Checksum": f"sha256 {digest}",
            **{k.replace("_", "-"): v for k, v in headers.items()},
        }
        return self.say("PATCH", location, {k: v for k, v in wanted.items() if v}, data)

    def head(self, location) -> Answer:
        return self.say("HEAD", location)

    def stored(self, name="screen-01.mp4") -> bytes:
        return (self.folder.session(self.session) / name).read_bytes()


def metadata(fields) -> str:
    encoded = {k: base64.b64encode(str(v).encode()).decode() for k, v in fields.items()}
    return ",".join(f"{k} {v}" for k, v in encoded.items())


@pytest.fixture(scope="session")
def contest(tmp_path_factory):
    tickets = tuple(f"T-{n}" for n in range(200))
    return prepare_contest(tmp_path_factory.mktemp("tus"), tickets=tickets)


@pytest.fixture(scope="session")
def server(contest):
    with served(contest.folder, "--port", str(contest.port)) as running:
        yield running


@pytest.fixture(scope="session")
def tickets():
    return iter(f"T-{n}" for n in range(200))


@pytest.fixture
def new_peer(server, contest, tickets):
    """Return a maker of peers, each with a session of its own."""

    def make() -> Peer:
        ticket = next(tickets)
        asked = {
            "ticket": ticket,
            "code": code_of(ticket),
            "paper": "one",
            "role": "primary",
            "session": str(uuid.uuid4()),
            "session_key": secrets.token_hex(32),
            "plan_sha256": contest.plan.sha256,
            "software": "contract test",
        }
        peer = Peer(server.port, asked["session"], contest.folder)
        answer = peer.say(
            "POST", "/enrolments", {"Content-Type": "application/json"}, json.dumps(asked)
        )
        assert answer.status == 201, answer.body
        peer.headers["Authorization"] = f"Bearer {json.loads(answer.body)['token']}"
        return peer

    return make


@pytest.fixture
def peer(new_peer):
    return new_peer()
