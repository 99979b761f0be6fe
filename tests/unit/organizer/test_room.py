"""What one session may bring, and a disk that is nearly full: nothing is half done."""

from __future__ import annotations

import dataclasses
import errno
import logging
import sqlite3

import pytest
from sqlalchemy.exc import OperationalError

from client.contest.attachment import MOST_BYTES
from client.contest.sizes import most_of
from client.organizer import room
from client.organizer.heartbeats import receipt_for
from client.organizer.problems import Refusal
from client.organizer.publish import PublishedPlans
from client.organizer.room import RESERVE_BYTES, SMALLEST_BYTES, Disk, is_full
from client.organizer.tables import BundleRow
from client.organizer.uploads import Uploads
from client.remote.messages import BundleMeta
from tests.simulators.contest import prepare_contest
from tests.unit.organizer.asking import ADDRESS, beat, enrolled
from tests.unit.organizer.test_uploads import DATA, meta, put, refused

MIB = 1024 * 1024


class Free:
    """The free bytes of a disk that the test sets."""

    def __init__(self) -> None:
        self.bytes = 10 * RESERVE_BYTES

    def __call__(self, _) -> int:
        return self.bytes


@pytest.fixture
def free():
    return Free()


@pytest.fixture
def office(office, contest, free):
    return dataclasses.replace(office, disk=Disk(contest.folder.path, free))


@pytest.fixture
def uploads(office):
    return Uploads(office)


@pytest.fixture
def session(office, contest):
    return enrolled(office, contest)


@pytest.fixture
def most(contest):
    plan = contest.plan.plan
    return most_of(plan, plan.paper("one"))


def asked(name, end, length=1):
    return BundleMeta(name=name, offset=end - length, length=length, sha256="0" * 64)


# ---- what one session may bring ------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "kind"),
    [("journal.jsonl", "journal"), ("screen-01.mp4", "own"), ("foreign-01.mp4", "foreign")],
)
def test_no_client_decides_how_large_a_file_becomes(uploads, session, most, name, kind):
    limit = min(getattr(most, kind), MOST_BYTES) if kind == "foreign" else getattr(most, kind)
    code = "too_large" if kind == "foreign" else "session_full"
    uploads.announce(session, asked(name, limit))
    assert refused(uploads.announce, session, asked(name, limit + 1)) == code
    assert refused(uploads.announce, session, asked(name, 2**53 - 1)) == code


def test_a_journal_of_twelve_hours_is_taken_and_a_longer_one_needs_a_longer_paper(
    office, tmp_path, clock
):
    papers = [
        {
            "id": "one",
            "name": {"zh": "长"},
            "starts_at": "2026-11-22T08:00:00+08:00",
            "ends_at": "2026-11-22T20:00:00+08:00",
        }
    ]
    projects = [{"id": "shop", "name": {"zh": "电"}, "papers": papers}]
    long = prepare_contest(tmp_path / "long", projects=projects)
    there = dataclasses.replace(office, folder=long.folder, plans=PublishedPlans(long.folder))
    session = enrolled(there, long)
    uploads = Uploads(there)
    of_twelve_hours = 13 * 3600 * 900
    assert of_twelve_hours > 32 * MIB, "more than was taken before"
    uploads.announce(session, asked("journal.jsonl", of_twelve_hours, 256 * 1024))
    absurd = asked("journal.jsonl", 100 * of_twelve_hours)
    assert refused(uploads.announce, session, absurd) == "session_full"


@pytest.fixture
def few(monkeypatch, most):
    """Let a session bring 10 MiB, and of foreign recordings 3."""
    small = most._replace(own=10 * MIB, foreign=3 * MIB, journal=MIB)
    monkeypatch.setattr(room, "most_of", lambda *_: small)


def announce_all(uploads, session, name, *sizes):
    end = 0
    for size in sizes:
        end += size
        uploads.announce(session, asked(name, end, size))


def test_all_tracks_count_together_and_foreign_recordings_apart(few, uploads, session, office):
    announce_all(uploads, session, "screen-01.mp4", 4 * MIB, 3 * MIB)
    announce_all(uploads, session, "foreign-01.mp4", 2 * MIB, MIB)
    assert refused(uploads.announce, session, asked("foreign-02.mp4", 1)) == "session_full"
    announce_all(uploads, session, "contest-01.mp4", 3 * MIB - SMALLEST_BYTES)
    uploads.announce(session, asked("screen-01.mp4", 7 * MIB, 3 * MIB))  # known: no more bytes
    uploads.announce(session, asked("journal.jsonl", 1))
    assert refused(uploads.announce, session, asked("screen-02.mp4", 1)) == "session_full"
    restarted = Uploads(office)
    assert refused(restarted.announce, session, asked("screen-02.mp4", 1)) == "session_full"


