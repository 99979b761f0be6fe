"""Foreign recordings come in whole or not at all, their source untouched, our verdict unchanged."""

from __future__ import annotations

import hashlib
import os
import shutil
from datetime import date
from pathlib import Path

import pytest

from client.attempt.keeping import standing
from client.base.errors import BadInputError, StateError, StorageError
from client.base.files import FileLock
from client.contest.attachment import AttachmentReceipt, AttachmentRefusal
from client.contest.plan import load_plan
from client.contest.signed import canonical, sign
from client.evidence import intake
from client.evidence.attachments import (
    append_receipt,
    append_refusal,
    attachments_of,
    owed,
    receipts_of,
    refused,
    settled_us,
)
from client.evidence.copying import StoppedError, Tally
from client.evidence.intake import take_in
from client.evidence.layout import SessionFolder
from client.evidence.removal import delete_session
from client.evidence.retention import Hold, retention_of
from client.evidence.verify import verify
from tests.documents import SESSION, plan_document

FILM = os.urandom(3_000_001)
SPOILT = FILM[:-1] + bytes([FILM[-1] ^ 1])
DAY_US = 24 * 3600 * 1_000_000


@pytest.fixture
def folder(tmp_path):
    return SessionFolder(tmp_path / "session").create()


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "张三的 手机.MP4"
    path.write_bytes(FILM)
    return path


def taken(folder, source, note="", tally=None):
    return take_in(folder, source, SESSION, note, tally or Tally())


def receipt_of(attachment, key, **changes):
    fields = {
        "kind": "saijian.attachment-receipt/1",
        "session": attachment.session,
        "attachment_sha256": attachment.digest,
        "name": attachment.name,
        "bytes": attachment.bytes,
        "sha256": attachment.sha256,
        "time_us": 1_795_400_000_000_000,
        "address": "203.0.113.9",
        **changes,
    }
    from client.contest.signed import public_key

    document = sign({**fields, "key": public_key(key)}, key)
    AttachmentReceipt.model_validate(document)
    return document


def test_a_copy_is_made_hashed_and_listed_and_names_nobody(folder, source):
    before = (source.stat().st_mtime_ns, source.stat().st_mode)
    attachment = taken(folder, source, "  10:02 起\nOBS ")
    assert (attachment.name, attachment.bytes) == ("foreign-01.mp4", len(FILM))
    assert attachment.sha256 == hashlib.sha256(FILM).hexdigest()
    assert (attachment.note, attachment.linked) == ("10:02 起 OBS", False)
    assert folder.foreign("foreign-01.mp4").read_bytes() == FILM
    assert attachments_of(folder) == [attachment]
    assert folder.attachments.read_bytes() == attachment.line + b"\n"
    assert "张三" not in folder.attachments.read_text("utf-8")
    assert source.read_bytes() == FILM
    assert (source.stat().st_mtime_ns, source.stat().st_mode) == before
    assert sorted(p.name for p in folder.path.iterdir()) == ["attachments.jsonl", "foreign-01.mp4"]


def test_the_same_bytes_are_taken_in_once_and_others_get_the_next_name(folder, source, tmp_path):
    first = taken(folder, source)
    assert taken(folder, source, "again") == first
    other = tmp_path / "b.exe"
    other.write_bytes(b"x")
    assert taken(folder, other).name == "foreign-02.bin", "nobody starts it by a click"
    folder.foreign("foreign-02.bin").unlink()
    (tmp_path / "c.wav").write_bytes(b"y")
    assert taken(folder, tmp_path / "c.wav").name == "foreign-03.wav", "no name serves twice"


@pytest.mark.parametrize("make", [lambda p: None, Path.mkdir, Path.touch])
def test_what_is_no_recording_is_refused(folder, tmp_path, make):
    make(tmp_path / "thing.mp4")
    with pytest.raises(BadInputError):
        taken(folder, tmp_path / "thing.mp4")
    assert attachments_of(folder) == []


def test_cancelling_leaves_nothing_behind(folder, source):
    tally = Tally(lambda _: tally.stop())
    with pytest.raises(StoppedError):
        taken(folder, source, tally=tally)
    assert list(folder.path.iterdir()) == []
    assert source.read_bytes() == FILM
    assert taken(folder, source).name == "foreign-01.mp4"


def test_a_file_that_grows_meanwhile_is_refused(folder, source):
    def grow(_):
        with source.open("ab") as file:
            file.write(b"more")

    with pytest.raises(StateError):
        taken(folder, source, tally=Tally(grow))
    assert list(folder.path.iterdir()) == []


def test_two_at_once_do_not_meet(folder, source):
    lock = FileLock(folder.private / "attach.lock")
    assert lock.acquire()
    with pytest.raises(StateError):
        taken(folder, source)
    lock.release()


