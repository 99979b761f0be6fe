from __future__ import annotations

import json
import threading

import pytest
from sqlalchemy import select

from client.contest.contestant import Role, Ticket, ticket_digest
from client.contest.receipt import Enrolment
from client.contest.signed import is_signed_by
from client.organizer.enlist import load_roster
from client.organizer.enrolments import enrol, session_of_token
from client.organizer.overview import sessions_of
from client.organizer.problems import Refusal
from client.organizer.publish import sign_plan
from client.organizer.tables import SessionRow, TokenRow
from client.remote.messages import EnrolmentReply
from tests.simulators.contest import TICKETS, code_of, draft
from tests.unit.organizer.asking import ADDRESS, enrolled, request


def refused(office, asked, address=ADDRESS):
    with pytest.raises(Refusal) as refusal:
        enrol(office, asked, address)
    return refusal.value.code


def test_an_enrolment_is_signed_and_says_what_was_asked(office, contest, clock):
    asked = request(contest)
    reply = enrol(office, asked, ADDRESS)
    enrolment = Enrolment.model_validate(reply.enrolment)
    assert is_signed_by(reply.enrolment, office.public_key)
    assert (enrolment.session, enrolment.session_key) == (asked.session, asked.session_key)
    assert (enrolment.paper, enrolment.role, enrolment.group) == ("one", Role.PRIMARY, "staff")
    assert (enrolment.address, enrolment.time_us) == (ADDRESS, clock.now_us)
    assert enrolment.plan_sha256 == contest.plan.sha256
    assert (reply.name, reply.seat.room, reply.seat.seat) == ("考生1", "room-1", "1")


def test_the_ticket_number_is_not_in_the_enrolment(office, contest):
    reply = enrol(office, request(contest), ADDRESS)
    assert "T-1" not in json.dumps(reply.enrolment)
    expected = ticket_digest("test-contest", Ticket("T-1"))
    assert reply.enrolment["ticket_digest"] == expected


def test_the_same_key_gets_the_same_document_and_a_token_that_works(office, contest, clock):
    asked = request(contest)
    first = enrol(office, asked, ADDRESS)
    clock.forward(60)
    again = enrol(office, asked, "198.51.100.1")
    assert again.enrolment == first.enrolment
    assert session_of_token(office, first.token).id == asked.session
    assert session_of_token(office, again.token).id == asked.session


def test_a_code_serves_one_key_a_paper_and_role(office, contest):
    enrol(office, request(contest), ADDRESS)
    assert refused(office, request(contest)) == "code_used"
    enrol(office, request(contest, role=Role.BACKUP), ADDRESS)
    enrol(office, request(contest, paper="two"), ADDRESS)


