"""When an uploader is started again: never one that is done, but for something new to send."""

from __future__ import annotations

from pathlib import Path

import pytest

from client.evidence.copying import Tally
from client.evidence.intake import take_in
from client.evidence.layout import SessionFolder
from client.upload import supervisor
from client.upload.progress import Problem, UploadProgress, save_progress
from client.upload.supervisor import ensure_running
from tests.growing import SESSION


class Ended:
    """A process that has ended."""

    def __init__(self, code: int | None) -> None:
        self.code = code

    def poll(self) -> int | None:
        return self.code


@pytest.fixture
def started(monkeypatch):
    """Count the starts; the next process has the code that stands in `code`."""
    starts: list[list[str]] = []
    monkeypatch.setattr(supervisor, "_started", {})
    monkeypatch.setattr(supervisor, "PAUSE_US", 0)
    starts_of: dict[str, int | None] = {"code": 0}

    def spawn(words, _log):
        starts.append(words)
        return Ended(starts_of["code"])

    monkeypatch.setattr(supervisor, "spawn_detached", spawn)
    return starts, starts_of


@pytest.fixture
def folder(tmp_path: Path) -> SessionFolder:
    return SessionFolder(tmp_path / "session").create()


def attach(folder: SessionFolder, tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"film")
    take_in(folder, tmp_path / "a.mp4", SESSION, "", Tally())


def test_one_that_is_done_is_left_alone_until_there_is_something_to_send(folder, started, tmp_path):
    starts, _ = started
    for _ in range(3):
        ensure_running(folder)
    assert len(starts) == 1
    attach(folder, tmp_path)
    ensure_running(folder)
    assert len(starts) == 2


def test_what_the_organizer_refuses_is_not_tried_for_ever(folder, started, tmp_path):
    starts, _ = started
    attach(folder, tmp_path)
    save_progress(
        folder, UploadProgress(state="stored", attached_problem=Problem(zh="不", en="no"))
    )
    for _ in range(3):
        ensure_running(folder)
    assert len(starts) == 1
    ensure_running(folder, afresh=True)
    assert len(starts) == 2, "somebody has something new"


def test_one_that_runs_or_was_refused_is_left_alone(folder, started, tmp_path):
    starts, code = started
    attach(folder, tmp_path)
    code["code"] = None
    ensure_running(folder)
    ensure_running(folder)
    assert len(starts) == 1
    supervisor._started.clear()
    code["code"] = 1
    save_progress(folder, UploadProgress(state="refused"))
    ensure_running(folder)
    ensure_running(folder)
    assert len(starts) == 2
