"""Playbooks: what the engine asks, line by line, and what it is answered.

`METHOD path [first..last] -> status name=value ...` is one exchange: the request that must come,
and its outcome. `wait 500` is a pause of exactly so many milliseconds (the random number is the
largest there is). `offset` and `length` stand for their tus headers, `at` for Location; `bare`
leaves Tus-Resumable out, `says` adds the organizer's own words. The bundle has 10 bytes, a chunk 4.
"""

from __future__ import annotations

import base64
import hashlib
import itertools

import pytest

from client.contest.signed import sha256
from client.remote.messages import BundleMeta
from client.remote.wire import NoResponse, Outcome, Request, Response
from client.upload.answers import Refused
from client.upload.engine import TABLE, Done, Event, Send, State, Upload, Wait
from client.upload.retry import CAP_US

DATA = b"0123456789"
META = BundleMeta(name="screen-01.mp4", offset=7, length=10, sha256=sha256(DATA))
ORIGIN = "http://organizer.test:8000"

PLAYBOOKS = {
    "everything goes well": """
        POST /files                  -> 201 at=/files/u1
        HEAD /files/u1               -> 200 offset=0 length=10
        PATCH /files/u1 0..4         -> 204 offset=4
        PATCH /files/u1 4..8         -> 204 offset=8
        PATCH /files/u1 8..10        -> 204 offset=10
        done""",
    "the creation tells the offset": """
        POST /files                  -> 201 at=/files/u1 offset=8
        PATCH /files/u1 8..10        -> 204 offset=10
        done""",
    "a predecessor sent it already": """
        POST /files                  -> 201 at=/files/u1 offset=10
        done""",
    "the server takes less than was sent": """
        POST /files                  -> 201 at=/files/u1 offset=0
        PATCH /files/u1 0..4         -> 204 offset=3
        PATCH /files/u1 3..7         -> 204 offset=7
        PATCH /files/u1 7..10        -> 200 offset=10
        done""",
    "the connection breaks in a PATCH": """
        POST /files                  -> 201 at=/files/u1 offset=0
        PATCH /files/u1 0..4         -> none
        wait 500
        HEAD /files/u1               -> 200 offset=4
        PATCH /files/u1 4..8         -> 204 offset=8
        PATCH /files/u1 8..10        -> 204 offset=10
        done""",
    "pauses double up to 30 s and are short again after progress": """
        POST /files                  -> none
        wait 500
        POST /files                  -> 500
        wait 1000
        POST /files                  -> 502 bare
        wait 2000
        POST /files                  -> 429
        wait 4000
        POST /files                  -> 408
        wait 8000
        POST /files                  -> 425
        wait 16000
        POST /files                  -> 503
        wait 30000
        POST /files                  -> 503
        wait 30000
        POST /files                  -> 201 at=/files/u1 offset=0
        PATCH /files/u1 0..4         -> 204 offset=4
        PATCH /files/u1 4..8         -> none
        wait 500
        HEAD /files/u1               -> 200 offset=8
        PATCH /files/u1 8..10        -> 204 offset=10
        done""",
    "Retry-After is honoured within bounds": """
        POST /files                  -> 429 retry-after=7
        wait 7000
        POST /files                  -> 503 retry-after=86400
        wait 30000
        POST /files                  -> 503 retry-after=-5
        wait 2000
        POST /files                  -> 503 retry-after=tomorrow
        wait 4000
        POST /files                  -> 201 at=/files/u1 offset=10
        done""",
    "the offset is another one": """
        POST /files                  -> 201 at=/files/u1 offset=4
        PATCH /files/u1 4..8         -> 409 says=offset_conflict
        wait 500
        HEAD /files/u1               -> 200 offset=6
        PATCH /files/u1 6..10        -> 204 offset=10
        done""",
    "the checksum did not match": """
        POST /files                  -> 201 at=/files/u1 offset=4
        PATCH /files/u1 4..8         -> 460
        wait 500
        PATCH /files/u1 4..8         -> 204 offset=8
        PATCH /files/u1 8..10        -> 460
        wait 500
        PATCH /files/u1 8..10        -> 409
        wait 1000
        HEAD /files/u1               -> 200 offset=0
        PATCH /files/u1 0..4         -> 204 offset=4
        PATCH /files/u1 4..8         -> 204 offset=8
        PATCH /files/u1 8..10        -> 204 offset=10
        done""",
    "the upload has expired": """
        POST /files                  -> 201 at=/files/u1 offset=4
        PATCH /files/u1 4..8         -> 410
        wait 500
        POST /files                  -> 201 at=/files/u2
        HEAD /files/u2               -> 404
        wait 1000
        POST /files                  -> 201 at=/files/u3 offset=10
        done""",
    "the upload is locked by the broken request before": """
        POST /files                  -> 201 at=/files/u1 offset=4
        PATCH /files/u1 4..8         -> 423
        wait 500
        HEAD /files/u1               -> 423
        wait 1000
        HEAD /files/u1               -> 200 offset=8
        PATCH /files/u1 8..10        -> 204 offset=10
        done""",
    "rubbish offsets in a PATCH are asked again": """
        POST /files                  -> 201 at=/files/u1 offset=4
        PATCH /files/u1 4..8         -> 204
        wait 500
        HEAD /files/u1               -> 200 offset=4
        PATCH /files/u1 4..8         -> 204 offset=-1
        wait 1000
        HEAD /files/u1               -> 200 offset=4
        PATCH /files/u1 4..8         -> 204 offset=99999999999999999999
        wait 2000
        HEAD /files/u1               -> 200 offset=4
        PATCH /files/u1 4..8         -> 204 offset=10
        wait 4000
        HEAD /files/u1               -> 200 offset=4
        PATCH /files/u1 4..8         -> 204 offset=4
        wait 8000
        HEAD /files/u1               -> 200 offset=8
        PATCH /files/u1 8..10        -> 204 offset=10
        done""",
    "rubbish offsets in a HEAD make it create again": """
        POST /files                  -> 201 at=/files/u1
        HEAD /files/u1               -> 200 offset=11
        wait 500
        POST /files                  -> 201 at=/files/u1
        HEAD /files/u1               -> 200 offset=4 length=11
        wait 1000
        POST /files                  -> 201 at=/files/u1
        HEAD /files/u1               -> 200 offset=x
        wait 2000
        POST /files                  -> 201 at=/files/u1 offset=10
        done""",
    "a captive portal answers everything": """
        POST /files                  -> 200 bare
        wait 500
        POST /files                  -> 302 bare at=http://portal.test/login
        wait 1000
        POST /files                  -> 403 bare
        wait 2000
        POST /files                  -> 401 bare
        wait 4000
        POST /files                  -> 201 at=/files/u1 offset=4
        PATCH /files/u1 4..8         -> 413 bare
        wait 500
        HEAD /files/u1               -> 200 bare offset=10
        wait 1000
        POST /files                  -> 201 at=/files/u1 offset=10
        done""",
    "the token is not known": """
        POST /files                  -> 401 says=token_unknown
        refused 401 token_unknown""",
    "another bundle took the place": """
        POST /files                  -> 409 says=bundle_conflict
        refused 409 bundle_conflict""",
    "a refusal in the middle, without words": """
        POST /files                  -> 201 at=/files/u1 offset=4
        PATCH /files/u1 4..8         -> 413
        refused 413""",
    "a HEAD is refused: the creation tells why": """
        POST /files                  -> 201 at=/files/u1
        HEAD /files/u1               -> 403
        wait 500
        POST /files                  -> 403 says=not_yours
        refused 403 not_yours""",
    "the server lost bytes": """
        POST /files                  -> 201 at=/files/u1 offset=8
        PATCH /files/u1 8..10        -> none
        wait 500
        HEAD /files/u1               -> 200 offset=4
        PATCH /files/u1 4..8         -> none
        wait 1000
        HEAD /files/u1               -> 200 offset=8
        PATCH /files/u1 8..10        -> 204 offset=10
        done""",
}