def test_two_keys_at_the_same_moment_one_wins(office, contest):
    outcomes: list[str] = []

    def try_it():
        try:
            enrol(office, request(contest), ADDRESS)
            outcomes.append("enrolled")
        except Refusal as refusal:
            outcomes.append(refusal.code)

    threads = [threading.Thread(target=try_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["code_used"] * 5 + ["enrolled"]


def test_a_session_number_of_somebody_else_is_refused(office, contest):
    asked = request(contest)
    enrol(office, asked, ADDRESS)
    stolen = request(contest, ticket="T-2", session=asked.session)
    assert refused(office, stolen) == "session_taken"


@pytest.mark.parametrize("change", [{"ticket": "T-9"}, {"code": "wrong-code"}])
def test_unknown_ticket_and_wrong_code_get_the_same_answer(office, contest, change):
    with pytest.raises(Refusal) as refusal:
        enrol(office, request(contest, **change), ADDRESS)
    assert (refusal.value.status, refusal.value.code) == (403, "unknown_ticket")


def test_guessing_a_ticket_s_code_is_slowed_down(office, contest, clock):
    guess = request(contest, code="guess-1")
    codes = [refused(office, guess) for _ in range(12)]
    assert codes == ["unknown_ticket"] * 10 + ["too_many_tries"] * 2
    assert refused(office, request(contest)) == "too_many_tries"
    enrol(office, request(contest, ticket="T-2"), ADDRESS)
    clock.forward(61)
    enrol(office, request(contest), ADDRESS)


def test_papers_not_on_the_ticket_are_refused(office, contest):
    row = f"ticket,code,name,papers\nT-1,{code_of('T-1')},甲,two\n"
    load_roster(contest.folder, row.encode())
    assert refused(office, request(contest)) == "unknown_paper"
    assert refused(office, request(contest, paper="three")) == "unknown_paper"
    enrol(office, request(contest, paper="two"), ADDRESS)


def test_without_a_paper_the_next_one_by_our_clock_is_meant(office, contest, clock):
    def paper_of(ticket):
        reply = enrol(office, request(contest, ticket=ticket, paper=None), ADDRESS)
        return reply.enrolment["paper"]

    assert paper_of("T-1") == "one"
    clock.forward(2 * 3600 + 11 * 60)
    assert paper_of("T-2") == "two"
    clock.forward(24 * 3600)
    assert refused(office, request(contest, ticket="T-3", paper=None)) == "unknown_paper"


def test_only_our_plans_count_older_revisions_too(office, contest):
    assert refused(office, request(contest, plan_sha256="0" * 64)) == "plan_unknown"
    changed = draft(contest.plan.plan.organizer.address, revision=2, contest_url="https://x.test/")
    newer = sign_plan(contest.folder, json.dumps(changed).encode())
    enrol(office, request(contest), ADDRESS)
    reply = enrol(office, request(contest, ticket="T-2", plan_sha256=newer.sha256), ADDRESS)
    assert reply.enrolment["plan_sha256"] == newer.sha256


def test_a_new_code_in_the_roster_opens_a_new_enrolment(office, contest):
    enrol(office, request(contest), ADDRESS)
    rows = "".join(f"{t},new-{t},甲\n" for t in TICKETS)
    load_roster(contest.folder, f"ticket,code,name\n{rows}".encode())
    assert refused(office, request(contest)) == "unknown_ticket"
    enrol(office, request(contest, code="new-T-1"), ADDRESS)


def test_neither_token_nor_code_is_stored(office, contest):
    reply = enrol(office, request(contest), ADDRESS)
    stored = b"".join(p.read_bytes() for p in contest.folder.path.glob("records.sqlite*"))
    assert contest.plan.sha256.encode() in stored
    assert reply.token.encode() not in stored
    assert code_of("T-1").encode() not in stored


def test_only_the_newest_tokens_stay_good(office, contest, clock):
    asked = request(contest)
    tokens = []
    for _ in range(9):
        clock.forward(1)
        tokens.append(enrol(office, asked, ADDRESS).token)
    with office.records.reading() as records:
        assert len(records.scalars(select(TokenRow)).all()) == 8
    with pytest.raises(Refusal) as refusal:
        session_of_token(office, tokens[0])
    assert refusal.value.code == "token_unknown"
    assert session_of_token(office, tokens[-1]).id == asked.session


def test_the_session_s_folder_holds_the_plan_it_was_enrolled_under(office, contest):
    session = enrolled(office, contest)
    assert (contest.folder.session(session.id) / "plan.json").read_bytes() == contest.plan.raw


def test_a_refused_enrolment_leaves_nothing(office, contest):
    refused(office, request(contest, code="wrong-code"))
    assert list(contest.folder.sessions.iterdir()) == []
    with office.records.reading() as records:
        assert records.scalars(select(SessionRow)).all() == []


def test_the_document_to_compare_goes_to_its_contestant_alone(office, contest):
    assert enrol(office, request(contest, ticket="T-3"), ADDRESS).document is None
    rows = "\n".join(
        f"{ticket},{code_of(ticket)},考生,{number}"
        for ticket, number in zip(TICKETS[:2], ("99000019900101001X", ""), strict=True)
    )
    load_roster(office.folder, f"ticket,code,name,document\n{rows}\n".encode())
    reply = enrol(office, request(contest), ADDRESS)
    assert reply.document.is_number("99000019900101001X")
    assert not reply.document.is_number("990000199001010028")
    assert "99000019900101001X" not in reply.model_dump_json()
    assert "99000019900101001X" not in repr(reply)
    assert "99000019900101001X" not in json.dumps(reply.enrolment)
    other = enrol(office, request(contest, ticket=TICKETS[1]), ADDRESS)
    assert other.document is None


def test_the_registered_addresses_go_to_their_contestant_and_into_no_evidence(office, contest):
    assert enrol(office, request(contest, ticket="T-3"), ADDRESS).addresses == ()
    rows = f"T-1,{code_of('T-1')},考生,203.0.113.0/24 198.51.100.4\nT-2,{code_of('T-2')},考生,"
    load_roster(office.folder, f"ticket,code,name,address\n{rows}\n".encode())
    asked = request(contest)
    reply = enrol(office, asked, ADDRESS)
    assert reply.addresses == ("203.0.113.0/24", "198.51.100.4")
    assert EnrolmentReply.model_validate_json(reply.model_dump_json()) == reply
    assert "203.0.113.0" not in json.dumps(reply.enrolment)
    assert enrol(office, request(contest, ticket="T-2"), ADDRESS).addresses == ()
    load_roster(office.folder, f"ticket,code,name\nT-1,{code_of('T-1')},考生\n".encode())
    assert enrol(office, asked, ADDRESS).addresses == ()


@pytest.mark.parametrize(
    ("ranges", "registered"), [("", None), ("192.0.2.0/24", True), ("203.0.113.1", False)]
)
def test_the_organizer_sees_who_comes_from_elsewhere(office, contest, ranges, registered):
    text = f"ticket,code,name,address\nT-1,{code_of('T-1')},考生,{ranges}\n"
    load_roster(office.folder, text.encode())
    enrol(office, request(contest), "192.0.2.7")
    (seen,) = sessions_of(office.folder)
    assert [(span.address, span.is_registered) for span in seen.addresses] == [
        ("192.0.2.7", registered)
    ]


def test_a_new_token_is_good_although_the_clock_was_set_back(office, contest, clock):
    asked = request(contest)
    for _ in range(8):
        enrol(office, asked, ADDRESS)
        clock.forward(1)
    clock.forward(-3600)
    reply = enrol(office, asked, ADDRESS)
    assert session_of_token(office, reply.token).id == asked.session
