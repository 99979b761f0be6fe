"""The state is read from the folder alone, however much of it there is."""

from __future__ import annotations

from pathlib import Path

import pytest

from client.attempt.standing import StandingReader, standing_of
from client.attempt.states import State
from client.evidence.layout import SessionFolder
from tests.builders import Script, build_session


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> SessionFolder:
    return build_session(tmp_path_factory.mktemp("whole"), Script(seconds=6)).folder


def test_a_whole_session_is_stored(built: SessionFolder):
    standing = standing_of(built)
    assert standing.state == State.STORED
    assert standing.uncertain == ""


def test_reading_while_it_grows_gives_the_same_states_as_reading_at_once(
    built: SessionFolder, tmp_path: Path
):
    growing = SessionFolder(tmp_path / "growing").create()
    reader = StandingReader(growing)
    assert reader.read().state == State.NEW
    seen = []
    for raw in built.journal.read_bytes().splitlines(keepends=True):
        with growing.journal.open("ab") as journal:
            journal.write(raw[:20])
        assert reader.read() == standing_of(growing)  # a torn line moves nothing
        with growing.journal.open("ab") as journal:
            journal.write(raw[20:])
        state = reader.read().state
        if not seen or seen[-1] != state:
            seen.append(state)
    assert seen[0] == State.ENROLLED
    assert seen[-1] == State.SEALING
    growing.seal.write_bytes(built.seal.read_bytes())
    assert reader.read().state == State.UPLOADING
    growing.receipts.write_bytes(b"rubbish\n[1]\n" + built.receipts.read_bytes())
    assert reader.read().state == State.STORED


def test_an_event_out_of_turn_is_kept_for_the_log_and_changes_nothing(
    built: SessionFolder, tmp_path: Path
):
    odd = SessionFolder(tmp_path / "odd").create()
    lines = built.journal.read_bytes().splitlines(keepends=True)
    odd.journal.write_bytes(lines[0] + lines[0])  # a second opening
    standing = standing_of(odd)
    assert standing.state == State.ENROLLED
    assert "enrol" in standing.uncertain
