"""The suite `machine` on recorded Windows machines, on this one, and with probes that misbehave."""

from __future__ import annotations

import dataclasses
import json
import threading
import time
from pathlib import Path

import pytest

from client.contest.plan import Environment
from client.preflight.facts.drive import DriveFacts
from client.preflight.facts.memory import MemoryFacts
from client.preflight.facts.power import PowerFacts
from client.preflight.facts.processor import ProcessorFacts
from client.preflight.facts.restore import RestoreFacts
from client.preflight.facts.surroundings import SurroundingsFacts
from client.preflight.facts.system import SystemFacts
from client.preflight.facts.writing import WritingFacts
from client.preflight.runner import report_of, run_checks
from client.preflight.suites.machine import machine_checks
from tests.unit.preflight.test_system import plan

ASSETS = Path(__file__).parents[2] / "assets" / "machines" / "machine"
FILES = sorted(ASSETS.glob("*.json"))
FACTS = {
    "processor": ProcessorFacts,
    "memory": MemoryFacts,
    "disk": DriveFacts,
    "restore": RestoreFacts,
    "system": SystemFacts,
    "writing": WritingFacts,
    "power": PowerFacts,
    "surroundings": SurroundingsFacts,
}


def recorded(path: Path) -> tuple[dict[str, object], dict[str, str]]:
    document = json.loads(path.read_text("utf-8"))
    assert document["source"]
    facts = {
        name: FACTS[name].model_validate_json(json.dumps(value))
        for name, value in document["facts"].items()
    }
    return facts, document["expected"]


def verdicts(path: Path, environment: Environment) -> dict[str, str]:
    facts, _ = recorded(path)
    checks = machine_checks(environment, Path(), plan())
    return {check.name: check.judge(facts[check.name]).verdict for check in checks}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_recorded_machine_gets_the_expected_verdicts(path) -> None:
    _, expected = recorded(path)
    assert verdicts(path, Environment()) == expected


def test_there_are_enough_of_them_and_each_check_meets_good_and_bad_ones() -> None:
    assert len(FILES) >= 12
    seen: dict[str, set[str]] = {}
    for path in FILES:
        for name, verdict in recorded(path)[1].items():
            seen.setdefault(name, set()).add(verdict)
    assert set(seen) == set(FACTS)
    assert all("pass" in found and found - {"pass"} for found in seen.values()), seen


def test_a_plan_with_other_numbers_changes_the_verdicts() -> None:
    (path,) = (path for path in FILES if "i5-1135g7" in path.stem)
    assert set(verdicts(path, Environment()).values()) == {"pass"}
    asked = Environment(cores=8, memory_mb=32768, disk_gb=1000)
    found = verdicts(path, asked)
    assert [found[name] for name in ("processor", "memory", "disk")] == ["fail"] * 3


@pytest.fixture
def alone(monkeypatch, tmp_path):
    """Keep witnesses of the marker out of this user's folders."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr("client.preflight.probes.restore.other_places", lambda _: [])


def test_all_run_here_side_by_side_within_five_seconds(tmp_path, alone) -> None:
    checks = machine_checks(Environment(), tmp_path / "sessions", plan())
    begun = time.monotonic()
    report = report_of(checks, run_checks(checks))
    assert time.monotonic() - begun < 5.5
    found = {outcome.check.name: outcome.finding for outcome in report.outcomes}
    assert list(found) == list(FACTS)
    for name, finding in found.items():
        assert "检查过程出错" not in finding.evidence.zh, (name, finding)
    assert found["restore"].verdict == "warn"
    assert [path.name for path in (tmp_path / "sessions").iterdir()] == [".saijian-restart.json"]


def test_probes_that_throw_hang_or_return_rubbish_are_unknown(tmp_path) -> None:
    ends = threading.Event()

    def throw() -> object:
        raise OSError(5, "access denied")

    for probe, limit, said in (
        (throw, 5.0, "access denied"),
        (lambda: ends.wait(30), 0.1, "0.1 秒内没有结果"),
        (lambda: "rubbish", 5.0, "检查过程出错"),
        (lambda: None, 5.0, "检查过程出错"),
    ):
        checks = [
            dataclasses.replace(check, probe=probe, limit_seconds=limit)
            for check in machine_checks(Environment(), tmp_path)
        ]
        for outcome in run_checks(checks):
            assert outcome.finding.verdict == "unknown", outcome
            assert said in outcome.finding.evidence.zh
            assert outcome.finding.advice is not None
    ends.set()
