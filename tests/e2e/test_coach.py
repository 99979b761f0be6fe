"""The real coach beside a real recorder and a camera in the network: read, reported, forgotten."""

from __future__ import annotations

import contextlib
import os
import random
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import psutil
import pytest

from client.attempt import live
from client.attempt.admission import Applicant, admit
from client.attempt.live import LiveSession
from client.attempt.rehearsal import CODE, PAPER, TICKET, rehearsal_plan
from client.base import autostart
from client.base.clock import SECOND_US, utc_us
from client.base.errors import OrganizerError
from client.base.text import Text
from client.contest.contestant import OneTimeCode, Role, Ticket
from client.contest.plan import load_plan
from client.evidence.entries import Coached
from client.identity.coach import Coaching
from client.identity.steps import Step
from client.organizer.folder import OrganizerFolder, init_folder
from client.organizer.publish import sign_plan
from client.preflight.checkup import Checkup
from client.preflight.reports.own import OwnRuns
from client.recorder.setup import Devices
from client.remote.messages import EnrolmentReply, EnrolmentRequest
from client.review.review import read_review
from tests.e2e import recorded
from tests.e2e.program import eventually, note
from tests.identity_scenes import card
from tests.simulators.moody_camera import MoodyCamera

pytestmark = pytest.mark.e2e
PERSON = card.invented(random.Random(11))
SECONDS = 600
"""The plan's; the test ends the session long before."""


def jpeg_of(*, with_card: bool) -> bytes:
    """Return a person at a desk, 1280 x 720; the card beside the face where it is wanted."""
    room = np.full((720, 1280, 3), 70, np.uint8)
    room[120:680, 20:580] = cv2.resize(card.face(), (560, 560), interpolation=cv2.INTER_AREA)
    if with_card:
        front = cv2.resize(card.draw(PERSON), (600, 378), interpolation=cv2.INTER_AREA)
        room[200:578, 640:1240] = front
    return cv2.imencode(".jpg", room, [cv2.IMWRITE_JPEG_QUALITY, 92])[1].tobytes()


class Nobody:
    """An organizer that is out of reach."""

    def enrol(self, _request: EnrolmentRequest) -> EnrolmentReply:
        raise OrganizerError(Text("无", "away"), Text("无", "wait"))


@dataclass(frozen=True)
class Checked:
    """What is left of an identity check."""

    home: Path
    session: Path
    reports: list[Coached]
    coach: psutil.Process
    views: list[Coaching]


def began(tmp: Path, camera: str) -> LiveSession:
    """Return a session whose devices are open, with the coach's window beside it."""
    init_folder(tmp / "organizer")
    draft = rehearsal_plan("http://127.0.0.1:9", utc_us() + SECOND_US, SECONDS)
    sign_plan(OrganizerFolder(tmp / "organizer"), draft, tmp / "plan.json")
    published = load_plan((tmp / "plan.json").read_bytes())
    who = Applicant(Ticket(TICKET), OneTimeCode(CODE), Role.PRIMARY, PAPER)
    devices = Devices(screen=False, camera=camera, microphone="test")
    folder = admit(published, who, devices, Nobody(), tmp / "home" / "sessions")
    nothing = Checkup(tuple, OwnRuns(tmp / "checks"))
    session = LiveSession(folder, lambda _: nothing, preview=True, enrolled=card.enrolled(PERSON))
    eventually(lambda: session.view().status is not None, 30, "the recorder")
    session.consent(("recording", "face", "document"))
    session.preflight()
    session.begin()
    return session


