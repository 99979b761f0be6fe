"""What opens the window with what."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from client import wiring
from client.cli.link import UnknownPlanError
from client.contest.signed import sign
from client.evidence.layout import SessionFolder
from client.preflight.checks import recording
from client.recorder.setup import (
    Choices,
    Devices,
    Encoders,
    RecorderSetup,
    load_setup,
    save_setup,
)
from client.ui.start import StartPoint
from tests.documents import SESSION, plan_document
from tests.unit.contest.test_capability import GOOD


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[StartPoint]:
    """Collect what the window would show."""
    from client.ui import app

    found: list[StartPoint] = []
    monkeypatch.setattr(app, "run", lambda start: found.append(start) or 0)
    return found


def test_a_link_fills_the_form(shown: list[StartPoint]) -> None:
    assert wiring.open_window("saijian://h.example/plan") == 0
    (start,) = shown
    assert start.wish.plan == "https://h.example/plan"
    assert start.problem is None


def test_a_refused_link_opens_an_empty_form_with_a_sentence(shown: list[StartPoint]) -> None:
    assert wiring.open_window("saijian:file:///etc/passwd") == 0
    (start,) = shown
    assert start.wish.plan == ""
    assert isinstance(start.problem, UnknownPlanError)


@pytest.mark.parametrize("plan", ["", None])
def test_without_anything_it_is_the_start_page(shown: list[StartPoint], plan: str | None) -> None:
    wiring.open_window(plan)
    assert shown[0].wish.plan == ""
    assert shown[0].problem is None


def test_a_session_is_opened_by_its_folder(
    shown: list[StartPoint], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    wiring.open_window(session=Path("甲"))
    assert shown[0].wish.folder == tmp_path / "甲"


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


def test_what_preflight_measured_is_what_the_recorder_will_open(
    session: SessionFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    class Ended(recording.BenchRun):
        def __call__(self):
            asked.extend(self._words)
            self.measured = GOOD.model_copy(update={"capture": "duplication"})
            return self.measured

    monkeypatch.setattr(recording, "BenchRun", Ended)
    results = wiring.run_preflight(session)
    assert [result.check for result in results] == ["disk-space", "clock", "recording"]
    assert asked == ["--plan", str(session.plan), "--camera", "test", "--microphone", "test"]
    assert load_setup(session.setup).choices == Choices(
        encoders=Encoders(screen="libx264", camera="h264_qsv"), capture="duplication"
    )


def test_nothing_is_measured_when_filming_is_about_to_begin(
    session: SessionFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = load_setup(session.setup)
    near = before.model_copy(update={"clock_offset_us": 59 * 60 * 1_000_000})
    save_setup(session.setup, near)
    monkeypatch.setattr(recording, "BenchRun", lambda *_: pytest.fail("measured"))
    results = wiring.run_preflight(session)
    assert [result.check for result in results] == ["disk-space", "clock"]
    assert load_setup(session.setup).choices == Choices()
