"""The organizer is away in the middle, or all the time: everything is recorded, and sent later."""

from __future__ import annotations

import pytest

from client.attempt.rehearsal import HEARTBEAT_S
from client.evidence.entries import Gap, Opening, Restart
from client.evidence.layout import SessionFolder
from client.upload.credentials import Token, load_credentials
from tests.e2e import recorded
from tests.e2e.program import note
from tests.e2e.scenarios import Stories

pytestmark = pytest.mark.e2e


def test_thirty_seconds_without_organizer_lose_nothing(stories: Stories) -> None:
    story = stories["middle"]
    assert story.said is not None
    story.said.ok()
    recorded.assert_every_track_decodes(story.folder)
    recorded.assert_same_files(story.folder, story.copy)
    report = story.verify()
    assert report["gaps"] == []
    assert not recorded.entries(story.folder, Restart) + recorded.entries(story.folder, Gap)


def test_exactly_that_stretch_is_named_unanchored(stories: Stories) -> None:
    story = stories["middle"]
    report = story.verify()
    assert report["verdict"] == "UNANCHORED", report["findings"]
    (stretch,) = report["unanchored"]
    gone, back = story.away
    note(f"away {gone:.1f}-{back:.1f} s, unanchored {stretch['from']:.1f}-{stretch['to']:.1f} s")
    assert gone - 12 <= stretch["from"] <= gone + 1
    assert back - HEARTBEAT_S - 2 <= stretch["to"] <= back + 12  # what waited in the line counts


def test_a_session_without_organizer_is_recorded_and_sealed(stories: Stories) -> None:
    story = stories["offline"]
    (opening,) = recorded.entries(story.folder, Opening)
    assert opening.enrolment is None
    recorded.assert_every_track_decodes(story.folder)
    report = story.facts["before"]
    assert report["verdict"] == "UNANCHORED", report["findings"]
    assert recorded.findings(report, "not_enrolled")
    assert report["gaps"] == []
    early = story.facts["early"]
    assert early.code == 1
    assert early.document["ending"] == "away"


def test_it_enrols_and_is_sent_later(stories: Stories) -> None:
    story = stories["offline"]
    assert story.said is not None
    assert story.said.ok().document["ending"] == "stored"
    recorded.assert_same_files(story.folder, story.copy)
    assert isinstance(load_credentials(SessionFolder(story.folder).token), Token)
    report = story.verify()
    assert report["verdict"] == "UNANCHORED", report["findings"]
    (stretch,) = report["unanchored"]
    note(f"unanchored {stretch['from']:.1f}-{stretch['to']:.1f} of {report['seconds']:.1f} s")
    assert stretch["from"] == 0
    assert stretch["to"] >= report["seconds"] - 1
    assert recorded.findings(report, "not_enrolled") == []
    assert recorded.findings(report, "no_storage_receipt") == []
