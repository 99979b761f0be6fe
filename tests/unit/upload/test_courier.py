"""Carrying bundles in virtual time: the share of the line, the pauses, the words."""

from __future__ import annotations

import itertools
import random

import pytest

from client.remote.wire import Request, Response
from client.upload.answers import Refused
from client.upload.courier import STEP_US, Courier, Route
from client.upload.cutting import Bundle
from client.upload.engine import Done
from client.upload.pacing import OVERHEAD, Pacer
from tests.unit.upload.model import FAULTS, TusModel
from tests.unit.upload.virtual import VirtualTimer

SECOND = 1_000_000
RATE = 250_000


class Model:
    """A connection to a TusModel that notes when how much was sent, and fails by chance."""

    def __init__(self, timer, faults=0.0, seed=1):
        self.server, self.timer, self.faults = TusModel(), timer, faults
        self.random = random.Random(seed)
        self.sent = []

    def exchange(self, token, request: Request):
        assert token == "secret-token-0123"
        self.sent.append((self.timer.us, len(request.body)))
        self.timer.us += self.random.randrange(200_000)
        bad = self.random.random() < self.faults
        return self.server.exchange(request, self.random.choice(FAULTS) if bad else None)


def courier(model, timer, steps=None, troubles=None):
    def on_step():
        if steps is not None:
            steps.append(timer.us)

    def on_trouble(problem):
        if troubles is not None:
            troubles.append(problem)

    route = Route(model, "secret-token-0123", "http://o.test")
    return Courier(route, Pacer(RATE), timer, random.Random(2).random, on_step, on_trouble)


@pytest.mark.parametrize("faults", [0.0, 0.3])
def test_the_rate_is_never_above_the_share(faults):
    timer = VirtualTimer()
    model = Model(timer, faults)
    carrier = courier(model, timer)
    for number in range(12):
        size = random.Random(number).randrange(1, 2_000_000)
        data = random.Random(number).randbytes(size)
        bundle = Bundle("screen-01.mp4", number * 2_000_000, number * 2_000_000 + size)
        assert carrier.carry(bundle, data) == Done()
        assert any(held.data == data for held in model.server.uploads.values())
    for began, _ in model.sent:
        window = [size + OVERHEAD for at, size in model.sent if began <= at < began + 2 * SECOND]
        assert sum(window) <= 2 * RATE


def test_steps_are_made_while_waiting_too():
    """A pause of 30 s must not keep the uploader from noticing that it is to end."""
    timer, steps = VirtualTimer(), []
    model = Model(timer)
    answers = iter([Response(503, {"retry-after": "30"})])
    real = model.server.exchange
    model.server.exchange = lambda request, fault: next(answers, None) or real(request, fault)
    bundle = Bundle("screen-01.mp4", 0, 10)
    assert courier(model, timer, steps).carry(bundle, b"x" * 10) == Done()
    assert len(steps) > 30
    pauses = [b - a for a, b in itertools.pairwise(steps)]
    assert max(pauses) <= STEP_US + 200_000


def test_trouble_is_told_in_words_and_its_end_too():
    timer, troubles = VirtualTimer(), []
    model = Model(timer)
    faults = iter(["lost request", "portal 200", "500"])
    real = model.server.exchange
    model.server.exchange = lambda request, fault: real(request, next(faults, None))
    bundle = Bundle("screen-01.mp4", 0, 1)
    assert courier(model, timer, None, troubles).carry(bundle, b"x") == Done()
    said = [t.zh if t else None for t in troubles]
    assert "联系不上" in said[0]
    assert "不是来自组委会" in said[1]
    assert "暂时出错" in said[2]
    assert said[-1] is None


def test_a_refusal_comes_back():
    timer = VirtualTimer()
    model = Model(timer)
    body = b'{"code":"too_large","zh":"\xe5\xa4\xaa\xe5\xa4\xa7","en":"too large"}'
    model.server.exchange = lambda request, fault: Response(413, {}, body)
    move = courier(model, timer).carry(Bundle("screen-01.mp4", 0, 1), b"x")
    assert isinstance(move, Refused)
    assert move.code == "too_large"
    assert move.reason.zh == "太大"
