"""GB 11643-1999 by the standard's own example; nothing but a right number passes."""

import random

import pytest

from client.contest.registered import compact
from client.identity import number
from tests.identity_scenes import card

EXAMPLE = "11010519491231002X"  # the standard's, nobody's


def test_the_standards_example_is_right():
    assert number.is_citizen_number(EXAMPLE)


@pytest.mark.parametrize("at", range(18))
def test_one_wrong_digit_anywhere_is_found(at):
    for other in "0123456789X":
        if other == EXAMPLE[at]:
            continue
        wrong = EXAMPLE[:at] + other + EXAMPLE[at + 1 :]
        assert not number.is_citizen_number(wrong)


def test_neighbours_exchanged_are_found():
    for at in range(17):
        swapped = EXAMPLE[:at] + EXAMPLE[at + 1] + EXAMPLE[at] + EXAMPLE[at + 2 :]
        assert swapped == EXAMPLE or not number.is_citizen_number(swapped)


@pytest.mark.parametrize("day", ["19490231", "19491331", "00000101"])
def test_a_day_that_never_was_is_no_number(day):
    seventeen = f"110105{day}002"
    assert not number.is_citizen_number(seventeen + card.check_digit(seventeen))


@pytest.mark.parametrize("text", ["", "1", "\u0661" * 18, EXAMPLE + "0", EXAMPLE.lower(), "1" * 17])
def test_what_is_no_number(text):
    assert not number.is_citizen_number(text)


def test_every_invented_number_agrees_with_the_other_way_to_compute_it():
    rng = random.Random(1)
    for _ in range(300):
        person = card.invented(rng)
        assert number.is_citizen_number(person.number)


def test_a_label_in_the_same_line_lends_no_digit():
    assert number.citizen_numbers(compact(f"公民身份号码 {EXAMPLE}")) == [EXAMPLE]
    assert number.citizen_numbers("7" + EXAMPLE) == []
    assert number.citizen_numbers(EXAMPLE + "7") == []


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("护照号E12345678", ["E12345678"]),
        ("P<CHNZHAO", []),
        ("1990", []),
        ("H60000001", ["H60000001"]),
    ],
)
def test_numbers_of_other_documents(line, found):
    assert number.other_numbers(line) == found
