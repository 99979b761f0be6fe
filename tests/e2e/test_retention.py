"""What the uninstaller is told of real sessions: at work, done, and by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from client.base.files import FileLock
from client.evidence.layout import SessionFolder
from tests import devices
from tests.e2e.program import Desk, desk, eventually

pytestmark = pytest.mark.e2e
SECONDS = 15


@pytest.fixture
def at() -> Iterator[Desk]:
    with devices.display() as screen, desk(screen) as made:
        yield made


def sessions(at: Desk, *words: str | Path) -> tuple[int, list[dict[str, object]]]:
    said = at.run("retention", "--json", *words)
    return said.code, said.document["sessions"]


def test_a_rehearsal_is_held_while_it_runs_and_free_afterwards(at: Desk) -> None:
    assert sessions(at) == (0, []), "nothing was recorded here yet"
    out = at.home / "rehearsal"
    devices_of_ours = ["--camera", "test", "--microphone", "test"]
    words = ["--headless", "--json", "--seconds", str(SECONDS), "--out", out, *devices_of_ours]
    running = at.start("rehearse", *words)
    root = out / "sessions"

    def recorder_holds() -> Path | None:
        found = [p for p in root.glob("*") if p.suffix != ".private"] if root.is_dir() else []
        return next((p for p in found if FileLock(SessionFolder(p).recorder_lock).is_held()), None)

    folder = eventually(recorder_holds, 30, "a recorder")
    code, (session,) = sessions(at, root)
    assert (code, session["state"], session["kind"]) == (3, "running", "rehearsal")

    running.wait(90).ok()
    eventually(lambda: sessions(at, folder)[0] == 0, 20, "recorder and uploader are gone")
    code, (session,) = sessions(at, root)
    assert (code, session["state"], session["may_be_deleted"]) == (0, "free", True)
    assert session["bytes"] == sum(
        path.stat().st_size for path in root.rglob("*") if path.is_file()
    )
    said = at.run("retention", root)
    assert said.code == 0
    assert str(folder) in said.out
    assert folder.is_dir(), "nothing is deleted"
