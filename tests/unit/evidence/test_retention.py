"""Which sessions are held, and until when; damage holds, it never frees."""

from __future__ import annotations

import json
import shutil
from datetime import date, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from client.base.clock import SECOND_US
from client.base.files import FileLock
from client.contest.signed import canonical, public_key, sign
from client.evidence.layout import SessionFolder
from client.evidence.retention import Hold, is_session, retention_of, sessions_below
from tests.builders import WALL_BASE, Script, build_session
from tests.documents import plan_document, receipt_document, storage_document

LAST_DAY = date(2026, 12, 11)
"""15 working days after Sunday, 22 November 2026."""


def at(text: str) -> int:
    return round(datetime.fromisoformat(f"{text}+08:00").timestamp() * SECOND_US)


CONTEST_DAY, LONG_AFTER = at("2026-11-22T12:00"), at("2030-01-01T12:00")


def hold(folder, now_us=LONG_AFTER):
    return retention_of(folder.path, now_us).hold


# ---- the rule ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-22T12:00", Hold.KEPT),
        ("2026-12-11T23:59", Hold.KEPT),
        ("2026-12-12T00:00", Hold.FREE),
    ],
)
def test_a_stored_contest_is_kept_to_the_end_of_its_last_day(built, now, expected):
    found = retention_of(built.folder.path, at(now))
    assert (found.hold, found.kept_until, found.provisional) == (expected, LAST_DAY, False)
    assert (found.kind, found.day) == ("contest", date(2026, 11, 22))
    assert (found.contest.zh, found.paper.zh) == ("测试竞赛", "场次")
    assert found.bytes == sum(file.stat().st_size for file in built.folder.path.iterdir())


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ({"close": False}, Hold.UNFINISHED),
        ({"seal": False}, Hold.UNFINISHED),
        ({"store": False}, Hold.UNSENT),
        ({"rehearsal_plan": True}, Hold.FREE),
        ({"rehearsal_plan": True, "close": False}, Hold.FREE),
        ({"purpose": "recording"}, Hold.FREE),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else str(value),
)
def test_only_a_stored_contest_is_ever_free_and_what_nobody_asked_for(session, script, expected):
    found = retention_of(session(seconds=6, **script).folder.path, LONG_AFTER)
    assert (found.hold, found.kept_until) == (expected, None)


def test_a_calendar_that_is_not_published_makes_the_day_provisional(built, organizer_says):
    later = WALL_BASE + 28 * 24 * 3600 * SECOND_US  # 20 December
    organizer_says(built, seen_us=later, stored_us=later + SECOND_US)
    found = retention_of(built.folder.path, CONTEST_DAY)
    assert (found.kept_until, found.provisional) == (date(2027, 1, 8), True)


@pytest.mark.parametrize("lock", ["recorder_lock", "uploader_lock"])
def test_what_is_running_is_held_also_in_a_rehearsal(session, lock):
    folder = session(seconds=6, rehearsal_plan=True).folder
    held = FileLock(getattr(folder, lock))
    assert held.acquire()
    assert hold(folder) is Hold.RUNNING
    held.release()
    assert hold(folder) is Hold.FREE


def test_enrolled_and_not_begun_is_unfinished(tmp_path):
    folder = SessionFolder(tmp_path / "s").create()
    folder.plan.write_bytes(canonical(plan_document(Ed25519PrivateKey.generate())))
    assert hold(folder) is Hold.UNFINISHED


# ---- a clock that is wrong -----------------------------------------------------------------------
@pytest.fixture
def organizer_says():
    """Replace the receipts: one for a heartbeat, and the storage receipt."""

    def write(built, seen_us, stored_us):
        documents = [
            receipt_document(built.organizer, built.lines[-1].head, seen_us),
            storage_document(built.organizer, built.folder.path, stored_us),
        ]
        built.folder.receipts.write_bytes(b"".join(canonical(d) + b"\n" for d in documents))

    return write


