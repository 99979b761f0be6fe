"""The trial recording as preflight runs it: a process, its answer, its end."""

from __future__ import annotations

import json
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from client.contest.capability import to_json
from client.preflight.check import Finding
from client.preflight.checks import recording
from client.preflight.checks.recording import BenchRun, recording_check
from client.preflight.runner import examine, run_checks
from tests.unit.contest.test_capability import GOOD, heavier

PATIENCE_S = 30


@pytest.fixture
def says(monkeypatch, tmp_path):
    """Let the process be this Python script."""

    def become(script: str) -> BenchRun:
        command = [sys.executable, "-c", script]
        monkeypatch.setattr(recording, "own_command", lambda *words: [*command, *words])
        return BenchRun(tmp_path / "sessions" / "not-made-yet")

    return become


def printing(document: object) -> str:
    return f"print({json.dumps(json.dumps(document))})"


def found(run: BenchRun) -> Finding:
    return examine(recording_check(run))


@pytest.mark.parametrize(
    ("measured", "verdict"), [(GOOD, "pass"), (heavier(40), "warn"), (heavier(90), "fail")]
)
def test_what_is_measured_is_judged(says, measured, verdict: str):
    run, kept = says(printing(to_json(measured))), []
    run._keep = kept.append
    finding = found(run)
    assert finding.verdict == verdict
    assert (finding.advice is None) == (verdict == "pass")
    assert kept == [measured]


def test_it_is_asked_for_quickly_and_writes_where_recordings_will_lie(says, tmp_path):
    run = says("import sys; print(sys.argv[1:])")
    run._words = ("--plan", "p")
    assert found(run).verdict == "unknown"
    script = "import sys, pathlib; pathlib.Path(sys.argv[5], 'left').touch(); " + printing(
        to_json(GOOD)
    )
    run = says("import sys; assert sys.argv[1:4] == ['bench', '--quick', '--json']; " + script)
    assert found(run).verdict == "pass"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("raise SystemExit(7)", "exit code 7"),
        ("print('[]')", "exit code 0"),
        ("print('{}')", "exit code 0"),
        (
            printing(
                {
                    "error": {
                        "title": {"zh": "坏", "en": "Broken."},
                        "advice": {"zh": "修", "en": "R"},
                    }
                }
            ),
            "Broken.",
        ),
    ],
)
def test_no_result_is_unknown_and_never_good(says, script: str, words: str):
    finding = found(says(script))
    assert finding.verdict == "unknown"
    assert words in finding.evidence.en
    assert finding.advice is not None


HANGS = """
import pathlib, sys, time
pathlib.Path(sys.argv[5], "begun").write_text("x")
time.sleep(100)
"""


def begun(folder: Path) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not list(folder.glob(".saijian-trial-*/begun")):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def hanging() -> list[psutil.Process]:
    children = psutil.Process().children()
    return [child for child in children if "time.sleep(100)" in " ".join(child.cmdline())]


def test_cancelled_it_is_gone_with_all_that_it_wrote(says, tmp_path):
    run, kept = says(HANGS), []
    run._keep = kept.append
    outcomes = run_checks([recording_check(run)])
    waiting = threading.Thread(target=lambda: next(outcomes, None), daemon=True)
    waiting.start()
    begun(tmp_path)
    assert hanging()
    run.stop()
    waiting.join(PATIENCE_S)
    assert hanging() == []
    assert list(tmp_path.iterdir()) == []
    assert kept == []


def test_who_leaves_the_checks_early_ends_it(says, tmp_path):
    run = says(HANGS)
    quick = recording_check(run).__class__(
        "quick", *[("无", "none")] * 2, lambda: 1, lambda _: None
    )
    outcomes = run_checks([quick, recording_check(run)])
    next(outcomes)
    begun(tmp_path)
    outcomes.close()
    assert hanging() == []
    assert list(tmp_path.iterdir()) == []


def test_one_that_takes_too_long_is_ended(says, monkeypatch, tmp_path):
    monkeypatch.setattr(recording, "LIMIT_S", 1.0)
    finding = found(says(HANGS))
    assert finding.verdict == "unknown"
    assert "within 1 s" in finding.evidence.en
    assert hanging() == []


def test_stopped_before_it_began_it_does_not_run(says, tmp_path):
    run = says(printing(to_json(GOOD)))
    run.stop()
    assert found(run).verdict == "unknown"
