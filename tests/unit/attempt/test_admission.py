"""Beginning a session against a real organizer that misbehaves on order."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from client.attempt.admission import Applicant, admit, find_session, next_paper, sessions_in
from client.base.clock import SECOND_US, utc_us
from client.base.errors import BadInputError, EnrolmentError, PlanError, SaiJianError
from client.base.files import FileLock
from client.contest.contestant import OneTimeCode, Role, Ticket, ticket_digest
from client.contest.schedule import schedule_of
from client.evidence.layout import SessionFolder
from client.organizer.enlist import load_roster
from client.recorder.setup import Devices, load_setup
from client.remote.client import OrganizerClient
from client.remote.messages import EnrolmentReply, EnrolmentRequest
from client.upload.credentials import PendingEnrolment, Token, load_credentials
from tests.private import only_mine
from tests.simulators.contest import code_of
from tests.simulators.organizer import FOREVER, Fault, MisbehavingOrganizer

DEVICES = Devices(camera="test", microphone="test")


@pytest.fixture
def organizer(tmp_path: Path) -> Iterator[MisbehavingOrganizer]:
    with MisbehavingOrganizer(tmp_path / "organizer") as serving:
        yield serving


def applicant(ticket: str = "T-1", role: Role = Role.PRIMARY, **changes: str) -> Applicant:
    code = changes.get("code", code_of(ticket))
    return Applicant(Ticket(ticket), OneTimeCode(code), role, changes.get("paper"))


def enter(organizer: MisbehavingOrganizer, root: Path, who: Applicant) -> SessionFolder:
    keys = organizer.contest.plan.plan.organizer.keys
    client = OrganizerClient(organizer.address, keys=keys)
    return admit(organizer.contest.plan, who, DEVICES, client, root)


def test_an_enrolment_leaves_what_the_recorder_needs(organizer, tmp_path: Path):
    folder = enter(organizer, tmp_path / "sessions", applicant())
    setup = load_setup(folder.setup)
    assert setup.enrolment is not None
    assert setup.enrolment["session"] == setup.session
    assert setup.paper == "one"
    assert isinstance(load_credentials(folder.token), Token)
    assert folder.plan.read_bytes() == organizer.contest.plan.raw
    for secret in (folder.key, folder.setup, folder.token):
        assert only_mine(secret), secret
    assert only_mine(folder.path)


@dataclass(frozen=True)
class SlowRegistrar:
    """An organizer that takes its time before it reads its clock, and to send what it read."""

    organizer: OrganizerClient
    before_s: float = 0.0
    after_s: float = 0.0

    def enrol(self, request: EnrolmentRequest) -> EnrolmentReply:
        time.sleep(self.before_s)
        reply = self.organizer.enrol(request)
        time.sleep(self.after_s)
        return reply


@pytest.mark.parametrize(
    ("before_s", "after_s"), [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0)], ids=["quick", "asked", "sent"]
)
def test_an_enrolment_that_takes_long_never_puts_the_clock_ahead(
    organizer, tmp_path: Path, before_s: float, after_s: float
):
    contest = organizer.contest.plan
    client = OrganizerClient(organizer.address, keys=contest.plan.organizer.keys)
    slow = SlowRegistrar(client, before_s, after_s)
    folder = admit(contest, applicant(), DEVICES, slow, tmp_path / "sessions")
    offset_s = load_setup(folder.setup).clock_offset_us / SECOND_US
    assert -after_s - 0.9 < offset_s <= 0  # of one computer: its own clock, and what sending took


def test_a_spare_drive_that_is_set_is_in_the_setup(organizer, tmp_path: Path):
    contest = organizer.contest.plan
    client = OrganizerClient(organizer.address, keys=contest.plan.organizer.keys)
    folder = admit(contest, applicant(), DEVICES, client, tmp_path / "sessions", tmp_path)
    assert load_setup(folder.setup).spare_folder == str(tmp_path)


def test_the_ticket_is_nowhere_in_clear_once_enrolled(organizer, tmp_path: Path):
    folder = enter(organizer, tmp_path / "sessions", applicant())
    for path in (tmp_path / "sessions").rglob("*"):
        if path.is_file():
            assert b"T-1" not in path.read_bytes(), path
    digest = ticket_digest(organizer.contest.plan.plan.id, Ticket("T-1"))
    assert load_setup(folder.setup).ticket_digest == digest


def test_what_the_roster_registered_comes_over_the_wire_and_no_number_stays(
    organizer, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    number = "99000019900101001X"
    row = f"T-1,{code_of('T-1')},考生,127.0.0.0/8,{number}"
    text = f"ticket,code,name,address,document\n{row}\n"
    load_roster(organizer.contest.folder, text.encode())
    with caplog.at_level("DEBUG"):
        folder = enter(organizer, tmp_path / "sessions", applicant())
    assert load_setup(folder.setup).addresses == ("127.0.0.0/8",)
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert organizer.contest.folder.records in kept
    assert not [path for path in kept if number.encode() in path.read_bytes()]
    assert number not in caplog.text


def test_the_same_applicant_comes_back_to_the_same_session(organizer, tmp_path: Path):
    root = tmp_path / "sessions"
    first = enter(organizer, root, applicant())
    assert enter(organizer, root, applicant(code="wrong-code")) == first
    assert enter(organizer, root, applicant(role=Role.BACKUP)) != first
    assert len(list(sessions_in(root))) == 2


@pytest.mark.parametrize("who", [applicant("T-9"), applicant(code="WRONG-1")])
def test_a_refusal_leaves_nothing_behind(organizer, tmp_path: Path, who: Applicant):
    root = tmp_path / "sessions"
    with pytest.raises(EnrolmentError) as refused:
        enter(organizer, root, who)
    assert refused.value.exit_code == 2
    assert refused.value.title.zh
    assert list(root.iterdir()) == []


@pytest.mark.parametrize("name", ["foreign-01.mp4", "screen-01.mp4", ".foreign.part"])
def test_a_refusal_deletes_nothing_that_was_recorded_or_taken_in(
    organizer, tmp_path: Path, name: str
):
    root, who = tmp_path / "sessions", applicant("T-9")
    organizer.play(Fault("error", "POST", "/enrolments", times=FOREVER))
    folder = enter(organizer, root, who)
    (folder.path / name).write_bytes(b"somebody's evidence")
    organizer.forget_faults()
    with pytest.raises(EnrolmentError):
        enter(organizer, root, who)
    assert (folder.path / name).read_bytes() == b"somebody's evidence"
    assert folder.key.exists()


def test_a_refusal_leaves_a_recorder_that_is_at_work_its_folder(organizer, tmp_path: Path):
    root, who = tmp_path / "sessions", applicant("T-9")
    organizer.play(Fault("error", "POST", "/enrolments", times=FOREVER))
    folder = enter(organizer, root, who)
    organizer.forget_faults()
    lock = FileLock(folder.recorder_lock)
    assert lock.acquire()
    try:
        with pytest.raises(EnrolmentError):
            enter(organizer, root, who)
    finally:
        lock.release()
    assert folder.plan.exists()


def test_a_code_used_on_another_computer_is_refused(organizer, tmp_path: Path):
    enter(organizer, tmp_path / "one", applicant())
    with pytest.raises(EnrolmentError):
        enter(organizer, tmp_path / "two", applicant())
    assert list((tmp_path / "two").iterdir()) == []


@pytest.mark.parametrize("action", ["error", "rubbish", "cut"])
def test_a_sick_organizer_means_offline_and_the_code_is_not_burnt(
    organizer, tmp_path: Path, action: str
):
    root = tmp_path / "sessions"
    organizer.play(Fault(action, "POST", "/enrolments", times=FOREVER))
    folder = enter(organizer, root, applicant())
    assert load_setup(folder.setup).enrolment is None
    assert isinstance(load_credentials(folder.token), PendingEnrolment)
    organizer.forget_faults()
    assert enter(organizer, root, applicant()) == folder  # the window is opened again
    assert load_setup(folder.setup).enrolment is not None


def test_an_answer_that_was_lost_is_asked_for_again(organizer, tmp_path: Path):
    root = tmp_path / "sessions"
    organizer.play(Fault("lost", "POST", "/enrolments"))
    folder = enter(organizer, root, applicant())
    assert load_setup(folder.setup).enrolment is None
    assert enter(organizer, root, applicant()) == folder
    assert load_setup(folder.setup).enrolment is not None


@pytest.mark.parametrize(
    ("who", "error"),
    [
        (applicant(paper="nine"), PlanError),
        (applicant("with space"), BadInputError),
        (applicant(code="!"), BadInputError),
    ],
)
def test_bad_input_makes_nothing(organizer, tmp_path: Path, who: Applicant, error: type):
    root = tmp_path / "sessions"
    with pytest.raises(error):
        enter(organizer, root, who)
    assert not root.exists()


def test_a_damaged_session_of_somebody_else_does_not_stand_in_the_way(organizer, tmp_path: Path):
    root = tmp_path / "sessions"
    other = SessionFolder(root / "broken").create()
    other.setup.write_text("{")
    assert find_session(root, organizer.contest.plan, applicant()) is None
    assert enter(organizer, root, applicant()).path != other.path


def test_the_next_paper_by_the_clock(organizer):
    plan = organizer.contest.plan.plan
    one, two = plan.papers()
    assert next_paper(plan, utc_us()) == one
    assert next_paper(plan, schedule_of(plan, one).stops_us + 1) == two
    assert next_paper(plan, schedule_of(plan, two).stops_us + 1) == two


def test_errors_say_what_to_do_in_both_languages(organizer, tmp_path: Path):
    with pytest.raises(SaiJianError) as refused:
        enter(organizer, tmp_path / "s", applicant("T-9"))
    for language in ("zh", "en"):
        assert refused.value.sentence(language).endswith("]")
        assert len(refused.value.advice.say(language)) > 4
