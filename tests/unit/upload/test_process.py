"""How long the background uploader goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from client.attempt.rehearsal import rehearsal_plan
from client.base.clock import SECOND_US
from client.evidence.layout import SessionFolder
from client.organizer.folder import OrganizerFolder, init_folder
from client.organizer.publish import sign_plan
from client.upload.process import HOME_PATIENCE_US, habits_for

TO_COME_US = 1_900_000_000 * SECOND_US


def session_of(tmp_path: Path, address: str, rehearsal: bool) -> SessionFolder:
    init_folder(tmp_path / "organizer")
    draft = rehearsal_plan(address, TO_COME_US, 40)
    if not rehearsal:
        draft = draft.replace(b'"rehearsal": true', b'"rehearsal": false')
    folder = SessionFolder(tmp_path / "session").create()
    sign_plan(OrganizerFolder(tmp_path / "organizer"), draft, folder.plan)
    return folder


@pytest.mark.parametrize(
    ("address", "rehearsal", "patience"),
    [
        ("http://127.0.0.1:8000", True, HOME_PATIENCE_US),
        ("https://localhost:8000", True, HOME_PATIENCE_US),
        ("https://organizer.example", True, None),
        ("http://127.0.0.1:8000", False, None),
        ("https://organizer.example", False, None),
    ],
)
def test_only_for_a_rehearsal_on_this_computer_it_gives_up(
    tmp_path: Path, address: str, rehearsal: bool, patience: int | None
) -> None:
    habits = habits_for(session_of(tmp_path, address, rehearsal))
    assert habits.patience_us == patience
    assert habits.lingers()
