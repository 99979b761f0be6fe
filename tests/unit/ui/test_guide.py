"""The table of moments: complete, in both languages, and true to the state table."""

import re
from dataclasses import replace

import pytest

from client.attempt.states import TRANSITIONS, Event, State
from client.contest.schedule import PUNCTUAL_US
from client.ui.guide import (
    CONSENT_ITEMS,
    GUIDE,
    STEPS,
    Call,
    Memory,
    Moment,
    Stage,
    moment_of,
    places,
    quiet_actions,
)
from tests.simulators.session import FakeSession, make_plan

EVENT_OF = {
    Call.CONSENT: Event.CONSENT,
    Call.PREFLIGHT: Event.PREFLIGHT,
    Call.BEGIN: Event.BEGIN,
    Call.BEGIN_CONTEST: Event.BEGIN_CONTEST,
    Call.LOGIN_DONE: Event.LOGIN,
    Call.HAND_IN: Event.HAND_IN,
    Call.END: Event.END,
}


NOTHING = Memory()


def moment(session, memory=NOTHING, **changes):
    view = replace(session.view(), **changes)
    return moment_of(view, session.plan, memory, view.organizer_now_us)


@pytest.fixture
def at(tmp_path):
    return lambda state, **kwargs: FakeSession(tmp_path, state, **kwargs)


def test_every_state_has_a_moment_and_every_moment_a_guide(at):
    for state in State:
        assert moment(at(state)) in Moment
    assert set(GUIDE) == set(Moment)


@pytest.mark.parametrize(
    ("state", "memory", "expected"),
    [
        (State.NEW, Memory(), Moment.PREPARING),
        (State.ENROLLED, Memory(), Moment.RULES),
        (State.OFFLINE, Memory(), Moment.RULES),
        (State.ENROLLED, Memory(rules_read=True), Moment.CONSENT),
        (State.ENROLLED, Memory(rules_read=True, declined=True), Moment.DECLINED),
        (State.CONSENTED, Memory(), Moment.CHECK),
        (State.PREFLIGHTED, Memory(), Moment.BEGIN),
        (State.IDENTITY, Memory(), Moment.IDENTITY),
        (State.CONTEST, Memory(), Moment.OPEN_SITE),
        (State.CONTEST, Memory(site_opened=True), Moment.LOGIN),
        (State.HANDED_IN, Memory(), Moment.HANDED_IN),
        (State.ENDED, Memory(), Moment.ENDING),
        (State.SEALING, Memory(), Moment.SEALING),
        (State.UPLOADING, Memory(), Moment.UPLOADING),
        (State.STORED, Memory(), Moment.STORED),
    ],
)
def test_state_and_memory_decide(at, state, memory, expected):
    assert moment(at(state), memory) is expected


def test_without_rules_consent_comes_first(at):
    assert moment(at(State.ENROLLED, plan=make_plan(rules=[]))) is Moment.CONSENT


def test_the_clock_decides_when_to_begin(at):
    session = at(State.PREFLIGHTED)
    schedule = session.schedule
    moments = [
        moment(session, organizer_now_us=us)
        for us in (
            schedule.opens_us - 1,
            schedule.opens_us,
            schedule.filming_us,
            schedule.filming_us + PUNCTUAL_US,
            schedule.filming_us + PUNCTUAL_US + 1,
        )
    ]
    assert moments == [Moment.EARLY, *[Moment.BEGIN] * 3, Moment.BEGIN_LATE]


def test_after_the_login_the_start_decides(at):
    session = at(State.CONTEST)
    session.logged_in = True
    starts = session.schedule.starts_us
    assert moment(session, Memory(logged_in=True), logged_in=False) is Moment.WAIT_FOR_START
    assert moment(session, organizer_now_us=starts - 1) is Moment.WAIT_FOR_START
    assert moment(session, organizer_now_us=starts) is Moment.WORK


def test_without_an_address_nothing_offers_to_open_it(at):
    plan = make_plan(contest_url="")
    assert moment(at(State.CONTEST, plan=plan)) is Moment.LOGIN
    for guide in GUIDE.values():
        assert Call.OPEN_SITE not in [a.call for a in quiet_actions(guide, plan)]
        assert len(quiet_actions(guide, make_plan())) == len(guide.quiet)


STATES = {
    Moment.RULES: (State.ENROLLED, State.OFFLINE),
    Moment.CONSENT: (State.ENROLLED, State.OFFLINE),
    Moment.DECLINED: (State.ENROLLED, State.OFFLINE),
    Moment.CHECK: (State.CONSENTED,),
    **dict.fromkeys((Moment.EARLY, Moment.BEGIN, Moment.BEGIN_LATE), (State.PREFLIGHTED,)),
    Moment.IDENTITY: (State.IDENTITY,),
    **dict.fromkeys(
        (Moment.OPEN_SITE, Moment.LOGIN, Moment.WAIT_FOR_START, Moment.WORK), (State.CONTEST,)
    ),
    Moment.HANDED_IN: (State.HANDED_IN,),
}


def test_no_button_offers_a_step_that_the_state_table_refuses():
    for moment_, guide in GUIDE.items():
        for action in (guide.action, *guide.quiet):
            if action is None or action.call not in EVENT_OF:
                continue
            for state in STATES[moment_]:
                assert (state, EVENT_OF[action.call]) in TRANSITIONS, (moment_, action.call)


def test_only_ending_must_be_held_and_always():
    for guide in GUIDE.values():
        for action in (guide.action, *guide.quiet):
            if action is not None:
                assert action.hold == (action.call is Call.END)


def test_every_step_of_the_session_can_be_reached():
    offered = {a.call for g in GUIDE.values() for a in (g.action, *g.quiet) if a is not None}
    assert offered == set(Call)
    assert set(STEPS) | {Call.PREFLIGHT} == {*EVENT_OF, Call.MARK}  # a remark moves nothing
    assert CONSENT_ITEMS == ("recording", "face", "document")


def test_the_stages_follow_the_rail():
    stages = [GUIDE[moment_].stage for moment_ in Moment]
    order = list(Stage)
    assert [order.index(stage) for stage in stages] == sorted(order.index(s) for s in stages)


def test_places_fill_every_brace(at):
    session = at(State.IDENTITY)
    filled = places(session.view(), session.plan)
    for guide in GUIDE.values():
        texts = [guide.title, guide.body]
        texts += [t for a in (guide.action, *guide.quiet) if a for t in (a.label, a.hint) if t]
        for text in texts:
            for sentence in text.format(**filled):
                assert sentence
                assert not re.search(r"[{}]", sentence)


def test_the_hand_in_button_says_that_it_hands_in_nothing():
    action = GUIDE[Moment.WORK].action
    assert action.label.zh == "我已在竞赛网站提交答卷"
    assert "本身不会提交任何答卷" in action.hint.zh
    assert "hands in nothing by itself" in action.hint.en


def test_only_a_stored_session_may_be_switched_off():
    for moment_, guide in GUIDE.items():
        says_so = "现在可以关机" in guide.title.zh + guide.body.zh
        assert says_so == (moment_ is Moment.STORED)
    assert GUIDE[Moment.UPLOADING].title.zh == "可以离开，请勿关机"
