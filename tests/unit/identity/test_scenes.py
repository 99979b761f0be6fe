"""A few generated scenes with the real reader; `python -m tests.identity_scenes` shows all."""

import pytest

from tests.identity_scenes.measure import Bench
from tests.identity_scenes.scene import scene

FEW = 60
"""Scenes that the cases are taken from, so that the slowest are not among them."""


@pytest.fixture(scope="module")
def bench():
    return Bench()


def first(count, wanted):
    return [made for made in map(scene, range(FEW)) if wanted(made)][:count]


@pytest.mark.parametrize("made", first(5, lambda made: made.is_legible), ids=lambda m: m.seed)
def test_a_legible_card_is_accepted_within_five_seconds(bench, made):
    result = bench.run(made)
    assert result.accepted, result.faults
    assert result.taken_for_another == 0


@pytest.mark.parametrize("made", first(3, lambda made: made.is_below), ids=lambda m: m.seed)
def test_what_a_person_cannot_read_is_never_accepted(bench, made):
    result = bench.run(made)
    assert not result.accepted
    assert result.taken_for_another == 0
