"""Leaving a session: the recorder is asked, the uploader ended, nothing is deleted."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from client.attempt import leaving
from client.attempt.leaving import leave, processes_of
from client.attempt.states import State
from client.base.errors import RecorderError, StateError
from client.base.text import Text
from client.evidence.layout import SessionFolder
from tests.simulators.session import FakeSession

WAITS = "import sys, time; print('up', flush=True); time.sleep(60)"
DEAF = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {WAITS}"


@pytest.fixture
def start() -> Iterator[object]:
    """Start a process whose command line is a recorder's or uploader's."""
    started: list[subprocess.Popen[bytes]] = []

    def run(kind: str, folder: Path, code: str = WAITS) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", code, kind, "--session", str(folder)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE)
        started.append(process)
        assert process.stdout is not None
        process.stdout.readline()
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeSession:
    monkeypatch.setattr(leaving, "SEALS_S", 0.2)
    monkeypatch.setattr(leaving, "LEAVES_S", 0.5)
    return FakeSession(tmp_path, State.CONTEST)


def test_the_recorder_is_asked_and_what_stays_is_ended(start, session, tmp_path):
    session.folder.create()
    kept = session.folder.path / "screen-01.mp4"
    kept.write_bytes(b"film")
    mine = [start("recorder", session.folder.path), start("uploader", session.folder.path)]
    other = start("uploader", tmp_path / "another")
    assert {p.pid for p in processes_of(session.folder)} == {p.pid for p in mine}
    leave(session)
    assert session.calls[:2] == ["end", "close"]
    assert [process.wait(5) is not None for process in mine] == [True, True]
    assert other.poll() is None
    assert kept.read_bytes() == b"film"


@pytest.mark.skipif(sys.platform == "win32", reason="there nothing can refuse to be ended")
def test_a_deaf_one_is_killed(start, session):
    deaf = start("uploader", session.folder.path, DEAF)
    leave(session)
    assert deaf.wait(5) is not None


def test_a_sealed_session_is_not_asked(session):
    session.folder.create()
    session.folder.seal.write_bytes(b"{}")
    leave(session)
    assert set(session.calls) == {"close"}


@pytest.mark.parametrize("kind", [StateError, RecorderError])
def test_a_recorder_that_does_not_answer_is_ended_too(start, session, kind):
    session.raises["end"] = kind(Text("不行。", "No."), Text("请等。", "Wait."))
    recorder = start("recorder", session.folder.path)
    leave(session)
    assert recorder.wait(5) is not None


def test_a_second_ctrl_c_while_leaving_ends_all_at_once(start, session):
    session.raises["end"] = KeyboardInterrupt()  # type: ignore[assignment]
    recorder = start("recorder", session.folder.path)
    with pytest.raises(KeyboardInterrupt):
        leave(session)
    assert recorder.wait(5) is not None
    assert processes_of(SessionFolder(session.folder.path)) == []