def test_another_session_has_its_own_share(few, uploads, session, office, contest):
    announce_all(uploads, session, "screen-01.mp4", 10 * MIB)
    other = enrolled(office, contest, ticket="T-2")
    announce_all(uploads, other, "screen-01.mp4", 10 * MIB)


def test_a_million_tiny_bundles_are_no_way_around_it(few, uploads, session):
    rows = 3 * MIB // SMALLEST_BYTES
    announce_all(uploads, session, "foreign-01.mp4", *[1] * rows)
    assert refused(uploads.announce, session, asked("foreign-01.mp4", rows + 1)) == "session_full"


def test_what_was_announced_and_expired_gives_its_room_back(few, uploads, session, clock):
    announce_all(uploads, session, "screen-01.mp4", 10 * MIB)
    clock.forward(8 * 24 * 3600)
    uploads.announce(session, asked("screen-01.mp4", 9 * MIB, 9 * MIB))
    assert refused(uploads.announce, session, asked("screen-02.mp4", MIB + 1, MIB + 1))
    uploads.announce(session, asked("screen-02.mp4", MIB, MIB))


def test_what_was_not_written_down_is_not_counted(few, uploads, session, monkeypatch):
    def fails(*_):
        raise OperationalError("", None, sqlite3.OperationalError("database or disk is full"))

    with monkeypatch.context() as patch:
        patch.setattr(room.Session, "commit", fails)
        patch.setattr("sqlalchemy.orm.SessionTransaction.commit", fails)
        with pytest.raises(OperationalError):
            announce_all(uploads, session, "screen-01.mp4", 10 * MIB)
    announce_all(uploads, session, "screen-01.mp4", 10 * MIB)


def test_the_refusal_says_that_nothing_is_lost_and_what_to_do(few, uploads, session):
    with pytest.raises(Refusal) as refusal:
        uploads.announce(session, asked("screen-01.mp4", 11 * MIB, 11 * MIB))
    assert refusal.value.status == 413, "no answer that is asked for again and again"
    for word in ("10 MB", "本机", "不要删除", "致电组委会", "硬盘"):
        assert word in refusal.value.text.zh


# ---- the organizer's disk ------------------------------------------------------------------------
def test_a_full_disk_is_said_before_anything_is_sent(uploads, session, free):
    free.bytes = RESERVE_BYTES + len(DATA) - 1
    with pytest.raises(Refusal) as refusal:
        uploads.announce(session, meta())
    assert (refusal.value.code, refusal.value.status) == ("disk_full", 507)
    assert refusal.value.headers == {"Retry-After": "10"}
    free.bytes += 1
    uploads.announce(session, meta())


def test_a_piece_finds_it_too_and_receipts_go_on(uploads, session, free, office):
    row = uploads.announce(session, meta())
    put(uploads, session, row, 0, DATA[:100])
    free.bytes = RESERVE_BYTES
    assert refused(put, uploads, session, row, 100, DATA[100:]) == "disk_full"
    assert uploads.find(session, row.id).received == 100
    assert receipt_for(office, session, beat(1), ADDRESS).receipt["head"]["seq"] == 1
    free.bytes += len(DATA)
    assert put(uploads, session, row, 100, DATA[100:]).complete


def test_the_log_says_it_once_and_when_it_is_over(uploads, session, free, caplog):
    caplog.set_level(logging.WARNING)
    free.bytes = 3 * MIB
    for _ in range(3):
        refused(uploads.announce, session, meta())
    (said,) = caplog.messages
    assert "3 MB" in said
    free.bytes = RESERVE_BYTES + len(DATA)
    uploads.announce(session, meta())
    assert len(caplog.messages) == 1, "no to and fro at the border"
    free.bytes = 2 * RESERVE_BYTES + len(DATA)
    uploads.announce(session, meta(name="screen-02.mp4"))
    assert len(caplog.messages) == 2


def test_trouble_is_told_to_whoever_runs_it(contest, free):
    disk = Disk(contest.folder.path, free)
    assert disk.trouble() is None
    free.bytes = RESERVE_BYTES - 1
    assert "511 MB" in disk.trouble().en


def test_only_a_full_disk_is_one():
    full, other = sqlite3.OperationalError("full"), sqlite3.OperationalError("locked")
    full.sqlite_errorcode, other.sqlite_errorcode = sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY
    assert is_full(OperationalError("", None, full))
    assert not is_full(OperationalError("", None, other))
    assert is_full(OSError(errno.ENOSPC, "no space"))
    assert not is_full(OSError(errno.EIO, "broken"))
    assert not is_full(ValueError())


def test_rows_of_a_refused_bundle_are_not_kept(few, uploads, session, office):
    refused(uploads.announce, session, asked("screen-01.mp4", 11 * MIB, 11 * MIB))
    with office.records.reading() as records:
        assert records.query(BundleRow).count() == 0
