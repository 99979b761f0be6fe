"""The rehearsal's plan, and how long before filming it is signed."""

from __future__ import annotations

import json

import pytest

from client.attempt.rehearsal import lead_seconds, rehearsal_plan
from client.base.clock import SECOND_US

MEASURED = [(2.9, 1.1), (5.2, 3.8), (6.2, 4.8), (11.0, 13.0), (15.5, 14.5)]
"""Seconds that the organizer took to listen, and what enrolment, recorder and checks took then.

The first on Linux, the others in the Windows lab, from calm to three busy processes a core.
"""


@pytest.mark.parametrize(("organizer", "the_rest"), MEASURED)
def test_the_lead_suffices_on_the_computers_that_were_measured(organizer, the_rest):
    assert lead_seconds(organizer) > the_rest * 1.2


def test_a_quick_computer_does_not_wait_longer_than_the_eight_seconds_of_before():
    assert 1.3 + lead_seconds(1.3) <= 8


def test_the_plan_films_when_it_is_told():
    plan = json.loads(rehearsal_plan("http://127.0.0.1:1", 1_800_000_000 * SECOND_US, 40, 2))
    (paper,) = plan["projects"][0]["papers"]
    assert plan["revision"] == 2
    assert paper["starts_at"] == "2027-01-15T16:00:10+08:00"
    assert paper["ends_at"] == "2027-01-15T16:00:40+08:00"
    assert plan["timing"]["filming_minutes_before"] * 60 == 10
