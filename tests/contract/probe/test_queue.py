"""Sixty computers of one room against the organizer's own process and TLS: each gets its turn."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from client.base.errors import OrganizerError
from client.contest.plan import Plan
from client.preflight.checks.address import KnownAddresses
from client.preflight.facts.network import BandwidthFacts
from client.preflight.probes import bandwidth as measuring
from client.preflight.probes.bandwidth import BandwidthRun
from client.preflight.runner import run_checks
from client.preflight.suites.network import network_checks
from client.remote.client import OrganizerClient
from client.remote.probing import enter_queue, leave_queue, send_piece
from client.remote.transport import Timeouts
from tests.simulators.contest import prepare_contest
from tests.simulators.served import served

COMPUTERS = 60
CONNECTIONS = 10
"""So many computers share a client of ours; each has a connection of its own."""
ENOUGH_KBPS = 4000
PATIENT = Timeouts(connect=10, read=15, whole=20)


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plan]:
    contest = prepare_contest(tmp_path_factory.mktemp("organizer"), scheme="https")
    with served(contest.folder, "--tls", "--port", str(contest.port)):
        yield contest.plan.plan


def client_of(plan: Plan) -> OrganizerClient:
    pem = plan.organizer.certificate_pem
    assert pem, "the plan pins the organizer's certificate"
    return OrganizerClient(plan.organizer.address, certificate_pem=pem, timeouts=PATIENT)


class Watched:
    """Counts who moves bytes at the same time."""

    def __init__(self) -> None:
        self.now = self.most = 0
        self._lock = threading.Lock()

    def around(self, move):
        def moved(*words):
            with self._lock:
                self.now += 1
                self.most = max(self.most, self.now)
            try:
                move(*words)
            finally:
                with self._lock:
                    self.now -= 1

        return moved


def test_sixty_at_once_measure_one_after_another(plan, monkeypatch) -> None:
    watched = Watched()
    monkeypatch.setattr(measuring, "send_piece", watched.around(measuring.send_piece))
    monkeypatch.setattr(measuring, "fetch_piece", watched.around(measuring.fetch_piece))
    monkeypatch.setattr(measuring, "SHORTEST", 0.03)
    monkeypatch.setattr(measuring, "MOST_BYTES", 256 * 1024)
    calm = threading.Event()
    calm.set()
    told: list[str] = []
    clients = [client_of(plan) for _ in range(COMPUTERS // CONNECTIONS)] * CONNECTIONS

    def measure(client: OrganizerClient) -> BandwidthFacts:
        run = BandwidthRun(client, ENOUGH_KBPS, calm)
        run.follow(lambda text: told.append(text.zh))
        return run()

    begun = time.monotonic()
    with ThreadPoolExecutor(COMPUTERS) as room:
        found = list(room.map(measure, clients))
    took = time.monotonic() - begun
    assert watched.most == 1
    assert len(found) == COMPUTERS
    assert all(facts.up_kbps and facts.down_kbps for facts in found)
    assert took < 20
    places = {text for text in told if text.startswith("排队测速，前面还有")}
    assert len(places) > COMPUTERS // 3, "the place in the queue was told"
    assert enter_and_leave(clients[0]) == 0, "nobody is left in the queue"


def enter_and_leave(client: OrganizerClient) -> int:
    place = enter_queue(client)
    leave_queue(client, place.turn)
    return place.position


def test_only_who_has_the_turn_moves_bytes(plan) -> None:
    client = client_of(plan)
    first, second = enter_queue(client), enter_queue(client)
    try:
        assert (first.position, second.position) == (0, 1)
        with pytest.raises(OrganizerError):
            send_piece(client, second.turn, 1000)
        send_piece(client, first.turn, 1000)
    finally:
        leave_queue(client, second.turn)
        leave_queue(client, first.turn)


def test_the_whole_suite_answers_within_its_twenty_seconds(plan) -> None:
    told: dict[str, int] = {}
    begun = time.monotonic()
    checks = network_checks(plan, KnownAddresses(enrolled="127.0.0.1"))
    found = {
        outcome.check.name: outcome.finding
        for outcome in run_checks(
            checks, lambda check, _: told.update({check.name: told.get(check.name, 0) + 1})
        )
    }
    assert time.monotonic() - begun < 20
    assert list(told) == ["network-delay", "bandwidth"]
    assert told["network-delay"] == 10
    for name in ("organizer-access", "network-delay", "bandwidth", "address"):
        assert found[name].verdict in {"pass", "warn"}, found[name]
    assert "127.0.0.1" in found["address"].evidence.zh


def test_another_certificate_than_the_plan_s_is_told(plan, tmp_path) -> None:
    stranger = prepare_contest(tmp_path, scheme="https").plan.plan.organizer.certificate_pem
    organizer = plan.organizer.model_copy(update={"certificate_pem": stranger})
    checks = network_checks(plan.model_copy(update={"organizer": organizer}))
    (access,) = (check for check in checks if check.name == "organizer-access")
    (outcome,) = run_checks([access])
    assert outcome.finding.verdict == "fail"
    assert "证书" in outcome.finding.evidence.zh
