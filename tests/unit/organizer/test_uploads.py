from __future__ import annotations

import contextlib
import hashlib
import threading

import pytest
import sqlalchemy
from hypothesis import given
from hypothesis import strategies as st

from client.organizer import uploads as module
from client.organizer.missing import missing_of
from client.organizer.problems import Refusal
from client.organizer.tables import BundleRow
from client.organizer.uploads import MOST_RIVALS, Uploads
from client.remote.messages import BundleMeta
from tests.unit.organizer.asking import enrolled

DATA = bytes(range(256)) * 40


def meta(data=DATA, offset=0, name="screen-01.mp4"):
    digest = hashlib.sha256(data).hexdigest()
    return BundleMeta(name=name, offset=offset, length=len(data), sha256=digest)


@pytest.fixture
def uploads(office):
    return Uploads(office)


@pytest.fixture
def session(office, contest):
    return enrolled(office, contest)


@pytest.fixture
def stored(contest, session):
    return lambda name="screen-01.mp4": (contest.folder.session(session.id) / name).read_bytes()


def put(uploads, session, row, offset, data, digest=None):
    digest = hashlib.sha256(data).digest() if digest is None else digest
    return uploads.write(session, row.id, offset, data, digest)


@contextlib.contextmanager
def event_listener(*event):
    sqlalchemy.event.listen(*event)
    yield
    sqlalchemy.event.remove(*event)


def refused(action, *arguments):
    with pytest.raises(Refusal) as refusal:
        action(*arguments)
    return refusal.value.code


def test_pieces_land_at_their_final_place(uploads, session, stored):
    second = uploads.announce(session, meta(DATA[6000:], 6000))
    first = uploads.announce(session, meta(DATA[:6000]))
    put(uploads, session, second, 0, DATA[6000:7000])
    put(uploads, session, first, 0, DATA[:6000])
    row = put(uploads, session, second, 1000, DATA[7000:])
    assert row.complete
    assert stored() == DATA


def test_the_same_bundle_is_the_same_upload_also_when_complete(uploads, session):
    row = uploads.announce(session, meta())
    assert uploads.announce(session, meta()).id == row.id
    put(uploads, session, row, 0, DATA)
    again = uploads.announce(session, meta())
    assert (again.id, again.complete, again.received) == (row.id, True, len(DATA))


@pytest.mark.parametrize(
    "rival",
    [
        meta(DATA[::-1]),
        meta(DATA[:100]),
        meta(DATA[:100], len(DATA) - 1),
        meta(DATA + b"x"),
        meta(DATA[5:9], 5),
    ],
)
def test_a_bundle_that_overlaps_another_is_a_conflict(uploads, session, rival):
    uploads.announce(session, meta())
    assert refused(uploads.announce, session, rival) == "bundle_conflict"


def test_neighbours_and_other_files_are_no_conflict(uploads, session):
    announced = [
        uploads.announce(session, meta(DATA, 1000)),
        uploads.announce(session, meta(DATA[:1000])),
        uploads.announce(session, meta(DATA, 1000 + len(DATA))),
        uploads.announce(session, meta(DATA[::-1], 1000, "contest-01.mp4")),
    ]
    assert len({row.id for row in announced}) == len(announced)


def test_a_wrong_checksum_keeps_nothing(uploads, session, contest):
    row = uploads.announce(session, meta())
    code = refused(put, uploads, session, row, 0, DATA, bytes(32))
    assert code == "checksum_mismatch"
    assert uploads.find(session, row.id).received == 0
    assert not (contest.folder.session(session.id) / "screen-01.mp4").exists()


@pytest.mark.parametrize("offset", [1, 99, 101, 5000])
def test_a_piece_that_does_not_follow_is_a_conflict_and_says_the_offset(uploads, session, offset):
    row = uploads.announce(session, meta())
    put(uploads, session, row, 0, DATA[:100])
    with pytest.raises(Refusal) as refusal:
        put(uploads, session, row, offset, DATA[100:200])
    assert (refusal.value.code, refusal.value.headers) == (
        "offset_conflict",
        {"Upload-Offset": "100"},
    )
    assert uploads.find(session, row.id).received == 100


