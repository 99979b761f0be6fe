"""What opens the window with what."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from client import wiring
from client.attempt.admission import Applicant
from client.capture.camera.local import LocalCamera
from client.cli.attend import devices_for
from client.cli.host import Wished
from client.cli.link import UnknownPlanError
from client.contest.contestant import OneTimeCode, Role, Ticket
from client.contest.plan import load_plan
from client.contest.registered import RegisteredNumber
from client.contest.signed import sign
from client.evidence.layout import SessionFolder
from client.identity.outcome import Enrolled
from client.recorder.setup import (
    Devices,
)
from client.remote.messages import EnrolmentReply
from client.ui.start import StartPoint
from tests.documents import plan_document


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[StartPoint]:
    """Collect what the window would show."""
    from client.ui import app

    found: list[StartPoint] = []
    monkeypatch.setattr(app, "run", lambda start: found.append(start) or 0)
    return found


def test_a_link_fills_the_form(shown: list[StartPoint]) -> None:
    assert wiring.open_window("saijian://h.example/plan") == 0
    (start,) = shown
    assert start.wish.plan == "https://h.example/plan"
    assert start.problem is None


def test_a_refused_link_opens_an_empty_form_with_a_sentence(shown: list[StartPoint]) -> None:
    assert wiring.open_window("saijian:file:///etc/passwd") == 0
    (start,) = shown
    assert start.wish.plan == ""
    assert isinstance(start.problem, UnknownPlanError)


@pytest.mark.parametrize("plan", ["", None])
def test_without_anything_it_is_the_start_page(shown: list[StartPoint], plan: str | None) -> None:
    wiring.open_window(plan)
    assert shown[0].wish.plan == ""
    assert shown[0].problem is None


def test_a_session_is_opened_by_its_folder(
    shown: list[StartPoint], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    wiring.open_window(session=Path("甲"))
    assert shown[0].wish.folder == tmp_path / "甲"


FACE, DESK, SPARE = (
    LocalCamera(0, "HD 720p", "real"),
    LocalCamera(1, "HD 1080p", "real"),
    LocalCamera(2, "Webcam", "real"),
)


@pytest.mark.parametrize(
    ("camera", "cameras", "spare"),
    [
        ("0", [FACE, DESK], "HD 1080p"),  # the 0 of 1080 is no number of a camera
        ("2", [FACE, DESK, SPARE], "HD 720p"),
        ("hd", [FACE, DESK, SPARE], "Webcam"),
        ("0", [FACE], ""),
    ],
)
def test_the_spare_is_another_camera(camera: str, cameras: list[LocalCamera], spare: str) -> None:
    devices = wiring.with_others(Devices(camera=camera), Wished(), cameras, simulate=False)
    assert (devices.spare_camera, devices.second_camera) == (spare, "")


TWINS = [LocalCamera(0, "C270", "real"), LocalCamera(1, "C270", "real")]


@pytest.mark.parametrize(
    ("wished", "cameras", "second", "spare"),
    [
        (Wished(needs_second=True), [FACE, DESK, SPARE], "HD 1080p", "Webcam"),
        (Wished(needs_second=True), [FACE, DESK], "HD 1080p", ""),
        (Wished(needs_second=True), TWINS, "1", ""),
        (Wished(needs_second=True), [FACE], "another", ""),
        (Wished(second_camera="another"), [FACE, DESK], "HD 1080p", ""),
        (Wished(second_camera="2", needs_second=True), [FACE, DESK, SPARE], "2", "HD 1080p"),
        (Wished(second_camera="http://h/v"), [FACE, DESK], "http://h/v", "HD 1080p"),
    ],
)
def test_a_second_camera_is_chosen_before_a_spare(
    wished: Wished, cameras: list[LocalCamera], second: str, spare: str
) -> None:
    devices = wiring.with_others(Devices(camera="0"), wished, cameras, simulate=False)
    assert (devices.second_camera, devices.spare_camera) == (second, spare)


def test_without_another_a_rehearsal_simulates_it() -> None:
    devices = wiring.with_others(
        Devices(camera="test"), Wished(needs_second=True), [], simulate=True
    )
    assert devices.second_camera == "test"


def test_what_the_plan_asks_reaches_whoever_chooses(tmp_path: Path) -> None:
    asked = []

    class Host:
        def choose_devices(self, wished: Wished) -> Devices:
            asked.append(wished.needs_second)
            return Devices()

    applicant = Applicant(Ticket("T-1"), OneTimeCode("CODE-1"), Role.PRIMARY)
    for wants in (True, False):
        document = plan_document(Ed25519PrivateKey.generate(), recording={"second_camera": wants})
        published = load_plan(json.dumps(document).encode())
        devices_for(published, applicant, tmp_path, Host(), Wished())
    assert asked == [True, False]


NUMBER = RegisteredNumber.of("99000019900101001X", bytes(32))


class Registrar:
    """Enrols whoever asks."""

    def enrol(self, _request: object) -> EnrolmentReply:
        return EnrolmentReply(
            token="t" * 20,
            enrolment={},
            name="样本",
            document=NUMBER,
            seat=None,
            time_us=1,
            address="x",
        )


def test_whom_the_organizer_enrolled_stays_in_memory() -> None:
    registrar = wiring.Remembering(Registrar())
    assert registrar.enrolled is None
    registrar.enrol(None)  # type: ignore[arg-type]
    assert registrar.enrolled == Enrolled("样本", NUMBER)
    assert "样本" not in repr(registrar.enrolled)


@pytest.mark.parametrize("rehearsal", [False, True])
def test_the_coach_compares_but_not_in_a_rehearsal_whose_contestant_is_nobody(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, rehearsal: bool
) -> None:
    given: list[Enrolled | None] = []

    def admit(_plan: object, _who: object, _devices: object, *rest: Any) -> Any:
        registrar, root, _spare = rest
        registrar.enrol(None)
        return SessionFolder(root / "session")

    monkeypatch.setattr(wiring, "admit", admit)
    monkeypatch.setattr(wiring, "_organizer", lambda _plan: Registrar())
    monkeypatch.setattr(wiring, "LiveSession", lambda *_, enrolled, **__: given.append(enrolled))
    key = Ed25519PrivateKey.generate()
    document = sign({**plan_document(key), "rehearsal": rehearsal}, key)
    host = wiring.RealHost(preview=True)
    who = Applicant(Ticket("T-1"), OneTimeCode("CODE-1"), Role.PRIMARY)
    folder = host.admit(load_plan(json.dumps(document).encode()), who, Devices(), tmp_path)
    host.open(folder)
    assert given == [None if rehearsal else Enrolled("样本", NUMBER)]