def with_seal_at(built, utc_us):
    seal = json.loads(built.folder.seal.read_bytes())
    signed = sign({**seal, "utc_us": utc_us}, built.session_key)
    built.folder.seal.write_text(json.dumps(signed))


@pytest.mark.parametrize("wrong", ["2009-01-01T08:00", "2041-01-01T08:00"])
def test_the_organizer_brackets_a_seal_of_a_wrong_clock(built, organizer_says, wrong):
    with_seal_at(built, at(wrong))
    organizer_says(built, at("2026-11-22T11:29"), at("2026-11-22T11:40"))
    assert retention_of(built.folder.path, CONTEST_DAY).kept_until == LAST_DAY


def test_days_on_which_it_was_not_sent_yet_count_too(built, organizer_says):
    with_seal_at(built, at("2026-11-22T11:30"))
    organizer_says(built, at("2026-11-22T11:29"), at("2026-11-30T10:00"))
    assert retention_of(built.folder.path, CONTEST_DAY).kept_until == LAST_DAY


# ---- nothing on the disk is believed -------------------------------------------------------------
def edit(path, change, key):
    document = json.loads(path.read_bytes())
    change(document)
    path.write_bytes(canonical(sign(document, key) if key else document))


def rehearsal_instead(folder, stranger):
    folder.plan.write_bytes(canonical(plan_document(stranger, rehearsal=True)))


def short_retention(folder, stranger):
    edit(folder.plan, lambda plan: plan.update(retention_working_days=1), None)


def plain_instead(folder, stranger):
    first, rest = folder.journal.read_bytes().split(b"\n", 1)
    opening = json.loads(first)
    opening |= {"purpose": "recording", "plan_sha256": None, "paper": None, "enrolment": None}
    folder.journal.write_bytes(canonical(opening) + b"\n" + rest)
    folder.plan.unlink()


def other_paper(folder, stranger):
    first, rest = folder.journal.read_bytes().split(b"\n", 1)
    opening = json.loads(first) | {"paper": "no-such", "session_key": public_key(stranger)}
    folder.journal.write_bytes(canonical(sign(opening, stranger)) + b"\n" + rest)


def old_seal(folder, stranger):
    edit(folder.seal, lambda seal: seal.update(utc_us=1), None)


def strangers_seal(folder, stranger):
    edit(folder.seal, lambda seal: seal.update(session_key=public_key(stranger)), stranger)


def without_its_end(folder, stranger):
    lines = folder.journal.read_bytes().splitlines(keepends=True)
    folder.journal.write_bytes(b"".join(lines[:-1]))


def long_line(folder, stranger):
    folder.journal.write_bytes(b"x" * (3 << 20))


DAMAGE = {
    "plan.json": [
        lambda f, s: f.plan.unlink(),
        lambda f, s: f.plan.write_bytes(b"{"),
        lambda f, s: f.plan.write_bytes(b"[" * 100_000),
        rehearsal_instead,
        short_retention,
        other_paper,
    ],
    "journal.jsonl": [
        lambda f, s: f.journal.unlink(),
        lambda f, s: f.journal.write_bytes(b""),
        lambda f, s: f.journal.write_bytes(b"\x00" * 4096),
        long_line,
        plain_instead,
        without_its_end,
    ],
    "seal.json": [
        lambda f, s: f.seal.write_bytes(b""),
        lambda f, s: f.seal.write_bytes(b"\xff\xfe"),
        old_seal,
        strangers_seal,
    ],
}


@pytest.mark.parametrize(
    ("damage", "change"),
    [(name, change) for name, changes in DAMAGE.items() for change in changes],
)
def test_damage_holds_and_is_named(built, damage, change):
    change(built.folder, Ed25519PrivateKey.generate())
    found = retention_of(built.folder.path, LONG_AFTER)
    assert (found.hold, found.damage, found.is_held) == (Hold.DAMAGED, damage, True)


def storage_by_a_stranger(built):
    return storage_document(Ed25519PrivateKey.generate(), built.folder.path, WALL_BASE)


