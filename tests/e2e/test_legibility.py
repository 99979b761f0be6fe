"""A printed card before a phone's camera: read by the program's own process, which leaves nothing.

The phone is a real MJPEG server; the reader is the one that is shipped.
"""

from __future__ import annotations

import json

import pytest

from client.contest.plan import Environment
from client.preflight.probes import card, devices
from client.preflight.runner import run_checks
from client.preflight.suites.software import software_checks
from client.preflight.turns import in_turn
from tests.e2e.program import desk, marked
from tests.phones import phone
from tests.simulators.phone import PRINT

pytestmark = pytest.mark.e2e


def looked(address: str, *names: str):
    checks = software_checks(Environment(), allowed=True, camera_sources=(address,))
    wanted = [check for check in checks if check.name in names]
    return {one.check.name: one.finding for one in run_checks(in_turn(wanted))}


def test_a_legible_card_a_blurred_one_and_none(monkeypatch) -> None:
    for module in (card, devices):  # the phone is on loopback here
        monkeypatch.setattr(module, "origin_of_address", lambda _: "real")
    with phone() as address:
        both = looked(f"{address}/card", "cameras", "legibility")
        assert both["legibility"].verdict == "pass", both
        assert "1280x720" in both["cameras"].evidence.zh
        none = looked(f"{address}/card?lines=0", "legibility")["legibility"]
        assert none.verdict == "unknown", none
        assert "举到镜头前" in none.advice.zh
        blurred = looked(f"{address}/card?blur=9", "legibility")["legibility"]
        assert blurred.verdict == "warn", blurred


def test_the_process_tells_no_letter_and_leaves_no_file() -> None:
    with desk() as at, phone() as address:
        done = at.run("legible", f"{address}/card", "3")
        trial, *readings = map(json.loads, done.out.splitlines())
        assert trial["works"]
        assert readings[-1]["characters"] >= 40
        words = {word for line in PRINT for word in line.split() if len(word) > 4}
        assert not [word for word in words if word in done.out + done.err]
        assert marked(at) == []
        kept = [path for path in at.home.rglob("*") if path.is_file()]
        assert {path.suffix for path in kept} == {".out", ".err"}


def test_a_camera_of_this_computer_s_own_making_never_passes() -> None:
    with desk() as at, phone() as address:
        words = ["--only", "legibility", "--camera", f"{address}/card", "--devices", "yes"]
        done = at.run("preflight", *words, "--json")
        (result,) = json.loads(done.out)["results"]
        assert result["verdict"] == "unknown"
        assert "no real camera" in result["evidence"]["en"]
