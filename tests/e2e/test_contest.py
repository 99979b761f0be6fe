"""One contest from plan to receipt, on a real display, camera stream and sound device."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from client.base.clock import SECOND_US
from client.contest.receipt import Receipt
from client.evidence.entries import Consent, Device, Gap, ReceiptSeen, Restart, State, Step
from client.evidence.layout import SessionFolder
from client.upload.credentials import Token, load_credentials
from tests import devices
from tests.e2e import recorded
from tests.e2e.program import Desk, Finished, desk, marked, note

pytestmark = [pytest.mark.e2e, pytest.mark.alone]
SECONDS = 40
SECRETS = ("REHEARSAL-001", "REHEARSE", "彩排选手")
"""Ticket, one-time code and name of the rehearsal's contestant."""


@dataclass(frozen=True)
class Contest:
    """A finished rehearsal and what it printed."""

    desk: Desk
    said: Finished
    folder: Path
    copy: Path
    out: Path

    @property
    def report(self) -> dict[str, Any]:
        return self.said.document

    def step_us(self, name: str) -> int:
        """When the session took a step, on its monotonic clock."""
        lines = recorded.lines(self.folder)
        return next(x.mono_us for x in lines if isinstance(x.entry, Step) and x.entry.name == name)


@pytest.fixture(scope="module")
def contest() -> Iterator[Contest]:
    with (
        devices.display() as screen,
        devices.sound_server() as sound,
        devices.flash_and_click(sound) as camera,
        desk(screen, sound, as_nobody=True) as at,
    ):
        out = at.home / "rehearsal"
        words = ["--seconds", str(SECONDS), "--headless", "--out", str(out), "--json"]
        words += ["--camera", camera.address, "--microphone", sound.source]
        said = at.run("rehearse", *words, seconds=110)
        assert said.code == 0, said
        report = said.document
        yield Contest(at, said, Path(report["session"]), Path(report["organizer_copy"]), out)


def test_one_json_object_says_what_was_recorded(contest: Contest) -> None:
    report = contest.report
    assert report["verdict"] == "AUTHENTIC", report["findings"]
    assert {t["name"] for t in report["tracks"]} == {
        "screen-01.mp4",
        "identity-01.mp4",
        "contest-01.mp4",
    }
    assert all(t["bytes"] > 0 and t["seconds"] > 0 for t in report["tracks"])
    assert all(len(t["sha256"]) == 64 for t in report["tracks"])
    assert report["gaps"] == []
    assert report["client_address"] == "127.0.0.1"
    assert report["receipts"] >= SECONDS // 5 - 1
    assert {d["source"]: d["simulated"] for d in report["devices"]} == {
        "screen": False,
        "camera": False,
        "sound": False,
    }
    sizes = {
        t["name"]: f"{t['seconds']:.1f} s, {t['bytes'] / 1e6:.2f} MB" for t in report["tracks"]
    }
    note(f"{report['verdict']}, {report['receipts']} receipts, {sizes}")


def test_no_process_is_left_behind(contest: Contest) -> None:
    assert marked(contest.desk) == []


def test_ffmpeg_reads_every_track_to_its_end(contest: Contest) -> None:
    recorded.assert_every_track_decodes(contest.folder)


def test_each_track_lasts_as_long_as_the_clock_says(contest: Contest) -> None:
    steps = [contest.step_us(name) for name in ("identity", "contest", "ended")]
    by_clock = {
        "identity-01.mp4": (steps[0], steps[1]),
        "contest-01.mp4": (steps[1], steps[2]),
        "screen-01.mp4": (steps[0], steps[2]),
    }
    for name, (begin, end) in by_clock.items():
        for kind in recorded.streams(contest.folder / name):
            first, last = recorded.span_us(contest.folder, contest.folder / name, kind)
            off_begin, off_end = (first - begin) / SECOND_US, (last - end) / SECOND_US
            note(f"{name} {kind}: begins {off_begin:+.3f} s, ends {off_end:+.3f} s")
            assert abs((last - first) - (end - begin)) <= SECOND_US // 2, (name, kind)
            assert abs(off_begin) <= 0.5, (name, kind)
            assert abs(off_end) <= 0.5, (name, kind)
    assert abs(steps[2] - steps[0] - SECONDS * SECOND_US) <= SECOND_US