def test_a_piece_beyond_the_end_is_refused(uploads, session):
    row = uploads.announce(session, meta())
    assert refused(put, uploads, session, row, 0, DATA + b"x") == "too_long"


def test_a_bundle_that_is_not_what_was_announced_may_be_sent_again(uploads, session, stored):
    row = uploads.announce(session, meta())
    assert refused(put, uploads, session, row, 0, DATA[::-1]) == "bundle_mismatch"
    after = uploads.find(session, row.id)
    assert (after.received, after.complete, after.failures) == (0, False, 1)
    assert put(uploads, session, row, 0, DATA).complete
    assert stored() == DATA


def test_uploads_of_another_session_are_unknown(uploads, session, office, contest):
    row = uploads.announce(session, meta())
    other = enrolled(office, contest, ticket="T-2")
    assert refused(uploads.find, other, row.id) == "upload_unknown"
    assert refused(put, uploads, other, row, 0, DATA) == "upload_unknown"


def test_an_unfinished_upload_expires_and_makes_room(uploads, session, clock):
    row = uploads.announce(session, meta())
    clock.forward(8 * 24 * 3600)
    assert refused(uploads.find, session, row.id) == "upload_expired"
    assert uploads.announce(session, meta(DATA[::-1])).id != row.id
    assert refused(uploads.find, session, row.id) == "upload_unknown"


def test_a_complete_upload_does_not_expire(uploads, session, clock):
    row = uploads.announce(session, meta())
    put(uploads, session, row, 0, DATA)
    clock.forward(400 * 24 * 3600)
    assert uploads.find(session, row.id).complete
    assert refused(uploads.announce, session, meta(DATA[::-1])) == "bundle_conflict"


def test_a_disk_that_fails_in_the_middle_keeps_the_offset(uploads, session, monkeypatch):
    row = uploads.announce(session, meta())

    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(module, "write_at", full)
        assert refused(put, uploads, session, row, 0, DATA) == "disk_full"
    assert uploads.find(session, row.id).received == 0
    assert put(uploads, session, row, 0, DATA).complete


def test_of_two_equal_pieces_at_the_same_moment_one_counts(uploads, session, stored):
    row = uploads.announce(session, meta())
    outcomes: list[str] = []

    def send():
        try:
            put(uploads, session, row, 0, DATA)
            outcomes.append("taken")
        except Refusal as refusal:
            outcomes.append(refusal.code)

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["offset_conflict"] * 3 + ["taken"]
    assert stored() == DATA


@pytest.mark.parametrize("expired", [True, False])
def test_of_thousands_of_tiny_bundles_a_few_are_read(office, uploads, session, clock, expired):
    """All of them would hold up everybody's writes for seconds."""
    tiny = [meta(DATA[at : at + 1], at) for at in range(3 * MOST_RIVALS)]
    for each in tiny:
        uploads.announce(session, each)
    if expired:
        clock.forward(8 * 24 * 3600)
    read = []
    with event_listener(BundleRow, "load", lambda row, _: read.append(row.offset)):
        assert refused(uploads.announce, session, meta(DATA)) == "bundle_conflict"
        uploads.announce(session, meta(DATA, len(tiny)))
        assert uploads.announce(session, tiny[7]).offset == 7
    assert len(read) <= MOST_RIVALS + 5


def test_a_few_that_expired_make_room_for_one_that_is_cut_otherwise(uploads, session, clock):
    for at in range(0, 40, 10):
        uploads.announce(session, meta(DATA[at : at + 10], at))
    clock.forward(8 * 24 * 3600)
    row = uploads.announce(session, meta(DATA[5:], 5))
    assert put(uploads, session, row, 0, DATA[5:]).complete


RANGES = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 30), st.booleans()), max_size=8)


@given(RANGES, st.integers(0, 80))
def test_missing_ranges_are_exactly_what_no_complete_bundle_covers(bundles, length):
    rows = [BundleRow(name="a", offset=o, length=n, complete=done) for o, n, done in bundles]
    other = BundleRow(name="b", offset=0, length=90, complete=True)
    covered = {i for o, n, done in bundles if done for i in range(o, o + n)}
    missing = missing_of("a", [other, *rows], length)
    assert {i for _, a, b in missing for i in range(a, b)} == set(range(length)) - covered
    assert all(a < b for _, a, b in missing)