def coaching(session: LiveSession, wanted: Step | None, views: list[Coaching]) -> None:
    """Wait until the coach is at this step."""

    def look() -> bool:
        view = session.view().coaching
        if view is not None:
            views.append(view)
        return view is not None and view.walk.step is wanted

    eventually(look, 90, f"the coach at {wanted}")


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checked]:
    tmp = tmp_path_factory.mktemp("coach")
    views: list[Coaching] = []
    with pytest.MonkeyPatch.context() as patch, MoodyCamera() as camera:
        patch.setenv("XDG_CONFIG_HOME", str(tmp / "settings"))
        patch.setenv("SAIJIAN_HOME", str(tmp / "home"))
        patch.setattr(autostart, "NAME", "SaiJian-test")
        patch.setattr(live, "ensure_running", lambda _folder: None)
        camera.shows = jpeg_of(with_card=True)
        session = began(tmp, camera.address)
        with contextlib.closing(session):
            coaching(session, Step.FACE_AND_CARD, views)
            first = eventually(coach_process, 30, "its process")
            os.kill(first.pid, signal.SIGKILL)
            coaching(session, Step.CARD_FRONT, views)
            coaching(session, Step.PLACE, views)
            coach = coach_process()
            assert coach is not None
            assert coach.pid != first.pid
            memory, spent = coach.memory_info().rss // 2**20, coach.cpu_times().user
            note(f"coach: {memory} MiB, {spent:.1f} s of processor time for two steps, loaded anew")
            assert coach.nice() >= 10
            session.begin_contest()
            path = session.folder.path
            eventually(lambda: len(recorded.entries(path, Coached)) == 3, 20, "three lines")
            session.end()
            eventually(session.folder.seal.exists, 30, "the seal")
            carer = session._supervisor._thread  # it waits for the recorder's end
            eventually(lambda: not carer.is_alive(), 15, "the recorder's end")
        autostart.take_back()
        yield Checked(tmp / "home", path, recorded.entries(path, Coached), coach, views)  # type: ignore[arg-type]


def coach_process() -> psutil.Process | None:
    """Return the one coach of this process."""
    for child in psutil.Process().children():
        with contextlib.suppress(psutil.Error):
            if child.cmdline()[-1:] == ["coach"]:
                return child
    return None


def test_the_card_was_read_and_equals_the_enrolled_persons(checked: Checked) -> None:
    told = [(line.step, line.reached, line.document) for line in checked.reports]
    assert told == [
        ("face_and_card", True, None),
        ("card_front", True, "match"),
        ("place", False, None),
    ]


def test_what_the_last_picture_lacked_is_told(checked: Checked) -> None:
    assert checked.reports[-1].lacking in (None, "card_left")


def test_the_window_knew_where_the_card_is(checked: Checked) -> None:
    left = min(x for x, _ in checked.views[-1].card)
    assert left == pytest.approx(0.5, abs=0.08)


def test_the_process_is_gone_with_the_identity_check(checked: Checked) -> None:
    checked.coach.wait(10)
    assert not checked.coach.is_running()


def test_nothing_of_name_and_number_is_in_any_file(checked: Checked) -> None:
    number = PERSON.number
    spaced = (" ".join(number), f"{number[:6]} {number[6:14]} {number[14:]}")
    traces = [part.encode() for part in (number, number[:14], number[6:], *spaced)]
    traces += [PERSON.name.encode(form) for form in ("utf-8", "gb18030", "utf-16-le")]
    traces.append(PERSON.name.encode("unicode_escape"))
    files = [path for path in checked.home.rglob("*") if path.is_file()]
    assert {"journal.jsonl", "identity-01.mp4", "seal.json"} <= {path.name for path in files}
    assert any(path.suffix == ".log" for path in files)
    for path in files:
        held = path.read_bytes()
        assert not [trace for trace in traces if trace in held], path


def test_a_judge_sees_what_each_step_came_to(checked: Checked) -> None:
    told = [event.text for event in read_review(checked.session).events]
    card, place = [text for text in told if text.zh.startswith("身份核验·")][1:]
    assert card.zh == "身份核验·证件正面：通过，证件与报名一致"
    assert place.en == "Identity, the camera's place: not reached"


def test_the_recording_is_whole(checked: Checked) -> None:
    recorded.assert_every_track_decodes(checked.session)
