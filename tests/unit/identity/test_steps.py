"""The walk through the steps, and the order in which faults are told."""

import pytest

from client.identity.faults import WORDS, Fault, first_of
from client.identity.steps import PATIENCE_S, TABLE, Step, Walk, steps_of

BOTH = steps_of(back=False, sentence=False)


def test_what_no_plan_asks_is_left_out():
    assert BOTH == (Step.FACE_AND_CARD, Step.CARD_FRONT, Step.PLACE)
    assert steps_of(back=True, sentence=True) == tuple(Step)


def test_enough_good_pictures_in_a_row_lead_on_by_themselves():
    walk = Walk(BOTH)
    for _ in range(TABLE[Step.FACE_AND_CARD].good):
        walk = walk.saw(None, 3.0)
    assert (walk.step, walk.since_s, walk.skipped) == (Step.CARD_FRONT, 3.0, ())


def test_a_bad_picture_begins_the_row_anew():
    walk = Walk(BOTH).saw(None, 1.0).saw(Fault.GLARE, 2.0)
    assert (walk.good, walk.lacking) == (0, Fault.GLARE)
    assert walk.saw(None, 3.0).step is Step.FACE_AND_CARD


def test_going_on_is_offered_after_45_seconds_of_one_step_and_not_before():
    walk = Walk(BOTH, since_s=100.0)
    assert PATIENCE_S == 45.0
    assert walk.skip(144.9) is walk
    left = walk.saw(Fault.DARK, 120.0).skip(145.0)
    assert (left.step, left.skipped, left.since_s) == (
        Step.CARD_FRONT, (Step.FACE_AND_CARD,), 145.0,
    )  # fmt: skip
    assert not left.may_skip(146.0)


def test_after_the_last_step_nothing_happens_and_all_can_be_done_again():
    walk = Walk((Step.PLACE,))
    for _ in range(TABLE[Step.PLACE].good):
        walk = walk.saw(None, 1.0)
    assert walk.step is None
    assert walk.saw(Fault.DARK, 2.0) is walk
    assert not walk.may_skip(1e6)
    assert walk.again(9.0) == Walk((Step.PLACE,), since_s=9.0)


@pytest.mark.parametrize("fault", list(Fault))
def test_every_fault_is_told_in_few_letters_with_what_to_do(fault):
    words, advice = WORDS[fault]
    assert 2 <= len(words.zh) <= 4
    assert len(words.en.split()) <= 3
    assert advice.zh.endswith("。")
    assert advice.en.endswith(".")


def test_light_comes_before_distance_and_distance_before_glare():
    assert first_of({Fault.GLARE, Fault.SMALL, Fault.DARK}) is Fault.DARK
    assert first_of({Fault.GLARE, Fault.SMALL}) is Fault.SMALL
    assert first_of(set()) is None
