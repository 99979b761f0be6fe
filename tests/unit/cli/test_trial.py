"""`saijian trial`: what it takes, and what it refuses before any window."""

from __future__ import annotations

from pathlib import Path

import pytest

from client.attempt.rehearsal import TrialWish
from client.base.errors import BadInputError, EvidenceError
from client.cli.arguments import command_line
from client.cli.trial import run


def tried(*words: str) -> list[TrialWish]:
    asked: list[TrialWish] = []
    args = command_line("").read(["trial", *words])
    assert run(args, lambda wish: asked.append(wish) or 7) == 7
    return asked


def test_alone_it_takes_three_minutes_and_what_is_there() -> None:
    assert tried() == [TrialWish(None, None, None, 3.0)]


def test_session_devices_and_minutes_are_passed_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "plan.json").write_bytes(b"{}")
    words = ["--session", "s", "--camera", "test", "--microphone", "desk", "--minutes", "1.5"]
    assert tried(*words) == [TrialWish(tmp_path / "s", "test", "desk", 1.5)]


@pytest.mark.parametrize("minutes", ["0", "-3", "0.4", "61", "nan", "inf"])
def test_minutes_that_make_no_trial_are_refused(minutes: str) -> None:
    with pytest.raises(BadInputError) as caught:
        tried(f"--minutes={minutes}")
    assert "0.5-60" in caught.value.title.zh


def test_a_folder_that_is_no_session_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError) as caught:
        tried("--session", str(tmp_path))
    assert caught.value.exit_code == 2
