from __future__ import annotations

import pytest

from client.contest.contestant import Role
from client.contest.receipt import Receipt
from client.contest.signed import is_signed_by
from client.organizer import heartbeats
from client.organizer.heartbeats import receipt_for
from client.organizer.office import BEATS_A_MINUTE
from client.organizer.overview import sessions_of
from client.organizer.problems import Refusal
from tests.unit.organizer.asking import ADDRESS, beat, enrolled


def receipt(office, session, seq, digit="a", address=ADDRESS):
    reply = receipt_for(office, session, beat(seq, digit), address)
    assert is_signed_by(reply.receipt, office.public_key)
    return Receipt.model_validate(reply.receipt)


def test_a_receipt_names_head_time_and_address_with_a_fresh_nonce(office, contest, clock):
    session = enrolled(office, contest)
    first, again = receipt(office, session, 5), receipt(office, session, 5)
    assert first.head == beat(5).head
    assert (first.time_us, first.address) == (clock.now_us, ADDRESS)
    assert first.session == session.id
    assert first.nonce != again.nonce


@pytest.mark.parametrize(("seq", "digit"), [(6, "a"), (7, "b")])
def test_a_head_that_goes_back_is_a_fork_and_remembered(office, contest, seq, digit):
    session = enrolled(office, contest)
    receipt(office, session, 7, "a")
    with pytest.raises(Refusal) as refusal:
        receipt_for(office, session, beat(seq, digit), ADDRESS)
    assert (refusal.value.code, refusal.value.status) == ("journal_forked", 409)
    receipt(office, session, 8)
    (seen,) = sessions_of(contest.folder)
    assert [(fork["seq"], fork["known_seq"]) for fork in seen.forks] == [(seq, 7)]
    assert (seen.last_seq, seen.receipts) == (8, 2)


def test_the_other_computer_s_head_is_in_the_receipt(office, contest):
    primary = enrolled(office, contest)
    backup = enrolled(office, contest, role=Role.BACKUP)
    stranger = enrolled(office, contest, ticket="T-2", role=Role.BACKUP)
    other_paper = enrolled(office, contest, paper="two", role=Role.BACKUP)
    assert receipt(office, primary, 1).other is None
    receipt(office, stranger, 90)
    receipt(office, other_paper, 91)
    assert receipt(office, primary, 2).other is None
    receipt(office, backup, 3, "c")
    assert receipt(office, primary, 4).other == beat(3, "c").head
    assert receipt(office, backup, 5).other == beat(4).head


def test_every_change_of_address_is_in_the_history(office, contest, clock):
    session = enrolled(office, contest, address="192.0.2.1")
    for seq, address in enumerate(["192.0.2.1", "192.0.2.2", "192.0.2.2", "192.0.2.1"], 1):
        clock.forward(12)
        receipt(office, session, seq, address=address)
    (seen,) = sessions_of(contest.folder)
    assert [span.address for span in seen.addresses] == ["192.0.2.1", "192.0.2.2", "192.0.2.1"]
    assert [(s.to_us - s.from_us) // 1_000_000 for s in seen.addresses] == [12, 12, 0]


def test_a_session_that_forks_without_end_fills_no_disk(office, contest, monkeypatch):
    monkeypatch.setattr(heartbeats, "FORKS_KEPT", 3)
    session = enrolled(office, contest)
    receipt(office, session, 7)
    for _ in range(5):
        with pytest.raises(Refusal) as refusal:
            receipt_for(office, session, beat(6), ADDRESS)
        assert refusal.value.code == "journal_forked"
    (seen,) = sessions_of(contest.folder)
    assert len(seen.forks) == 3


def test_a_session_that_beats_without_end_fills_no_disk_and_may_go_on_in_a_minute(
    office, contest, clock
):
    session, other = enrolled(office, contest), enrolled(office, contest, ticket="T-2")
    for seq in range(BEATS_A_MINUTE):
        receipt(office, session, seq)
    with pytest.raises(Refusal) as refusal:
        receipt_for(office, session, beat(BEATS_A_MINUTE), ADDRESS)
    assert (refusal.value.code, refusal.value.status) == ("too_many_beats", 429)
    assert "Retry-After" in refusal.value.headers
    receipt(office, other, 1)
    clock.forward(60)
    receipt(office, session, BEATS_A_MINUTE)