@pytest.mark.parametrize("moment", ["replace_file", "append_line", "remove_file"])
def test_a_kill_at_any_moment_loses_and_doubles_nothing(folder, source, monkeypatch, moment):
    """The process ends inside the named call: what comes behind it never happens."""

    class Killed(BaseException):
        pass

    real, calls = getattr(intake, moment), []

    def kill(*words):
        calls.append(words)
        if moment == "remove_file" and len(calls) == 1:  # the half copy of before
            return real(*words)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(intake, moment, kill)
        with pytest.raises(Killed):
            taken(folder, source)
    attachment = taken(folder, source)
    assert attachments_of(folder) == [attachment]
    films = list(folder.path.glob("foreign-*"))
    assert [film.read_bytes() for film in films] == [FILM]
    assert source.read_bytes() == FILM


def test_a_full_disk_is_told_and_the_source_stays(folder, source, monkeypatch):
    monkeypatch.setattr(intake, "free_bytes", lambda _: 1000)
    monkeypatch.setattr("client.base.files.free_bytes", lambda _: 1000)
    monkeypatch.setattr(Path, "hardlink_to", lambda *_: (_ for _ in ()).throw(OSError("no links")))
    with pytest.raises(StorageError):
        taken(folder, source)
    assert list(folder.path.iterdir()) == []
    assert source.read_bytes() == FILM


