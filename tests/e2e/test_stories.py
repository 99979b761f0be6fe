"""The sessions of `scenarios`: killed, left alone, without organizer, and changed afterwards.

One file, so that they are told once, by one worker.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from client.attempt.rehearsal import HEARTBEAT_S
from client.contest.signed import canonical, public_key, sha256, sign
from client.evidence.entries import Close, Gap, Opening, Restart
from client.evidence.journal import GENESIS
from client.evidence.layout import SessionFolder
from client.upload.credentials import Token, load_credentials
from tests.e2e import recorded
from tests.e2e.program import note
from tests.e2e.scenarios import Stories, Story

pytestmark = pytest.mark.e2e
MEDIA = "media"


@pytest.fixture(scope="module")
def stories() -> Iterator[Stories]:
    """Sessions in which organizer or programs go away, side by side."""
    with ExitStack() as things:
        yield Stories(things)


# ---- killed, or left alone -----------------------------------------------------------------------


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


# ---- without organizer ---------------------------------------------------------------------------


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


# ---- changed afterwards --------------------------------------------------------------------------


@pytest.fixture
def changed(stories: Stories, tmp_path: Path) -> SessionFolder:
    """Return a copy of an authentic session that may be spoilt."""
    folder = SessionFolder(tmp_path / "copy")
    shutil.copytree(stories["killed"].folder, folder.path)
    return folder


def verified(story: Story, folder: SessionFolder, key: str | None = None) -> dict[str, Any]:
    said = story.desk.run(
        "verify", folder.path, "--organizer-key", key or story.organizer.key, "--json"
    )
    assert said.code == said.document["exit_code"]
    return said.document


def flip(path: Path, share: float) -> int:
    """Change one bit at this share of the file's length; return the offset."""
    data = bytearray(path.read_bytes())
    offset = int(len(data) * share)
    data[offset] ^= 0x10
    path.write_bytes(data)
    return offset


def lines_of(folder: SessionFolder) -> list[bytes]:
    return folder.journal.read_bytes().splitlines(keepends=True)


def test_untouched_it_is_authentic(stories: Stories, changed: SessionFolder) -> None:
    report = verified(stories["killed"], changed)
    assert report["verdict"] == "AUTHENTIC", report["findings"]


@pytest.mark.parametrize("name", ["screen-01.mp4", "identity-01.mp4", "contest-01.mp4"])
@pytest.mark.parametrize("share", [0.0, 0.5, 0.999])
def test_one_bit_in_a_track(
    stories: Stories, changed: SessionFolder, name: str, share: float
) -> None:
    offset = flip(changed.path / name, share)
    report = verified(stories["killed"], changed)
    assert report["verdict"] == "TAMPERED"
    places = [f["bytes"] for f in report["findings"] if f["file"] == name and f["bytes"]]
    assert any(start <= offset < end for start, end in places), report["findings"]


def test_a_cut_tail(stories: Stories, changed: SessionFolder) -> None:
    path = changed.path / "contest-01.mp4"
    path.write_bytes(path.read_bytes()[:-5000])
    report = verified(stories["killed"], changed)
    assert report["verdict"] == "TAMPERED"
    shorter = [f for f in report["findings"] if f["file"] == path.name and f["bytes"]]
    assert shorter, report["findings"]
    assert shorter[0]["bytes"][1] > path.stat().st_size


def drop(lines: list[bytes]) -> list[bytes]:
    return lines[:20] + lines[21:]


def swap(lines: list[bytes]) -> list[bytes]:
    return [*lines[:20], lines[21], lines[20], *lines[22:]]


@pytest.mark.parametrize("change", [drop, swap], ids=["dropped", "swapped"])
def test_journal_lines(
    stories: Stories, changed: SessionFolder, change: Callable[[list[bytes]], list[bytes]]
) -> None:
    changed.journal.write_bytes(b"".join(change(lines_of(changed))))
    report = verified(stories["killed"], changed)
    assert report["verdict"] == "TAMPERED"
    of_journal = [f for f in report["findings"] if f["file"] == "journal.jsonl"]
    named = [f["line"] for f in of_journal if f["line"]]
    assert min(named) in (21, 22), report["findings"]


def test_everything_signed_again_with_another_key(stories: Stories, changed: SessionFolder) -> None:
    """Somebody drops the last media line and rebuilds chain, signatures and seal perfectly."""
    key, prev, lines = Ed25519PrivateKey.generate(), GENESIS, []
    documents = [json.loads(raw) for raw in lines_of(changed)]
    last = max(n for n, d in enumerate(documents) if d["kind"] == MEDIA)
    for seq, document in enumerate(d for n, d in enumerate(documents) if n != last):
        new = {**document, "seq": seq, "prev": prev}
        if document["kind"] == "opening":
            new["session_key"] = public_key(key)
        lines.append(canonical(sign(new, key)))
        prev = sha256(lines[-1])
    changed.journal.write_bytes(b"\n".join(lines) + b"\n")
    seal = json.loads(changed.seal.read_bytes())
    seal |= {
        "session_key": public_key(key),
        "head": {"seq": len(lines) - 1, "sha256": prev},
        "journal_bytes": changed.journal.stat().st_size,
    }
    changed.seal.write_text(json.dumps(sign(seal, key)), "utf-8")
    report = verified(stories["killed"], changed)
    assert report["verdict"] == "TAMPERED"
    assert "enrolment_wrong" in {f["code"] for f in report["findings"]}, report["findings"]


def test_another_organizers_key(stories: Stories, changed: SessionFolder) -> None:
    other = public_key(Ed25519PrivateKey.generate())
    report = verified(stories["killed"], changed, other)
    assert report["verdict"] == "TAMPERED"
    assert "other_organizer" in {f["code"] for f in report["findings"]}


def test_without_the_countersigned_seal_nothing_is_authentic(
    stories: Stories, changed: SessionFolder
) -> None:
    kept = [raw for raw in changed.receipts.read_bytes().splitlines() if b"storage/1" not in raw]
    changed.receipts.write_bytes(b"\n".join(kept) + b"\n")
    report = verified(stories["killed"], changed)
    assert report["verdict"] == "UNANCHORED"
    assert "no_storage_receipt" in {f["code"] for f in report["findings"]}
