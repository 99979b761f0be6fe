"""Without a window each step is taken when it is due, and not before."""

from __future__ import annotations

from pathlib import Path

import pytest

from client.attempt import drive as driving
from client.attempt.drive import CONSENT_ITEMS, SAID, drive
from client.attempt.states import Event, State
from client.base.errors import OrganizerError, StateError
from client.base.text import Text
from tests.simulators.session import FakeSession


class Playbook:
    """Plays the world while `drive` waits: one happening a wait, then time passes."""

    def __init__(self, session: FakeSession, *happenings: Event) -> None:
        self.session, self.happenings, self.waits = session, list(happenings), 0

    def __call__(self, _seconds: float) -> None:
        self.waits += 1
        assert self.waits < 50, "drive waits for ever"
        self.session.now_us += 5 * 60 * 1_000_000
        if self.session.state not in (State.PREFLIGHTED, State.STORED) and self.happenings:
            self.session.happen(self.happenings.pop(0))


REST = (Event.BEGIN_CONTEST, Event.END_BY_PLAN, Event.CLOSE, Event.SEAL, Event.STORE)


def play(monkeypatch: pytest.MonkeyPatch, session: FakeSession, *happenings: Event) -> list[Text]:
    told: list[Text] = []
    monkeypatch.setattr(driving.time, "sleep", Playbook(session, *happenings))
    assert drive(session, told.append).state == State.STORED
    return told


@pytest.mark.parametrize("start", [State.ENROLLED, State.OFFLINE])
def test_a_whole_session(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, start: State):
    session = FakeSession(tmp_path, start)
    told = play(monkeypatch, session, *REST)
    items = ",".join(CONSENT_ITEMS)
    assert session.calls == [f"consent:{items}", "preflight", "begin"]
    assert told[0] == SAID[start]
    assert told[-1] == SAID[State.STORED]


def test_the_devices_stay_closed_until_filming_is_due(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    session = FakeSession(tmp_path, State.PREFLIGHTED)
    begun_at: list[int] = []
    begin = session.begin

    def noted() -> None:
        begun_at.append(session.now_us)
        begin()

    monkeypatch.setattr(session, "begin", noted)
    play(monkeypatch, session, *REST)
    assert begun_at[0] >= session.schedule.filming_us


@pytest.mark.parametrize("state", [State.CONTEST, State.HANDED_IN, State.ENDED])
def test_a_session_found_again_is_followed_to_its_end(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, state: State
):
    session = FakeSession(tmp_path, state)
    rest = REST[2:] if state == State.ENDED else REST[1:]
    play(monkeypatch, session, *rest)
    assert session.calls == []


def test_patience_with_the_organizer_ends_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    session = FakeSession(tmp_path, State.UPLOADING)
    clock = iter(range(0, 10_000, 60))
    monkeypatch.setattr(driving.time, "sleep", lambda _: None)
    monkeypatch.setattr(driving.time, "monotonic", lambda: float(next(clock)))
    with pytest.raises(OrganizerError) as given_up:
        drive(session, lambda _: None, upload_patience_s=300)
    assert f"saijian upload {session.folder.path}" in given_up.value.advice.zh


def test_a_step_that_is_refused_ends_the_drive_with_its_words(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    session = FakeSession(tmp_path, State.ENROLLED)
    session.raises["consent"] = StateError(Text("不行。", "No."), Text("请等。", "Wait."))
    with pytest.raises(StateError):
        drive(session, lambda _: None)
