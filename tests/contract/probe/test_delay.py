"""Delay and loss against the organizer's own process, through a relay of known slowness."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress

import pytest

from client.preflight.probes.delay import DelayRun
from client.remote.client import OrganizerClient
from client.remote.transport import Timeouts
from tests.simulators.contest import prepare_contest
from tests.simulators.served import served


class Relay:
    """Passes TCP on to a port of loopback; the server's n-th piece comes `seconds(n)` later."""

    def __init__(self, port: int) -> None:
        self.seconds = lambda _: 0.0
        self._port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._open: list[socket.socket] = [self._listener]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        for one in self._open:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near = self._listener.accept()[0]
                far = socket.create_connection(("127.0.0.1", self._port))
                for end in (near, far):
                    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._open += [near, far]
                for pump, ends in ((self._up, (near, far)), (self._down, (far, near))):
                    threading.Thread(target=pump, args=ends, daemon=True).start()

    def _up(self, near: socket.socket, far: socket.socket) -> None:
        with suppress(OSError):
            while piece := near.recv(65536):
                far.sendall(piece)
            far.shutdown(socket.SHUT_WR)

    def _down(self, far: socket.socket, near: socket.socket) -> None:
        count = 0
        with suppress(OSError):
            while piece := far.recv(65536):
                time.sleep(self.seconds(count))
                count += 1
                near.sendall(piece)
            near.shutdown(socket.SHUT_WR)


@pytest.fixture(scope="module")
def relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Relay, str]]:
    contest = prepare_contest(tmp_path_factory.mktemp("organizer"), scheme="https")
    with (
        served(contest.folder, "--tls", "--port", str(contest.port)),
        closing(Relay(contest.port)) as made,
    ):
        yield made, contest.plan.plan.organizer.certificate_pem


@pytest.fixture
def measure(relay):
    made, pem = relay
    timeouts = Timeouts(connect=2, read=2, whole=4)

    def measure(seconds, how_long):
        made.seconds = seconds
        client = OrganizerClient(
            f"https://127.0.0.1:{made.port}", certificate_pem=pem, timeouts=timeouts
        )
        calm = threading.Event()
        facts = DelayRun(client, calm, how_long)()
        assert calm.is_set()
        return facts

    return measure


def test_a_slow_line_is_delay_and_neither_jitter_nor_loss(measure) -> None:
    bare = measure(lambda _: 0.0, 1.5)
    slow = measure(lambda _: 0.1, 2.5)
    assert 85 <= slow.median_ms - bare.median_ms <= 250
    assert slow.unanswered == 0


def test_an_answer_that_comes_much_later_is_a_lost_packet(measure) -> None:
    facts = measure(lambda count: 0.5 if count % 5 == 0 else 0.0, 4.0)
    assert facts.repeated >= 2
    assert facts.unanswered == 0
    assert facts.longest_ms >= 480
    assert facts.loss_percent >= 10
    assert facts.median_ms < 300
