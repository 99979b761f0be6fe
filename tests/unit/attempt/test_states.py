"""The table is the truth: every listed move works, every other one is refused."""

from __future__ import annotations

from functools import reduce
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from client.attempt.states import (
    RECORDED,
    TRANSITIONS,
    Event,
    State,
    after,
    event_of,
)
from client.base.errors import StateError
from client.evidence.entries import Close, Consent, Media, Opening, Restart, Step
from tests.draw_states import mermaid

WHOLE = [
    Event.ENROL,
    Event.CONSENT,
    Event.PREFLIGHT,
    Event.BEGIN,
    Event.LOGIN,
    Event.BEGIN_CONTEST,
    Event.HAND_IN,
    Event.END,
    Event.CLOSE,
    Event.SEAL,
    Event.STORE,
]


def test_a_whole_session_ends_stored():
    assert reduce(after, WHOLE, State.NEW) == State.STORED


def test_offline_from_the_start_ends_stored_after_a_later_enrolment():
    events = [Event.ADMIT_OFFLINE, *WHOLE[1:-1], Event.ENROL_LATER, Event.STORE]
    assert reduce(after, events, State.NEW) == State.STORED


@pytest.mark.parametrize("place", range(1, 9))
def test_a_restart_of_the_recorder_changes_no_state(place: int):
    events = [*WHOLE[:place], Event.RESTART, *WHOLE[place:]]
    assert reduce(after, events, State.NEW) == State.STORED


@given(st.sampled_from(State), st.sampled_from(Event))
def test_a_move_is_in_the_table_or_refused(state: State, event: Event):
    if (state, event) in TRANSITIONS:
        assert after(state, event) == TRANSITIONS[state, event]
    else:
        with pytest.raises(StateError):
            after(state, event)


def test_no_device_is_opened_before_consent_and_preflight():
    opening = {s for s, e in TRANSITIONS if e in (Event.BEGIN, Event.BEGIN_LATE)}
    assert opening == {State.PREFLIGHTED}
    assert {s for s, e in TRANSITIONS if e == Event.PREFLIGHT} <= {
        State.CONSENTED,
        State.PREFLIGHTED,
    }


def test_every_state_can_be_reached_and_only_stored_is_final():
    reached, frontier = {State.NEW}, [State.NEW]
    while frontier:
        state = frontier.pop()
        for (source, _), target in TRANSITIONS.items():
            if source == state and target not in reached:
                reached.add(target)
                frontier.append(target)
    assert reached == set(State)
    assert {s for s in State if s not in {a for a, _ in TRANSITIONS}} == {State.STORED}
    assert State.SEALING not in RECORDED  # a recorder that died there must come back and seal


def test_entries_stand_for_events():
    opening = Opening(
        session="00000000-0000-0000-0000-000000000000",
        session_key="0" * 64,
        purpose="contest",
        software="x",
        platform="x",
        plan_sha256=None,
        paper=None,
        role=None,
        enrolment=None,
    )
    assert event_of(opening) == Event.ADMIT_OFFLINE
    assert event_of(opening.model_copy(update={"enrolment": {"kind": "x"}})) == Event.ENROL
    assert event_of(Consent(items=("recording",))) == Event.CONSENT
    assert event_of(Step(name="identity", by="contestant", late=True)) == Event.BEGIN_LATE
    assert event_of(Step(name="identity", by="contestant")) == Event.BEGIN
    assert event_of(Step(name="ended", by="plan")) == Event.END_BY_PLAN
    assert event_of(Step(name="handed_in", by="contestant")) == Event.HAND_IN
    assert event_of(Restart(cause="x", down_us=1, new_boot=False)) == Event.RESTART
    assert event_of(Close(reason="ended", files={})) == Event.CLOSE
    assert event_of(Media(ranges={})) is None


def test_the_drawn_diagram_is_the_table():
    page = Path(__file__).parents[3] / "docs" / "states.md"
    drawn = page.read_text(encoding="utf-8").split("```mermaid\n")[1].split("```")[0]
    assert drawn == mermaid(), "run: python -m tests.draw_states"
