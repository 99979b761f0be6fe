"""Whatever goes wrong, once the organizer is healthy the bytes are there, each in its place."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from client.contest.signed import sha256
from client.remote.messages import BundleMeta
from client.upload.engine import Done, Send, Upload, Wait
from tests.unit.upload.model import FAULTS, TusModel

HEALTHY_EXCHANGES = 60
NONE = st.none()


@settings(max_examples=400)
@given(
    data=st.binary(min_size=1, max_size=40),
    chunk=st.integers(1, 16),
    faults=st.lists(st.one_of(NONE, st.sampled_from(FAULTS)), max_size=25),
    seed=st.integers(0, 2**16),
)
def test_faults_followed_by_health_complete_the_bundle(data, chunk, faults, seed):
    server, now = TusModel(), 0
    meta = BundleMeta(name="contest-01.mp4", offset=0, length=len(data), sha256=sha256(data))
    upload = Upload(meta, data, "http://o.test", random.Random(seed).random, chunk)
    plan = iter(faults)
    for _ in range(2 * (len(faults) + HEALTHY_EXCHANGES)):
        move = upload.next(now)
        if isinstance(move, Wait):
            assert now < move.until_us <= now + 30_000_000
            now = move.until_us
        elif isinstance(move, Send):
            upload.receive(server.exchange(move.request, next(plan, None)), now)
        else:
            break
    assert move == Done()
    held = server.uploads[upload._path]
    assert held.data == data


@settings(max_examples=60)
@given(fault=st.sampled_from([f for f in FAULTS if f != "bit flipped on the way"]))
def test_a_fault_that_lasts_costs_few_exchanges(fault):
    """An hour of the same fault: no more requests than pauses of 30 s on average 15 s allow."""
    server, now, exchanges = TusModel(), 0, 0
    data = b"x" * 10
    meta = BundleMeta(name="contest-01.mp4", offset=0, length=10, sha256=sha256(data))
    upload = Upload(meta, data, "http://o.test", random.Random(7).random, 4)
    while now < 3600 * 1_000_000:
        move = upload.next(now)
        if isinstance(move, Wait):
            now = move.until_us
        elif isinstance(move, Send):
            exchanges += 1
            upload.receive(server.exchange(move.request, fault), now)
        else:
            assert move == Done()
            return
    assert exchanges < 600
