"""The engine against other people's tus servers, where some are running.

    SAIJIAN_TUS_PEERS=http://127.0.0.1:1080,http://127.0.0.1:1081 pytest tests/contract/upload

Each must serve tus 1.0 at /files. docs/formats/upload.md tells which were tried and what differs.
"""

from __future__ import annotations

import os
import random

import pytest

from client.contest.signed import sha256
from client.remote.client import OrganizerClient
from client.remote.messages import BundleMeta
from client.remote.transport import Timeouts
from client.remote.wire import NoResponse
from client.upload.engine import Done, Send, Upload, Wait

PEERS = [peer for peer in os.environ.get("SAIJIAN_TUS_PEERS", "").split(",") if peer]
pytestmark = pytest.mark.skipif(not PEERS, reason="SAIJIAN_TUS_PEERS names no tus server")


def uploaded(peer, data, spoil=lambda number, request, outcome: outcome):
    """Upload `data`, `spoil` changing outcomes on their way; return the exchanges it took."""
    client = OrganizerClient(peer, timeouts=Timeouts(read=5))
    meta = BundleMeta(name="screen-01.mp4", offset=0, length=len(data), sha256=sha256(data))
    upload = Upload(meta, data, peer, random.Random(1).random, 40_000)
    now, seen = 0, []
    while len(seen) < 60:
        move = upload.next(now)
        if isinstance(move, Wait):
            now = move.until_us
        elif isinstance(move, Send):
            outcome = client.exchange("a-token-that-means-nothing", move.request)
            seen.append((move.request.method, getattr(outcome, "status", None)))
            upload.receive(spoil(len(seen), move.request, outcome), now)
        else:
            assert move == Done(), seen
            return upload, seen
    raise AssertionError(seen)


@pytest.mark.parametrize("peer", PEERS)
def test_a_bundle_goes_up(peer):
    _, seen = uploaded(peer, random.Random(2).randbytes(100_000))
    assert [method for method, _ in seen if method == "PATCH"] == ["PATCH"] * 3


@pytest.mark.parametrize("peer", PEERS)
def test_lost_answers_are_asked_again(peer):
    def lose(number, request, outcome):
        return NoResponse("lost") if number in (1, 4, 6) else outcome

    upload, seen = uploaded(peer, random.Random(3).randbytes(150_000), lose)
    assert upload.offset == 150_000
    assert "HEAD" in [method for method, _ in seen]
