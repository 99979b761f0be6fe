"""A session's checks: by its plan and devices, without what could not end before filming."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from client.attempt import checking
from client.attempt.checking import checkup_of
from client.contest.plan import load_plan
from client.contest.signed import sign
from client.evidence.layout import SessionFolder
from client.preflight.checks.recording import BenchRun
from client.preflight.facts.network import AddressFacts
from client.preflight.turns import STANDARD
from client.recorder.setup import (
    Choices,
    Devices,
    Encoders,
    RecorderSetup,
    load_setup,
    save_setup,
)
from tests.documents import SESSION, plan_document
from tests.unit.contest.test_capability import GOOD


@pytest.fixture
def session(tmp_path: Path) -> SessionFolder:
    """A session whose filming begins in an hour."""
    starts = datetime.now(UTC).astimezone(timezone(timedelta(hours=8))) + timedelta(minutes=75)
    key = Ed25519PrivateKey.generate()
    document = plan_document(key)
    (paper,) = document["projects"][0]["papers"]
    paper["starts_at"] = starts.isoformat(timespec="seconds")
    paper["ends_at"] = (starts + timedelta(hours=2)).isoformat(timespec="seconds")
    folder = SessionFolder(tmp_path / "session").create()
    document.pop("signature")
    folder.plan.write_bytes(json.dumps(sign(document, key)).encode())
    devices = Devices(camera="test", microphone="test")
    save_setup(
        folder.setup,
        RecorderSetup(session=SESSION, purpose="contest", devices=devices, paper="paper"),
    )
    return folder


def test_what_the_trial_measured_is_what_the_recorder_will_open(
    session: SessionFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    class Ended(BenchRun):
        def _run(self):
            asked.extend(self._words)
            return GOOD.model_copy(update={"capture": "duplication"})

    monkeypatch.setattr(checking, "BenchRun", Ended)
    results = checkup_of(session).run(lambda _: None, STANDARD).results
    assert [result.check for result in results] == ["disk-space", "clock", "recording"]
    assert asked == ["--plan", str(session.plan), "--camera", "test", "--microphone", "test"]
    assert load_setup(session.setup).choices == Choices(
        encoders=Encoders(screen="libx264", camera="h264_qsv"), capture="duplication"
    )


def names_of(session: SessionFolder) -> set[str]:
    published = load_plan(session.plan.read_bytes())
    return {check.name for check in checking.session_checks(session, published)}


def test_what_takes_long_is_left_out_when_filming_is_about_to_begin(session: SessionFolder) -> None:
    with_time = names_of(session)
    assert {"recording", "bandwidth", "cameras", "disk-space"} <= with_time
    before = load_setup(session.setup)
    save_setup(session.setup, before.model_copy(update={"clock_offset_us": 59 * 60 * 1_000_000}))
    assert with_time - names_of(session) == {"recording", "bandwidth"}


def test_a_camera_of_the_session_on_the_network_is_tried_too(
    session: SessionFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = "http://192.168.1.8:8080/video"
    before = load_setup(session.setup)
    devices = Devices(camera=phone, microphone="test", second_camera="test")
    save_setup(session.setup, before.model_copy(update={"devices": devices}))
    given = []
    real = checking.full_checks
    monkeypatch.setattr(checking, "full_checks", lambda *a, **k: given.append(k) or real(*a, **k))
    names_of(session)
    assert given[0]["camera_sources"] == [phone]
    assert given[0]["devices_allowed"] is True


def test_the_address_is_compared_with_what_the_enrolment_told(
    session: SessionFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = load_setup(session.setup)
    enrolment = {"address": "192.0.2.7"}
    told = before.model_copy(update={"addresses": ("203.0.113.0/24",), "enrolment": enrolment})
    save_setup(session.setup, told)
    published = load_plan(session.plan.read_bytes())
    checks = checking.session_checks(session, published)
    (address,) = [check for check in checks if check.name == "address"]
    assert address.judge(AddressFacts(seen="203.0.113.9")).verdict == "pass"
    other = address.judge(AddressFacts(seen="192.0.2.7"))
    assert (other.verdict, "203.0.113.0/24" in other.evidence.zh) == ("warn", True)
    save_setup(session.setup, told.model_copy(update={"addresses": ()}))
    (address,) = [
        check for check in checking.session_checks(session, published) if check.name == "address"
    ]
    assert address.judge(AddressFacts(seen="192.0.2.7")).verdict == "pass"
    assert "192.0.2.7" in address.judge(AddressFacts(seen="203.0.113.9")).evidence.zh
