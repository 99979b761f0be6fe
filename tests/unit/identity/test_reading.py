"""What lines of text prove: the right person, somebody else, or nothing."""

import random

import numpy as np
import pytest

from client.contest.registered import RegisteredNumber
from client.identity import reading
from client.identity.outcome import Document, Enrolled, Outcome
from client.identity.reader import Line
from client.identity.reading import judge
from tests.identity_scenes import card

RNG = random.Random(5)
PERSON = card.invented(RNG)
ME = card.enrolled(PERSON)


def line(text, score=0.95, left=0.0, right=300.0):
    return Line(text, score, ((left, 0.0), (right, 0.0), (right, 12.0), (left, 12.0)))


def front(name=PERSON.name, number=PERSON.number, score=0.95):
    return [line(f"姓名{name}"), line("住址样本省"), line(f"公民身份号码 {number}", score)]


def outcome(lines, enrolled=ME, document=Document.CARD):
    return judge(lines, enrolled, document).outcome


def test_the_enrolled_person_matches():
    assert outcome(front()) is Outcome.MATCH


def test_without_anybody_enrolled_it_is_legible_and_no_match():
    assert outcome(front(), Enrolled()) is Outcome.LEGIBLE


@pytest.mark.parametrize("document", list(Document))
def test_nobody_else_is_ever_accepted(document):
    for _ in range(60):
        other = card.one_digit_off(PERSON, RNG)
        got = outcome(front(number=other.number), ME, document)
        assert not got.is_good
        assert got in (Outcome.SOMEBODY, Outcome.WRONG, Outcome.NOTHING)


def test_the_same_name_is_not_enough_where_the_number_is_known():
    other = card.one_digit_off(PERSON, random.Random(3))
    assert outcome(front(number=other.number)) in (Outcome.SOMEBODY, Outcome.WRONG)


def test_where_only_the_name_is_known_another_name_is_somebody_else():
    assert outcome(front(), Enrolled(PERSON.name)) is Outcome.LEGIBLE
    assert outcome(front(name="钱别人"), Enrolled(PERSON.name)) is Outcome.SOMEBODY


def test_a_wrong_check_digit_is_a_misreading():
    wrong = PERSON.number[:-1] + ("0" if PERSON.number[-1] != "0" else "1")
    assert outcome(front(number=wrong)) is Outcome.WRONG


def test_a_number_without_a_name_is_not_enough():
    assert outcome(front()[1:]) is Outcome.NAMELESS


def test_what_the_reader_is_not_sure_of_does_not_count():
    assert outcome(front(score=0.5)) is Outcome.NOTHING


def test_where_the_characters_stand_beside_their_label():
    label = 6 * 1.13 + 1.5
    whole = line(f"公民身份号码 {PERSON.number}", right=label + 18)
    got = judge([*front()[:2], whole], ME, Document.CARD)
    assert got.characters == 18
    np.testing.assert_allclose(got.strip[:, 0], [label, label + 18, label + 18, label], atol=0.01)


def passport(number):
    return Enrolled("", RegisteredNumber.of(number, bytes(32)))


PASSPORT = [line("PASSPORT"), line("姓名 ZHAO"), line("E12345678")]


def test_a_passport_needs_no_check_digit():
    assert outcome(PASSPORT, Enrolled(), Document.OTHER) is Outcome.LEGIBLE
    assert outcome(PASSPORT, passport("E12345678"), Document.OTHER) is Outcome.MATCH
    assert outcome(PASSPORT, passport("E12345679"), Document.OTHER) is Outcome.SOMEBODY
    assert outcome(PASSPORT[2:], Enrolled(), Document.OTHER) is Outcome.NOTHING


def test_no_text_of_the_enrolled_shows_a_name_or_number():
    assert PERSON.name not in repr(ME)
    assert PERSON.number not in repr(ME)
    assert ME.document.digest not in repr(ME)


def test_a_picture_full_of_numbers_costs_a_few_derivations_and_one_misread_card_none(monkeypatch):
    asked = []
    monkeypatch.setattr(RegisteredNumber, "is_number", lambda _, read: asked.append(read))
    wrong = PERSON.number[:-1] + ("0" if PERSON.number[-1] != "0" else "1")
    assert outcome(front(number=wrong)) is Outcome.WRONG
    assert asked == []
    crowd = [line(f"E1234{n:04d}") for n in range(300)]
    assert outcome(crowd, ME, Document.OTHER) is Outcome.SOMEBODY
    assert len(asked) == reading.MOST_NUMBERS