@pytest.mark.parametrize(("kind", "overlap_ms", "gap_ms"), [("video", 100, 150), ("audio", 25, 5)])
def test_identity_and_contest_meet_without_a_gap(
    contest: Contest, kind: str, overlap_ms: int, gap_ms: int
) -> None:
    """A picture more or less; sound begins with the AAC encoder's priming of 21.3 ms."""
    folder = contest.folder
    _, end = recorded.span_us(folder, folder / "identity-01.mp4", kind)
    begin, _ = recorded.span_us(folder, folder / "contest-01.mp4", kind)
    note(f"{kind}: {(begin - end) / 1000:+.1f} ms between identity and contest")
    assert -overlap_ms * 1000 <= begin - end <= gap_ms * 1000


def test_flash_and_click_are_together(contest: Contest) -> None:
    path = contest.folder / "contest-01.mp4"
    seen, heard = recorded.flashes(path), recorded.clicks(path)
    offsets = [min((h - s for h in heard), key=abs) * 1000 for s in seen[1:-1]]
    assert len(offsets) >= SECONDS // 2
    note(
        f"{len(offsets)} flashes: sound after picture by {statistics.median(offsets):+.1f} ms"
        f" in the middle, {min(offsets):+.1f} to {max(offsets):+.1f} ms"
    )
    assert max(map(abs, offsets)) <= 100


def test_the_screen_track_shows_what_moved_on_the_screen(contest: Contest) -> None:
    shown = list(recorded.pictures(contest.folder / "screen-01.mp4"))
    assert max(b - a for (a, _), (b, _) in pairwise(shown)) <= 0.8
    changes = [int(np.abs(b.astype(int) - a).max()) > 8 for (_, a), (_, b) in pairwise(shown)]
    note(f"{len(shown)} pictures, {sum(changes)} of them new")
    assert sum(changes) >= len(shown) * 0.8


def test_consent_is_on_the_disk_before_any_device_is_opened(contest: Contest) -> None:
    kinds = [type(line.entry) for line in recorded.lines(contest.folder)]
    assert kinds.index(Consent) < kinds.index(Device)
    assert not {Restart, Gap} & set(kinds)
    live = {x.source for x in recorded.entries(contest.folder, State) if x.state == "live"}
    assert live == {"screen", "camera", "sound"}
    seen = [
        Receipt.model_validate(x.receipt) for x in recorded.entries(contest.folder, ReceiptSeen)
    ]
    assert len(seen) >= SECONDS // 5 - 1
    assert len({receipt.nonce for receipt in seen}) == len(seen)


def test_the_organizers_copy_is_identical_and_verifies_alone(contest: Contest) -> None:
    recorded.assert_same_files(contest.folder, contest.copy)
    key = contest.out / "organizer" / "organizer-key.pub"
    for folder in (contest.folder, contest.copy):
        again = contest.desk.run(
            "verify", folder, "--organizer-key", key, "--json", "--decode"
        ).ok()
        assert again.document["verdict"] == "AUTHENTIC", again.document["findings"]
        assert again.document["trust"] == "organizer key given"
        assert again.document["tracks"] == contest.report["tracks"]
    alone = contest.desk.run("verify", contest.folder, "--json").ok().document
    assert alone["trust"] == "self-consistent only"


def test_everything_is_private_to_the_user(contest: Contest) -> None:
    session = SessionFolder(contest.folder)
    for folder in (contest.out, session.path, session.private):
        assert folder.stat().st_mode & 0o777 == 0o700, folder
    secret = [session.setup, session.token, session.journal, session.receipts, *session.tracks()]
    secret.append(contest.out / "organizer" / "organizer-key.pem")
    for file in secret:
        assert file.stat().st_mode & 0o777 == 0o600, file
    assert not session.key.exists()
    assert not session.control.exists()


def test_no_ticket_code_token_or_name_in_journal_and_logs(contest: Contest) -> None:
    session = SessionFolder(contest.folder)
    credentials = load_credentials(session.token)
    assert isinstance(credentials, Token)
    logs = [*session.private.glob("*.log"), *session.private.glob("*.out")]
    logs += [session.journal, session.receipts, session.seal, contest.out / "organizer/serve.log"]
    logs += [contest.desk.home / "said-1.err", contest.desk.home / "said-1.out"]
    for secret in (*SECRETS, credentials.token):
        found = [log.name for log in logs if secret.encode() in log.read_bytes()]
        assert found == [], secret