def test_a_full_disk_gets_a_second_name_instead_of_a_copy(folder, source, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(intake, "free_bytes", lambda _: 1000)
        attachment = taken(folder, source)
    assert attachment.linked
    copy = folder.foreign(attachment.name)
    assert copy.stat().st_ino == source.stat().st_ino
    left = folder.path / ".foreign.part"
    left.hardlink_to(source)  # as a kill between link and name leaves it
    (source.parent / "other.mp4").write_bytes(b"other")
    taken(folder, source.parent / "other.mp4")
    assert source.read_bytes() == FILM, "the next copy never writes into a linked file"


# ---- receipts and verdict ------------------------------------------------------------------------
def test_only_the_organizers_receipt_for_exactly_these_bytes_counts(folder, source, built):
    attachment, keys = taken(folder, source), [built.organizer_key]
    assert owed(folder, keys) == [attachment]
    append_receipt(folder, receipt_of(attachment, built.session_key))
    append_receipt(folder, {**receipt_of(attachment, built.organizer), "time_us": 5})
    assert receipts_of(folder, keys) == {}
    append_receipt(folder, receipt_of(attachment, built.organizer, bytes=1))
    assert owed(folder, keys) == [attachment]
    folder.attachment_receipts.unlink()
    append_receipt(folder, receipt_of(attachment, built.organizer))
    assert owed(folder, keys) == []
    assert settled_us(folder, keys, 0) == 1_795_400_000_000_000


def refusal_of(attachment, time_us=1_795_400_000_000_000, code="mismatch"):
    return AttachmentRefusal(
        session=attachment.session,
        attachment_sha256=attachment.digest,
        code=code,
        zh="内容不符",
        en="other bytes",
        time_us=time_us,
    )


def test_a_final_refusal_settles_it_and_touches_no_file(folder, source, built, tmp_path):
    first, keys = taken(folder, source), [built.organizer_key]
    append_refusal(folder, refusal_of(first, time_us=7))
    assert (owed(folder, keys), refused(folder, keys)) == ([], [first])
    assert folder.foreign(first.name).read_bytes() == FILM
    assert settled_us(folder, keys, 0) == 7
    assert settled_us(folder, keys, 9) == 9, "a clock of the past frees nothing"
    (tmp_path / "b.mp4").write_bytes(b"other")
    second = taken(folder, tmp_path / "b.mp4")
    assert (owed(folder, keys), settled_us(folder, keys, 0)) == ([second], None)
    append_receipt(folder, receipt_of(first, built.organizer))
    assert refused(folder, keys) == [], "what was taken after all is not refused"


def test_refused_bytes_come_in_anew_when_asked(folder, source):
    first = taken(folder, source)
    append_refusal(folder, refusal_of(first))
    again = taken(folder, source)
    assert (again.name, again.sha256) == ("foreign-02.mp4", first.sha256)
    assert folder.foreign(first.name).read_bytes() == FILM
    assert taken(folder, source) == again, "and then once"


def test_verify_tells_that_it_was_refused_and_judges_as_before(built, source):
    before = verify(built.folder.path, built.organizer_key)
    built.folder.create()
    attachment = taken(built.folder, source)
    append_refusal(built.folder, refusal_of(attachment))
    report = verify(built.folder.path, built.organizer_key)
    assert (report.verdict, report.findings) == (before.verdict, before.findings)
    (shown,) = report.to_json()["foreign"]
    assert shown["refused"] == {"zh": "内容不符", "en": "other bytes"}
    assert shown["received_us"] is None


def test_a_torn_line_is_ended_and_passed_over(folder, source):
    folder.attachments.write_bytes(b'{"kind":"saijian.att')
    assert attachments_of(folder) == []
    attachment = taken(folder, source)
    assert attachments_of(folder) == [attachment]


@pytest.mark.parametrize("spoil", ["nothing", "bytes", "list", "gone", "receipts"])
def test_whatever_becomes_of_it_our_own_verdict_stays(built, source, spoil):
    key = built.organizer_key
    before = verify(built.folder.path, key)
    built.folder.create()
    attachment = taken(built.folder, source)
    append_receipt(built.folder, receipt_of(attachment, built.organizer))
    foreign = built.folder.foreign(attachment.name)
    if spoil == "bytes":
        foreign.write_bytes(SPOILT)
    elif spoil == "list":
        built.folder.attachments.write_bytes(b"\xff\xfe rubbish\n")
    elif spoil == "gone":
        foreign.unlink()
    elif spoil == "receipts":
        built.folder.attachment_receipts.write_bytes(b"[1]\n{}\n")
    report = verify(built.folder.path, key)
    assert (report.verdict, report.findings) == (before.verdict, before.findings)
    if spoil == "list":
        assert report.foreign == ()
        return
    (known,) = report.foreign
    assert known.is_intact == (spoil not in ("bytes", "gone"))
    assert (known.received_us is None) == (spoil == "receipts")
    (shown,) = report.to_json()["foreign"]
    assert shown["authentic"] is False
    assert shown["name"] == "foreign-01.mp4"


def test_a_stored_contest_with_an_unsent_one_is_held(built, source):
    later = 1_900_000_000_000_000
    built.folder.create()
    assert retention_of(built.folder.path, later).hold is Hold.FREE
    attachment = taken(built.folder, source)
    assert retention_of(built.folder.path, later).hold is Hold.UNSENT
    append_receipt(built.folder, receipt_of(attachment, built.organizer))
    assert retention_of(built.folder.path, later).hold is Hold.FREE


def test_a_refused_one_holds_a_stored_contest_no_longer_and_is_named(built, source):
    later = 1_900_000_000_000_000
    built.folder.create()
    append_refusal(built.folder, refusal_of(taken(built.folder, source)))
    found = retention_of(built.folder.path, later)
    assert (found.hold, found.refused) == (Hold.FREE, 1)
    assert built.folder.foreign("foreign-01.mp4").read_bytes() == FILM
    kept = retention_of(built.folder.path, 1_795_400_000_000_000)
    assert (kept.hold, kept.kept_until) == (Hold.KEPT, found.kept_until), "its normal dates"


@pytest.mark.parametrize("code", ["session_full", "token_unknown", "not_found", "damaged here"])
def test_one_refused_for_what_may_pass_holds_its_session_for_its_days_and_then_no_more(
    built, source, code
):
    built.folder.create()
    attachment = taken(built.folder, source)
    refused_us = 1_900_000_000_000_000  # a Sunday long after
    append_refusal(built.folder, refusal_of(attachment, refused_us, code))
    found = retention_of(built.folder.path, refused_us + DAY_US)
    assert (found.hold, found.refused) == (Hold.KEPT, 1)
    assert standing(found).en == "being kept, 1 foreign recordings refused by the organizer"
    assert 19 <= (found.kept_until - date(2030, 3, 17)).days <= 30, "15 working days"
    with pytest.raises(StateError):
        delete_session(built.folder.path, refused_us + DAY_US)
    assert retention_of(built.folder.path, refused_us + 60 * DAY_US).hold is Hold.FREE
    assert taken(built.folder, source) == attachment, "it is on its way still"
    delete_session(built.folder.path, refused_us + 60 * DAY_US)
    assert not built.folder.path.exists()


def test_a_session_of_nothing_but_a_refused_one_is_kept_from_the_last_paper_on(
    folder, source, built
):
    folder.plan.write_bytes(canonical(plan_document(built.organizer)))
    append_refusal(folder, refusal_of(taken(folder, source), time_us=1))
    plan = load_plan(folder.plan.read_bytes()).plan
    begins_us = round(max(p.starts_at.timestamp() for p in plan.papers()) * 1_000_000)
    assert retention_of(folder.path, begins_us).hold is Hold.KEPT
    assert retention_of(folder.path, 1_900_000_000_000_000).hold is Hold.FREE


def test_a_session_of_nothing_else_is_kept_from_its_receipt_on(folder, source, built):
    key = built.organizer
    folder.plan.write_bytes(canonical(plan_document(key)))
    assert retention_of(folder.path, 1).hold is Hold.UNFINISHED
    attachment = taken(folder, source)
    assert retention_of(folder.path, 1).hold is Hold.UNSENT
    append_receipt(folder, receipt_of(attachment, key))
    found = retention_of(folder.path, 1_795_400_000_000_000)
    assert (found.hold, found.kept_until is None) == (Hold.KEPT, False)
    assert retention_of(folder.path, 1_900_000_000_000_000).hold is Hold.FREE
    shutil.rmtree(folder.path)