class Stage:
    """An upload with its clock; plays one playbook line after another."""

    def __init__(self, chunk: int = 4) -> None:
        self.upload = Upload(META, DATA, ORIGIN, lambda: 1.0, chunk)
        self.now = 1_000_000

    def play(self, line: str) -> None:
        words = line.split()
        if words[0] == "wait":
            move = self.upload.next(self.now)
            assert move == Wait(self.now + int(words[1]) * 1000), line
            assert isinstance(self.upload.next(self.now + int(words[1]) * 1000 - 1), Wait)
            self.now += int(words[1]) * 1000
        elif words[0] == "done":
            assert self.upload.next(self.now) == Done()
        elif words[0] == "refused":
            move = self.upload.next(self.now)
            assert isinstance(move, Refused)
            assert [str(move.status), move.code] == [*words[1:], ""][:2]
            assert move.reason.zh
            assert move.reason.en
        else:
            wanted, _, outcome = line.partition("->")
            move = self.upload.next(self.now)
            assert isinstance(move, Send), f"{line}: {move}"
            assert move == self.upload.next(self.now), "asking twice changes nothing"
            assert described(move.request) == " ".join(wanted.split())
            self.upload.receive(outcome_of(outcome.split()), self.now)


def described(request: Request) -> str:
    assert request.headers["Tus-Resumable"] == "1.0.0"
    text = f"{request.method} {request.path}"
    if request.method == "PATCH":
        offset = int(request.headers["Upload-Offset"])
        end = offset + len(request.body)
        assert request.body == DATA[offset:end]
        text += f" {offset}..{end}"
    return text


