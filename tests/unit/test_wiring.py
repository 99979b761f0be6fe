"""What opens the window with what."""

from __future__ import annotations

from pathlib import Path

import pytest

from client import wiring
from client.cli.link import UnknownPlanError
from client.ui.start import StartPoint


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
