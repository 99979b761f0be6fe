"""The suite `network` on a line of known quality: tc shapes it between two network namespaces."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from client.contest.plan import Plan
from client.organizer.folder import OrganizerFolder
from tests.e2e.program import note
from tests.simulators.contest import Contest, prepare_contest
from tests.simulators.served import PATIENCE, organizer_command

pytestmark = [pytest.mark.e2e, pytest.mark.alone]
HERE, THERE = "10.78.4.10", "10.78.4.1"
ROOT = Path(__file__).resolve().parents[2]
MEASURE = """
import json, sys, threading
from client.contest.plan import load_plan
from client.preflight.probes.adapters import find_networks
from client.preflight.probes.bandwidth import BandwidthRun
from client.preflight.probes.delay import DelayRun
from client.preflight.suites.network import _BULK, _QUICK, connect
what, file = sys.argv[1:]
plan = load_plan(open(file, "rb").read()).plan
calm = threading.Event()
calm.set()
if what == "delay":
    found = DelayRun(connect(plan, _QUICK), calm, seconds=8)()
elif what == "bandwidth":
    found = BandwidthRun(connect(plan, _BULK), 100_000, calm)()
else:
    found = find_networks(plan.organizer.address)
print(found.model_dump_json())
"""


def run(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True)


@dataclass
class Line:
    """Two ends of one cable, the organizer at the far one."""

    near: str
    far: str
    contest: Contest
    plan: Path

    def shape(self, *words: str) -> None:
        """Shape what leaves either end, as `tc qdisc ... root` takes it."""
        for end, device in ((self.near, "lan0"), (self.far, "wan0")):
            try:
                run("tc", "-n", end, "qdisc", "replace", "dev", device, "root", *words)
            except subprocess.CalledProcessError as error:
                pytest.skip(f"this kernel has no {words[0]} ({error.stderr!r}): NOT TESTED")

    def measure(self, what: str) -> dict:
        """Measure in a process of its own at the near end."""
        command = ["ip", "netns", "exec", self.near, sys.executable, "-c", MEASURE, what]
        command.append(str(self.plan))
        done = subprocess.run(
            command, check=False, cwd=ROOT, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    if os.geteuid() != 0:
        pytest.skip("only root can make network namespaces: the line is NOT TESTED")
    near, far = (f"sjn{os.getpid()}{end}" for end in ("near", "far"))
    root = tmp_path_factory.mktemp("line")
    with ExitStack() as things:
        try:
            for name in (near, far):
                run("ip", "netns", "add", name)
                things.callback(run, "ip", "netns", "del", name)
            peer = ("peer", "name", "wan0", "netns", far)
            run("ip", "-n", near, "link", "add", "lan0", "type", "veth", *peer)
            for end, device, at in ((near, "lan0", HERE), (far, "wan0", THERE)):
                run("ip", "-n", end, "addr", "add", f"{at}/24", "dev", device)
                run("ip", "-n", end, "link", "set", device, "up")
                run("ip", "-n", end, "link", "set", "lo", "up")
        except subprocess.CalledProcessError as error:
            pytest.skip(f"no shaped network namespaces here ({error.stderr!r}): NOT TESTED")
        organizer = {
            "name": {"zh": "组委会"},
            "phone": "0731-0000000",
            "address": f"https://{THERE}:8443",
        }
        contest = prepare_contest(root, port=8443, organizer=organizer)
        plan = root / "plan.json"
        plan.write_bytes(contest.plan.raw)
        things.enter_context(serving(far, contest.folder))
        yield Line(near, far, contest, plan)


class serving:  # noqa: N801 (used as a context)
    """`saijian organizer serve` at the far end, until the block ends."""

    def __init__(self, end: str, folder: OrganizerFolder) -> None:
        words = organizer_command(
            "serve", str(folder.path), "--host", THERE, "--port", "8443", "--tls"
        )
        command = ["ip", "netns", "exec", end, *words]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)

    def __enter__(self) -> None:
        assert self.process.stdout is not None
        assert self.process.stdout.readline()

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        finally:
            self.process.kill()
            assert self.process.stdout is not None
            self.process.stdout.close()


def test_the_plan_pins_the_far_end(line: Line) -> None:
    plan: Plan = line.contest.plan.plan
    assert plan.organizer.certificate_pem
    found = line.measure("adapters")
    (carrying,) = [adapter for adapter in found["adapters"] if adapter["carries"]]
    assert (carrying["name"], carrying["kind"]) == ("lan0", "virtual")
    assert HERE in carrying["addresses"]


def test_delay_and_jitter_are_the_line_s(line: Line) -> None:
    line.shape("netem")
    bare = line.measure("delay")
    line.shape("netem", "delay", "40ms")
    slow = line.measure("delay")
    line.shape("netem", "delay", "40ms", "20ms")
    uneven = line.measure("delay")
    medians = [round(one["median_ms"], 1) for one in (bare, slow)]
    note(f"delay ms: {medians}; jitter {uneven['jitter_ms']:.1f}")
    assert 75 <= slow["median_ms"] - bare["median_ms"] <= 110
    assert uneven["jitter_ms"] > slow["jitter_ms"] + 8
    assert slow["unanswered"] + slow["repeated"] <= 2


def test_lost_packets_are_seen(line: Line) -> None:
    line.shape("netem", "delay", "10ms", "loss", "8%")
    found = line.measure("delay")
    note(f"8% each way: {found['repeated']} late, {found['unanswered']} lost of {found['sent']}")
    assert found["repeated"] + found["unanswered"] >= 1


def test_a_room_on_one_line_gets_the_figure_that_each_gets_alone(line: Line) -> None:
    line.shape("tbf", "rate", "20mbit", "burst", "32kb", "latency", "100ms")
    alone = line.measure("bandwidth")
    with ThreadPoolExecutor(3) as room:
        found = list(room.map(line.measure, ["bandwidth"] * 3))
    ups = [one["up_kbps"] for one in found]
    downs = [one["down_kbps"] for one in found]
    note(f"20 Mbit/s: alone {alone['up_kbps']}/{alone['down_kbps']}; three at once {ups}/{downs}")
    assert 15_000 <= alone["up_kbps"] <= 22_000
    assert 15_000 <= alone["down_kbps"] <= 22_000
    for rates, one in ((ups, alone["up_kbps"]), (downs, alone["down_kbps"])):
        assert all(abs(rate - one) <= 0.2 * one for rate in rates)
