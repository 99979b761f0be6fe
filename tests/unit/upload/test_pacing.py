from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from client.upload.pacing import OVERHEAD, Pacer

SECOND = 1_000_000


def sends(rate, bodies, idle):
    """Send `bodies` one after another, with idle times between; return (moment, bytes)."""
    pacer, now, sent = Pacer(rate), 0, []
    for body, pause in zip(bodies, idle, strict=False):
        now += pause
        due = pacer.due_us(body, now)
        assert due >= now
        now = due
        pacer.spend(body, now)
        sent.append((now, body + OVERHEAD))
    return sent


@settings(max_examples=300)
@given(
    rate=st.integers(2_000, 10_000_000),
    shares=st.lists(st.floats(0, 1), min_size=1, max_size=60),
    idle=st.lists(st.integers(0, 3 * SECOND), min_size=60, max_size=60),
)
def test_no_two_seconds_hold_more_than_their_share(rate, shares, idle):
    chunk = Pacer(rate).chunk
    sent = sends(rate, [int(share * chunk) for share in shares], idle)
    for began, _ in sent:
        window = [size for at, size in sent if began <= at < began + 2 * SECOND]
        assert sum(window) <= 2 * rate


def test_the_share_is_used_fully():
    """An hour of chunks without idle takes an hour: no less than 98 % of the share."""
    rate = 1_250_000
    chunk = Pacer(rate).chunk
    sent = sends(rate, [chunk] * 1000, [0] * 1000)
    took = sent[-1][0] / SECOND
    assert 0.98 * rate <= (len(sent) - 1) * chunk / took <= rate


def test_bundles_of_any_length_use_nearly_all_of_the_share():
    rate = 1_250_000
    chunk, rng = Pacer(rate).chunk, random.Random(5)
    bodies = []
    for _ in range(200):
        whole, rest = divmod(rng.randrange(100_000, 3_000_000), chunk)
        bodies += [chunk] * whole + [rest]
    sent = sends(rate, bodies, [0] * len(bodies))
    assert sum(bodies[:-1]) / (sent[-1][0] / SECOND) >= 0.9 * rate


def test_what_is_sent_at_once_after_a_long_rest_is_bounded():
    sent = sends(100_000, [Pacer(100_000).chunk] * 16, [60 * SECOND] + [0] * 15)
    first = [size for at, size in sent if at < sent[0][0] + SECOND // 2]
    assert sum(first) <= 50_000


def test_a_request_larger_than_the_allowance_is_late_but_not_stuck():
    pacer = Pacer(125)
    assert pacer.due_us(pacer.chunk, 0) == 0
    pacer.spend(pacer.chunk, 0)
    due = pacer.due_us(pacer.chunk, 0)
    assert due == (pacer.chunk + OVERHEAD) * SECOND // 125