def outcome_of(words: list[str]) -> Outcome:
    if words == ["none"]:
        return NoResponse("connection reset")
    status, *rest = words
    headers, body = {"tus-resumable": "1.0.0"}, b""
    names = {"offset": "upload-offset", "length": "upload-length", "at": "location"}
    for word in rest:
        name, _, value = word.partition("=")
        if word == "bare":
            del headers["tus-resumable"]
        elif name == "says":
            body = b'{"code":"%s","zh":"\xe4\xb8\x8d\xe8\xa1\x8c","en":"no"}' % value.encode()
        else:
            headers[names.get(name, name)] = value
    return Response(int(status), headers, body)


@pytest.mark.parametrize("name", PLAYBOOKS)
def test_playbook(name):
    """Each line asserts (`Stage.play`; the next test shows that it does)."""
    stage = Stage()
    lines = PLAYBOOKS[name].strip().splitlines()
    assert lines
    for line in lines:
        stage.play(line.strip())


def test_a_playbook_that_is_wrong_fails():
    """The stage itself must notice another request and another pause."""
    for wrong in ("POST /elsewhere -> 201", "wait 1", "done", "refused 403"):
        with pytest.raises(AssertionError):
            Stage().play(wrong)


def test_a_creation_says_all_of_the_bundle():
    move = Stage().upload.next(0)
    assert isinstance(move, Send)
    pairs = dict(p.split(" ") for p in move.request.headers["Upload-Metadata"].split(","))
    said = {name: base64.b64decode(value).decode() for name, value in pairs.items()}
    assert said == {
        "name": "screen-01.mp4",
        "offset": "7",
        "length": "10",
        "sha256": hashlib.sha256(DATA).hexdigest(),
    }
    assert move.request.headers["Upload-Length"] == "10"
    assert move.request.body == b""


def test_every_patch_carries_the_checksum_of_its_own_bytes():
    stage = Stage()
    stage.play("POST /files -> 201 at=/files/u1 offset=4")
    move = stage.upload.next(0)
    assert isinstance(move, Send)
    digest = base64.b64encode(hashlib.sha256(b"4567").digest()).decode()
    assert move.request.headers["Upload-Checksum"] == f"sha256 {digest}"
    assert move.request.headers["Content-Type"] == "application/offset+octet-stream"


def test_a_chunk_is_never_larger_than_a_mebibyte():
    size = 3 * 1024 * 1024
    data = bytes(size)
    meta = META.model_copy(update={"length": size, "sha256": sha256(data)})
    upload = Upload(meta, data, ORIGIN, lambda: 0.0, chunk=size)
    upload.receive(outcome_of(["201", "at=/files/u1", "offset=0"]), 0)
    move = upload.next(0)
    assert isinstance(move, Send)
    assert len(move.request.body) == 1024 * 1024


