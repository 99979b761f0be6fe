"""The state table of one session. Its state follows from journal, seal and receipts alone.

`docs/states.md` holds the diagram that `mermaid()` draws from the table.
"""

from __future__ import annotations

from enum import StrEnum

from client.base.errors import StateError
from client.base.text import Text
from client.contest.values import Value
from client.evidence.entries import Close, Consent, Entry, Opening, Preflighted, Restart, Step


class State(StrEnum):
    """Where a session stands."""

    NEW = "new"
    ENROLLED = "enrolled"
    OFFLINE = "offline"
    CONSENTED = "consented"
    PREFLIGHTED = "preflighted"
    IDENTITY = "identity"
    CONTEST = "contest"
    HANDED_IN = "handed_in"
    ENDED = "ended"
    SEALING = "sealing"
    UPLOADING = "uploading"
    STORED = "stored"


class Event(StrEnum):
    """What moves a session on; each is a journal line, the seal, or a document of the organizer."""

    ENROL = "enrol"
    ADMIT_OFFLINE = "admit_offline"
    ENROL_LATER = "enrol_later"
    CONSENT = "consent"
    PREFLIGHT = "preflight"
    BEGIN = "begin"
    BEGIN_LATE = "begin_late"
    BEGIN_CONTEST = "begin_contest"
    LOGIN = "login"
    HAND_IN = "hand_in"
    END = "end"
    END_BY_PLAN = "end_by_plan"
    RESTART = "restart"
    CLOSE = "close"
    SEAL = "seal"
    STORE = "store"


_S, _E = State, Event
_OPEN = (_S.ENROLLED, _S.OFFLINE, _S.CONSENTED, _S.PREFLIGHTED)
_FILMING = (_S.IDENTITY, _S.CONTEST, _S.HANDED_IN)

TRANSITIONS: dict[tuple[State, Event], State] = {
    (_S.NEW, _E.ENROL): _S.ENROLLED,
    (_S.NEW, _E.ADMIT_OFFLINE): _S.OFFLINE,
    (_S.ENROLLED, _E.CONSENT): _S.CONSENTED,
    (_S.OFFLINE, _E.CONSENT): _S.CONSENTED,
    (_S.CONSENTED, _E.PREFLIGHT): _S.PREFLIGHTED,
    (_S.PREFLIGHTED, _E.PREFLIGHT): _S.PREFLIGHTED,
    (_S.PREFLIGHTED, _E.BEGIN): _S.IDENTITY,
    (_S.PREFLIGHTED, _E.BEGIN_LATE): _S.IDENTITY,
    (_S.IDENTITY, _E.BEGIN_CONTEST): _S.CONTEST,
    **{(state, _E.LOGIN): state for state in _FILMING},
    (_S.CONTEST, _E.HAND_IN): _S.HANDED_IN,
    **{(state, _E.END): _S.ENDED for state in _FILMING},
    **{(state, _E.END_BY_PLAN): _S.ENDED for state in (*_OPEN, *_FILMING)},
    **{(state, _E.RESTART): state for state in (*_OPEN, *_FILMING, _S.ENDED)},
    **{(state, _E.ENROL_LATER): state for state in (_S.SEALING, _S.UPLOADING)},
    (_S.ENDED, _E.CLOSE): _S.SEALING,
    (_S.SEALING, _E.SEAL): _S.UPLOADING,
    (_S.UPLOADING, _E.STORE): _S.STORED,
}

RECORDED = frozenset({State.UPLOADING, State.STORED})
"""States in which the recorder has nothing to do any more; in all others it must be alive."""


def after(state: State, event: Event) -> State:
    """Return the state that follows; an event that does not fit raises StateError."""
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise StateError(
            Text(
                f"当前阶段“{state}”不能执行“{event}”。",
                f"The step “{event}” does not follow from “{state}”.",
            ),
            Text("请按界面提示的顺序操作。", "Follow the order that the window shows."),
        ) from None


_STEPS = {
    "contest": Event.BEGIN_CONTEST,
    "login_done": Event.LOGIN,
    "handed_in": Event.HAND_IN,
}
_KINDS: dict[type[Value], Event] = {
    Consent: Event.CONSENT,
    Preflighted: Event.PREFLIGHT,
    Restart: Event.RESTART,
    Close: Event.CLOSE,
}


def event_of(entry: Entry) -> Event | None:
    """Return the event that a journal entry stands for, or None where it moves nothing."""
    match entry:
        case Opening():
            return Event.ENROL if entry.enrolment else Event.ADMIT_OFFLINE
        case Step(name="identity"):
            return Event.BEGIN_LATE if entry.late else Event.BEGIN
        case Step(name="ended"):
            return Event.END if entry.by == "contestant" else Event.END_BY_PLAN
        case Step():
            return _STEPS[entry.name]
        case _:
            return _KINDS.get(type(entry))
