"""One heartbeat: what is sent, what is kept, what is told."""

from __future__ import annotations

import json
import threading

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from client.contest.signed import public_key, sign
from client.evidence.journal import settled_line
from client.remote.wire import NoResponse, Response
from client.upload.board import Board
from client.upload.heart import Books, Heart, Pulse
from client.upload.receipts import ReceiptBook, Trust
from tests.growing import SESSION, Growing

KEY = Ed25519PrivateKey.generate()


class Organizer:
    """Countersigns what comes, changed by `spoil`."""

    def __init__(self):
        self.asked = []
        self.spoil = lambda document: document
        self.instead = None
        self.beaten = threading.Semaphore(0)

    def exchange(self, token, request):
        self.asked.append(json.loads(request.body))
        self.beaten.release()
        assert request.path == "/heartbeats"
        if self.instead is not None:
            return self.instead
        document = {
            "kind": "saijian.receipt/1",
            "session": SESSION,
            "head": self.asked[-1]["head"],
            "time_us": 77,
            "address": "203.0.113.7",
            "nonce": "2" * 64,
            "other": None,
            "key": public_key(KEY),
        }
        body = {"receipt": self.spoil(sign(document, KEY)), "time_us": 77}
        return Response(200, {}, json.dumps(body).encode())


@pytest.fixture
def stage(tmp_path):
    growing = Growing(tmp_path / "session").open()
    trust = Trust((public_key(KEY),), SESSION, growing.session_key)
    book = ReceiptBook(growing.folder)
    board = Board(lambda _: None, lambda: 0)
    organizer = Organizer()
    heart = Heart(organizer, "t", Books(growing.folder, book, trust, board))
    yield growing, organizer, heart, board, book
    book.close()


def test_the_head_goes_out_and_the_receipt_is_kept(stage):
    growing, organizer, heart, board, book = stage
    board.count(100, 40)
    heart.beat(recorded_us=9)
    head = settled_line(growing.folder.journal).head
    assert head.seq == growing.journal.head.seq - 1  # a power cut could still take the newest line
    assert organizer.asked == [
        {
            "head": head.model_dump(),
            "recorded_us": 9,
            "uploaded_bytes": 40,
            "pending_bytes": 60,
        }
    ]
    assert heart.receipted == head
    assert [d["time_us"] for d in book.newest_first()] == [77]
    assert (board.progress.last_receipt_us, board.progress.address) == (77, "203.0.113.7")


def test_a_journal_without_lines_has_no_heartbeat(stage):
    growing, organizer, heart, *_ = stage
    growing.folder.journal.write_bytes(b"")
    heart.beat(0)
    assert organizer.asked == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda d: {**d, "time_us": 78},
        lambda d: {},
        lambda d: sign({**d, "head": {"seq": 0, "sha256": "0" * 64}}, KEY),
        lambda d: sign(d, Ed25519PrivateKey.generate()),
    ],
)
def test_a_wrong_receipt_is_not_kept(stage, spoil):
    _, organizer, heart, board, book = stage
    organizer.spoil = spoil
    heart.beat(0)
    assert list(book.newest_first()) == []
    assert heart.receipted is None
    assert board.progress.state == "away"
    assert heart.refused is None
    organizer.spoil = lambda document: document
    heart.beat(0)
    assert board.progress.last_problem is None
    assert heart.receipted is not None


@pytest.mark.parametrize(
    "outcome",
    [
        NoResponse("time-out"),
        Response(500),
        Response(200, {}, b"<html>"),
        Response(403, {}, b"blocked by the school"),
        Response(401, {}, b""),
        Response(422, {}, b'{"code":"bad_request","zh":"x","en":"x"}'),
    ],
)
def test_what_may_pass_ends_nothing(stage, outcome):
    _, organizer, heart, board, book = stage
    organizer.instead = outcome
    heart.beat(0)
    assert heart.refused is None
    assert board.progress.last_problem is not None
    assert list(book.newest_first()) == []


@pytest.mark.parametrize(
    ("status", "code"), [(401, "token_unknown"), (409, "journal_forked"), (401, "whatever")]
)
def test_what_is_final_is_noted_with_its_words(stage, status, code):
    _, organizer, heart, *_ = stage
    body = json.dumps({"code": code, "zh": "不行", "en": "no"}).encode()
    organizer.instead = Response(status, {}, body)
    heart.beat(0)
    assert heart.refused is not None
    assert heart.refused.reason.zh == "不行"


def test_the_pulse_beats_once_more_for_the_last_head(stage):
    growing, organizer, heart, *_ = stage
    pulse = Pulse(heart, 3600, lambda: 0)
    pulse.start()
    assert organizer.beaten.acquire(timeout=10)
    growing.record(4, "screen-01.mp4")
    pulse.finish(10)
    head = settled_line(growing.folder.journal).head
    assert [a["head"]["seq"] for a in organizer.asked][-1] == head.seq
    assert heart.receipted == head


def test_a_head_that_is_countersigned_is_not_sent_again(stage):
    """A session that waits for days, as for a drive, would fill its list of receipts."""
    growing, organizer, heart, *_ = stage
    heart.beat(0)
    heart.beat(0)
    assert len(organizer.asked) == 1
    growing.record(4, "screen-01.mp4")
    heart.beat(0)
    assert len(organizer.asked) == 2


def test_a_pause_that_the_organizer_asks_for_is_kept(stage):
    growing, organizer, heart, board, _ = stage
    body = b'{"code":"too_many_beats","zh":"x","en":"x"}'
    organizer.instead = Response(429, {"retry-after": "20"}, body)
    pulse = Pulse(heart, 0.01, lambda: 0)
    pulse.start()
    assert organizer.beaten.acquire(timeout=10)
    assert not organizer.beaten.acquire(timeout=0.5)
    assert heart.refused is None
    assert board.progress.last_problem is not None
    organizer.instead = None
    pulse.finish(10)
    assert heart.receipted == settled_line(growing.folder.journal).head


def test_an_error_of_ours_is_noticed(stage):
    _, organizer, heart, *_ = stage
    organizer.exchange = None
    pulse = Pulse(heart, 3600, lambda: 0)
    pulse.start()
    pulse.finish(10)
    assert pulse.broken