@pytest.mark.parametrize(
    "location",
    [
        "http://organizer.test:8000/files/u1",
        "HTTP://ORGANIZER.test:8000/files/u1",
        "/files/u1",
        "files/u1",
    ],
)
def test_a_location_on_the_same_server_is_followed(location):
    stage = Stage()
    stage.upload.receive(outcome_of(["201", f"at={location}"]), 0)
    move = stage.upload.next(stage.now)
    assert isinstance(move, Send)
    assert described(move.request) == "HEAD /files/u1"


@pytest.mark.parametrize(
    "location",
    [
        "",
        "http://elsewhere.test/files/u1",
        "https://organizer.test:8000/files/u1",
        "http://organizer.test:8001/files/u1",
        "http://organizer.test:8000@elsewhere.test/files/u1",
        "http://user@organizer.test:8000/files/u1",
        "//elsewhere.test/files/u1",
        "/files",
        "/files/%2e%2e/seal",
        "/files/u1?token=1",
        "/files/u1#x",
        "/files/\\elsewhere",
        "/files//u1",
        "/files/u1 HTTP/1.1",
        "/files/" + "u" * 600,
        "http://[/files/u1",
        "http://organizer.test:99999/files/u1",
        "javascript:alert(1)",
    ],
)
def test_any_other_location_is_rubbish(location):
    stage = Stage()
    headers = {"tus-resumable": "1.0.0", "location": location}
    stage.upload.receive(Response(201, headers), 0)
    assert stage.upload.state is State.CREATE
    assert isinstance(stage.upload.next(0), Wait)


def test_jitter_is_full():
    """Random numbers stretch the pause from nothing to the ceiling."""
    for number, pause in ((0.0, 0), (0.5, 250_000), (0.999, 499_500)):
        upload = Upload(META, DATA, ORIGIN, lambda n=number: n)
        upload.receive(NoResponse("x"), 0)
        if pause:
            assert upload.next(0) == Wait(pause)
        else:
            assert isinstance(upload.next(0), Send)


def test_bytes_and_length_must_agree():
    with pytest.raises(ValueError, match="differ"):
        Upload(META, DATA + b"x", ORIGIN, lambda: 0.0)


OFFSETS = ["", "offset=0", "offset=4", "offset=10", "offset=11", "offset=-1"]
OUTCOMES = [
    ["none"],
    *(
        [status, *words.split()]
        for status, words in itertools.product(
            map(
                str,
                (200, 201, 204, 301, 400, 401, 403, 404, 408, 409, 410, 413, 423, 429, 460, 500),
            ),
            [f"{o} {w}" for o in OFFSETS for w in ("", "at=/files/u1", "bare", "says=some_code")],
        )
    ),
]


@pytest.mark.parametrize("before", [(), ("201 at=/files/u1",), ("201 at=/files/u1 offset=4",)])
def test_no_outcome_is_without_a_next_state(before):
    """Every state meets every outcome: TABLE knows them all, and a failure always costs a pause."""
    for outcome in OUTCOMES:
        stage = Stage()
        for line in before:
            stage.upload.receive(outcome_of(line.split()), 0)
        state, offset = stage.upload.state, stage.upload.offset
        stage.upload.receive(outcome_of(outcome), 0)
        moved_on = stage.upload.state is not state or stage.upload.offset != offset
        assert moved_on or stage.upload.failures, outcome
        move = stage.upload.next(CAP_US)
        assert not isinstance(move, Wait)


def test_the_table_leads_on_from_every_state_that_is_not_an_end():
    ends = {State.DONE, State.REFUSED}
    assert {state for state, _ in TABLE} == set(State) - ends
    assert ends <= set(TABLE.values())
    for state in set(State) - ends:
        assert TABLE[state, Event.AWAY] not in ends
        assert TABLE[state, Event.RUBBISH] not in ends
