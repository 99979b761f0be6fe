"""The engine against the real organizer over loopback: real client, real faults."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from client.contest.signed import sha256
from client.remote.messages import BundleMeta
from client.remote.wire import NoResponse
from client.upload.answers import Refused
from client.upload.credentials import Token, load_credentials
from client.upload.engine import Done, Send, Upload, Wait
from tests.contract.upload.scene import Scene
from tests.growing import SESSION
from tests.simulators.organizer import Fault

NAME = "contest-01.mp4"
SETTLED = 80
"""Exchanges after which an upload must be complete."""
STRIDE = 4096
"""Examples lie side by side in one file of the organizer, each in a place of its own."""


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    scene = Scene(tmp_path_factory.mktemp("engine"))
    yield scene
    scene.organizer.leave()


class Line:
    """One upload over the real client; pauses cost no time."""

    def __init__(self, scene, upload):
        credentials = load_credentials(scene.folder.token)
        assert isinstance(credentials, Token)
        self.token = credentials.token
        self.client = scene.client(read_seconds=5)
        self.upload = upload
        self.now = 0

    def run(self, on_exchange=lambda: None):
        for _ in range(SETTLED):
            move = self.upload.next(self.now)
            if isinstance(move, Wait):
                self.now = move.until_us
            elif isinstance(move, Send):
                on_exchange()
                outcome = self.client.exchange(self.token, move.request)
                self.upload.receive(outcome, self.now)
            else:
                return move
        raise AssertionError("it does not end")


def upload_of(data, offset, chunk, seed=1, origin=""):
    meta = BundleMeta(name=NAME, offset=offset, length=len(data), sha256=sha256(data))
    return Upload(meta, data, origin, random.Random(seed).random, chunk)


places = iter(range(0, 10**9, STRIDE))


@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    data=st.binary(min_size=1, max_size=STRIDE),
    chunk=st.integers(256, 2048),
    faults=st.lists(
        st.tuples(
            st.sampled_from(
                [
                    *("error", "rubbish", "redirect", "cut", "cut_body", "lost"),
                    *("checksum", "corrupt", "forget", "vanish", "misreport"),
                ]
            ),
            st.sampled_from(["POST", "HEAD", "PATCH", "*"]),
            st.integers(0, 3),
        ),
        max_size=6,
    ),
    seed=st.integers(0, 99),
)
def test_any_faults_and_then_health_bring_the_same_bytes(scene, data, chunk, faults, seed):
    offset = next(places)
    scene.organizer.forget_faults()
    scene.organizer.play(*(Fault(a, method=m, path="/files", after=n) for a, m, n in faults))
    upload = upload_of(data, offset, chunk, seed, scene.organizer.address)
    assert Line(scene, upload).run() == Done()
    assert scene.organizer.stored(SESSION, NAME)[offset : offset + len(data)] == data


def test_a_successor_goes_on_where_its_predecessor_was_killed(scene):
    scene.organizer.forget_faults()
    data, offset = random.Random(3).randbytes(4000), next(places)
    first = upload_of(data, offset, 1000, origin=scene.organizer.address)
    line = Line(scene, first)
    for _ in range(3):
        move = first.next(0)
        assert isinstance(move, Send)
        first.receive(line.client.exchange(line.token, move.request), 0)
    assert first.offset == 2000
    before = len(scene.organizer.seen("PATCH"))
    second = upload_of(data, offset, 1000, origin=scene.organizer.address)
    assert Line(scene, second).run() == Done()
    assert len(scene.organizer.seen("PATCH")) == before + 2
    assert scene.organizer.stored(SESSION, NAME)[offset : offset + 4000] == data


def test_two_uploaders_of_one_bundle_do_no_harm(scene):
    """It must not happen (there is a lock), and if it does nothing breaks."""
    scene.organizer.forget_faults()
    data, offset = random.Random(4).randbytes(4000), next(places)
    lines = [
        Line(scene, upload_of(data, offset, 700, seed, scene.organizer.address)) for seed in (1, 2)
    ]
    for _ in range(SETTLED):
        for line in lines:
            move = line.upload.next(line.now)
            if isinstance(move, Wait):
                line.now = move.until_us
            elif isinstance(move, Send):
                outcome = line.client.exchange(line.token, move.request)
                line.upload.receive(outcome, line.now)
    assert [line.upload.next(line.now) for line in lines] == [Done(), Done()]
    assert scene.organizer.stored(SESSION, NAME)[offset : offset + 4000] == data


def test_another_content_for_the_same_place_is_refused(scene):
    scene.organizer.forget_faults()
    offset = next(places)
    assert Line(scene, upload_of(b"a" * 50, offset, 256, origin=scene.organizer.address)).run()
    other = upload_of(b"b" * 50, offset, 256, origin=scene.organizer.address)
    move = Line(scene, other).run()
    assert isinstance(move, Refused)
    assert move.code == "bundle_conflict"


def test_nobody_there_is_no_refusal(scene):
    scene.organizer.forget_faults()
    data, offset = b"x" * 10, next(places)
    upload = upload_of(data, offset, 256, origin=scene.organizer.address)
    line = Line(scene, upload)
    with scene.organizer.away():
        for _ in range(5):
            move = upload.next(line.now)
            if isinstance(move, Wait):
                line.now = move.until_us
                continue
            assert isinstance(move, Send)
            outcome = line.client.exchange(line.token, move.request)
            assert isinstance(outcome, NoResponse)
            upload.receive(outcome, line.now)
    assert line.run() == Done()
