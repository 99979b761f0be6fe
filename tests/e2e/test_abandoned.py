"""The organizer or the attending program is killed: the session goes on, and is finished."""

from __future__ import annotations

import json

import pytest

from client.evidence.entries import Close, Gap, Restart
from client.evidence.layout import SessionFolder
from tests.e2e import recorded
from tests.e2e.program import note
from tests.e2e.scenarios import Stories

pytestmark = pytest.mark.e2e


def test_an_organizer_killed_and_started_again_misses_nothing(stories: Stories) -> None:
    story = stories["killed"]
    assert story.said is not None
    story.said.ok()
    recorded.assert_every_track_decodes(story.folder)
    recorded.assert_same_files(story.folder, story.copy)
    report = story.verify()
    note(f"away {story.away[0]:.1f}-{story.away[1]:.1f} s, {report['receipts']} receipts")
    assert report["verdict"] == "AUTHENTIC", report["findings"]


def test_a_killed_attend_finds_its_session_again(stories: Stories) -> None:
    story = stories["killed"]
    assert story.said is not None
    assert story.said.document == {"session": str(story.folder), "state": "stored"}
    assert [path.name for path in story.sessions.iterdir() if path.suffix != ".private"] == [
        story.folder.name
    ]
    for before, after in (story.facts["recorders"], story.facts["uploaders"]):
        assert before == after
    assert not recorded.entries(story.folder, Restart) + recorded.entries(story.folder, Gap)


def test_a_recorder_left_alone_ends_and_seals_by_the_plan(stories: Stories) -> None:
    story = stories["alone"]
    assert story.facts["sealed"]
    assert not SessionFolder(story.folder).key.exists()
    assert all("organizer" in line for line in story.facts["processes"]), story.facts["processes"]
    assert [close.reason for close in recorded.entries(story.folder, Close)] == ["plan"]
    recorded.assert_every_track_decodes(story.folder)


def test_upload_sends_what_was_left_behind(stories: Stories) -> None:
    story = stories["alone"]
    assert story.said is not None
    assert json.loads(story.said.ok().out)["ending"] == "stored"
    recorded.assert_same_files(story.folder, story.copy)
    report = story.verify()
    assert report["verdict"] in ("AUTHENTIC", "UNANCHORED"), report["findings"]
    assert report["gaps"] == []