def storage_changed(built):
    document = storage_document(built.organizer, built.folder.path, WALL_BASE)
    return document | {"time_us": 1}


def storage_of_another_seal(built):
    document = storage_document(built.organizer, built.folder.path, WALL_BASE)
    return sign(document | {"seal_sha256": "0" * 64}, built.organizer)


def storage_of_another_session(built):
    document = storage_document(built.organizer, built.folder.path, WALL_BASE)
    other = built.lines[0].entry.session[:-1] + "9"
    return sign(document | {"session": other}, built.organizer)


def storage_of_fewer_bytes(built):
    document = storage_document(built.organizer, built.folder.path, WALL_BASE)
    name, stored = next(iter(document["files"].items()))
    fewer = {**document["files"], name: {**stored, "bytes": stored["bytes"] - 1}}
    return sign(document | {"files": fewer}, built.organizer)


def storage_of_fewer_files(built):
    document = storage_document(built.organizer, built.folder.path, WALL_BASE)
    fewer = dict(list(document["files"].items())[1:])
    return sign(document | {"files": fewer}, built.organizer)


def storage_of_another_head(built):
    document = storage_document(built.organizer, built.folder.path, WALL_BASE)
    return sign(document | {"head": {**document["head"], "seq": 0}}, built.organizer)


@pytest.mark.parametrize(
    "forged",
    [
        storage_by_a_stranger,
        storage_changed,
        storage_of_another_seal,
        storage_of_another_session,
        storage_of_fewer_bytes,
        storage_of_fewer_files,
        storage_of_another_head,
    ],
)
def test_only_the_organizers_receipt_for_this_seal_counts(built, forged):
    rubbish = [b"", b"\xff", b"[]", b'{"kind":[]}', b"null", b"[" * 100_000, b"x" * (2 << 20)]
    built.folder.receipts.write_bytes(b"\n".join([*rubbish, canonical(forged(built)), b""]))
    assert hold(built.folder) is Hold.UNSENT


def test_a_receipt_behind_rubbish_is_found(built):
    receipts = built.folder.receipts.read_bytes()
    built.folder.receipts.write_bytes(b"\xff\n[]\n" + receipts)
    assert hold(built.folder) is Hold.FREE


def test_what_cannot_be_read_is_held(built):
    built.folder.journal.unlink()
    built.folder.journal.mkdir()
    found = retention_of(built.folder.path, LONG_AFTER)
    assert (found.hold, found.damage) == (Hold.DAMAGED, "journal.jsonl")


# ---- which folders are sessions ------------------------------------------------------------------
def test_sessions_are_found_by_what_lies_in_them(tmp_path):
    build_session(tmp_path, Script(seconds=6))
    (tmp_path / "photographs").mkdir()
    (tmp_path / "photographs" / "a.jpg").write_bytes(b"")
    (tmp_path / "note.txt").write_text("x")
    only_media = tmp_path / "only-media"
    only_media.mkdir()
    (only_media / "screen-01.mp4").write_bytes(b"")
    emptied = tmp_path / "emptied"
    emptied.mkdir()
    (tmp_path / "emptied.private").mkdir()
    assert sessions_below(tmp_path) == [emptied, only_media, tmp_path / "session"]
    assert sessions_below(tmp_path / "nowhere") == []
    assert not is_session(tmp_path / "session.private")
    assert {retention_of(path, LONG_AFTER).hold for path in (emptied, only_media)} == {Hold.DAMAGED}


def test_the_private_folder_counts_in_the_size(tmp_path):
    built = build_session(tmp_path, Script(seconds=6))
    before = retention_of(built.folder.path, LONG_AFTER).bytes
    built.folder.log("recorder").write_bytes(b"x" * 1000)
    assert retention_of(built.folder.path, LONG_AFTER).bytes == before + 1000
    shutil.rmtree(built.folder.private)
    assert retention_of(built.folder.path, LONG_AFTER).hold is Hold.FREE
