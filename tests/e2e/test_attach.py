"""`saijian attach` as a person runs it: no session at all, a running one, a kill in the middle."""

from __future__ import annotations

import hashlib
import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from client.attempt.rehearsal import CODE, PAPER, TICKET
from client.evidence.attachments import attachments_of, receipts_of
from client.evidence.entries import Note
from client.evidence.layout import SessionFolder
from client.upload.progress import load_progress
from tests import devices
from tests.e2e import recorded
from tests.e2e.program import Desk, desk, eventually, named
from tests.e2e.venue import Organizer, attend, begun_session

pytestmark = pytest.mark.e2e
SLOW = {"upload": {"heartbeat_seconds": 1, "line_kbps": 32_000, "share_percent": 100}}
"""4 MB/s: long enough to be killed in the middle of."""
FILM = os.urandom(14 * 1024 * 1024)


@pytest.fixture
def at() -> Iterator[Desk]:
    with devices.display() as screen, desk(screen) as made:
        yield made


@pytest.fixture
def film(at: Desk) -> Path:
    path = at.home / "手机 录像.mp4"
    path.write_bytes(FILM)
    return path


def sessions(at: Desk) -> list[SessionFolder]:
    root = at.home / "data" / "sessions"
    found = [p for p in root.glob("*") if p.suffix != ".private"] if root.is_dir() else []
    return [SessionFolder(path) for path in found]


def test_without_any_session_and_with_every_process_killed_it_arrives_whole(
    at: Desk, film: Path
) -> None:
    organizer = Organizer(at, at.home / "organizer")
    organizer.prepare(120, 60, **SLOW)
    organizer.serve()
    who = ["--plan", organizer.plan, "--ticket", TICKET, "--code", CODE, "--paper", PAPER]
    verb = at.start("attach", film, *who, "--note", "手机", "--json")
    (folder,) = eventually(lambda: sessions(at), 30, "a session")
    eventually(lambda: load_progress(folder).attached_sent_bytes > 0, 30, "some of it is there")
    verb.kill()
    (uploader,) = named(at, "uploader", "--session", str(folder.path))
    uploader.send_signal(signal.SIGKILL)
    uploader.wait(10)
    assert receipts_of(folder, [organizer.key]) == {}, "killed in the middle"

    done = at.run("attach", film, *who, "--json").ok().document
    assert done["name"] == "foreign-01.mp4"
    assert done["received_us"] > 0
    (attachment,) = attachments_of(folder)
    assert receipts_of(folder, [organizer.key])[attachment.digest].is_of(attachment)
    copy = organizer.folder / "sessions" / attachment.session / attachment.name
    assert copy.read_bytes() == film.read_bytes() == FILM

    listed = at.run("organizer", "sessions", organizer.folder, "--json").ok().document
    (foreign,) = listed[0]["foreign"]
    assert foreign["sha256"] == hashlib.sha256(FILM).hexdigest()
    said = at.run("verify", copy.parent, "--organizer-key", organizer.key, "--json")
    assert (said.code, said.document["verdict"]) == (2, "UNREADABLE"), "nothing of ours: no proof"
    (known,) = said.document["foreign"]
    assert (known["authentic"], known["intact"]) == (False, True)
    assert known["received_us"] == done["received_us"]


def test_a_running_recorder_names_it_and_our_own_verdict_is_what_it_was(
    at: Desk, film: Path
) -> None:
    organizer = Organizer(at, at.home / "organizer")
    organizer.prepare(24, 10)  # a verb that starts slowly must still find the recorder
    organizer.serve()
    verb = attend(at, organizer.plan, "test", "test", at.home / "data" / "sessions")
    folder = SessionFolder(begun_session(at.home / "data" / "sessions", verb))
    shown = at.run("attach", film, "--session", folder.path)
    assert shown.code == 0, shown.err
    assert "never AUTHENTIC" in shown.err
    digest = hashlib.sha256(FILM).hexdigest()

    def named_by_recorder() -> bool:
        notes = [note.zh for note in recorded.entries(folder.path, Note)]
        return any(digest in note and "外部录像" in note for note in notes)

    eventually(named_by_recorder, what="the recorder's line")
    verb.wait(60).ok()
    copy = organizer.copy_of(folder.path)
    for place in (folder.path, copy):
        said = at.run("verify", place, "--organizer-key", organizer.key, "--json")
        assert said.document["verdict"] == "SIMULATED", said.document["findings"]
        (known,) = said.document["foreign"]
        assert (known["in_journal"], known["intact"], known["authentic"]) == (True, True, False)
    words = at.run("verify", copy, "--organizer-key", organizer.key).out
    assert "foreign recording foreign-01.mp4" in words
    assert json.loads((folder.path / "seal.json").read_text())["files"].keys() == {
        path.name for path in folder.tracks()
    }, "no part of what is sealed"
