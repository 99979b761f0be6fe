"""The one place that builds concrete objects for the window and the verbs.

(The recorder process has its own: `recorder/child/build.py`.)
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from client.attempt.admission import Applicant, Registrar, admit, sessions_in
from client.attempt.attaching import send_what_is_owed
from client.attempt.live import LiveSession
from client.attempt.rehearsal import TrialWish
from client.attempt.standing import standing_of
from client.attempt.states import State
from client.attempt.view import Session
from client.base.errors import DeviceError, SaiJianError
from client.base.log import log_to_file
from client.base.text import Text
from client.capture.camera.local import LocalCamera
from client.cli.attend import devices_for
from client.cli.host import Wished
from client.cli.link import UnknownPlanError, plan_source
from client.contest.contestant import OneTimeCode, Role, Ticket
from client.contest.plan import Plan, PublishedPlan, load_plan
from client.evidence.copying import Tally
from client.evidence.layout import SessionFolder, sessions_root, trials_root
from client.evidence.spare import spare_root
from client.identity.outcome import Enrolled
from client.preflight.checkup import Checkup
from client.preflight.reports.deliver import Delivery
from client.preflight.reports.model import RoleName
from client.recorder.setup import Devices
from client.remote.client import OrganizerClient
from client.remote.messages import EnrolmentReply, EnrolmentRequest
from client.remote.plans import load_plan_from
from client.ui.start import StartPoint, Trial, UnfinishedSession, Wish

if TYPE_CHECKING:
    from client.attempt.trial import Trials


class Remembering:
    """A registrar that remembers whom the organizer enrolled; nothing of it is ever written."""

    def __init__(self, registrar: Registrar) -> None:
        """Ask `registrar`."""
        self._registrar = registrar
        self.enrolled: Enrolled | None = None

    def enrol(self, request: EnrolmentRequest) -> EnrolmentReply:
        """See `Registrar`."""
        reply = self._registrar.enrol(request)
        self.enrolled = Enrolled(reply.name, reply.document)
        return reply


class RealHost:
    """Sessions on the real recorder, uploader, organizer and devices of this computer."""

    def __init__(self, *, preview: bool = False) -> None:
        """`preview` asks recorders for small camera pictures, for a window."""
        self._preview = preview
        self._enrolled: dict[Path, Enrolled] = {}
        """Whom the organizer enrolled, for the identity coach: in memory alone."""

    def sessions_root(self) -> Path:
        """Return this user's local (never synchronised) application data."""
        return sessions_root()

    def admit(
        self,
        published: PublishedPlan,
        applicant: Applicant,
        devices: Devices,
        root: Path,
        spare: Path | None = None,
    ) -> SessionFolder:
        """Enrol, or begin offline; `SAIJIAN_SPARE` names a spare drive where nobody does."""
        registrar = Remembering(_organizer(published))
        folder = admit(published, applicant, devices, registrar, root, spare or spare_root())
        if registrar.enrolled is not None and not published.plan.rehearsal:  # 彩排选手 is nobody
            self._enrolled[folder.path] = registrar.enrolled
        return folder

    def open(self, folder: SessionFolder) -> Session:
        """Look after a session."""
        enrolled = self._enrolled.get(folder.path)
        return LiveSession(folder, checkup_of, preview=self._preview, enrolled=enrolled)

    def enrolled_in(self, path: Path | None) -> Enrolled | None:
        """Return whom the organizer enrolled for the session in `path`, if this process asked."""
        return None if path is None else self._enrolled.get(path)

    def choose_devices(self, wished: Wished, *, simulate: bool = False) -> Devices:
        """Return what was named, else the first device here, else a simulation or DeviceError."""
        return choose_devices(wished, simulate=simulate)

    def unfinished(self) -> list[UnfinishedSession]:
        """Return this computer's sessions without a storage receipt, for the start page."""
        send_what_is_owed(self.sessions_root())
        found = []
        for folder, setup in sessions_in(self.sessions_root()):
            if standing_of(folder).state == State.STORED:
                continue
            with contextlib.suppress(SaiJianError, OSError):  # a damaged one hides no other
                label = _label(load_plan(folder.plan.read_bytes()).plan, setup.paper or "")
                found.append(UnfinishedSession(label, partial(self.open, folder)))
        return found

    def enrol(self, plan: str, ticket: str, code: str, role: Role) -> Session:
        """Begin a session as the window's form asks."""
        applicant = Applicant(Ticket(ticket), OneTimeCode(code), role)
        root, published = self.sessions_root(), load_plan_from(plan)
        devices = devices_for(published, applicant, root, self, Wished())
        return self.open(self.admit(published, applicant, devices, root))


def choose_devices(wished: Wished, *, simulate: bool) -> Devices:
    """Look for what was not named, and for what stands by; no picture or sound is taken."""
    from client.capture.camera import TEST
    from client.capture.camera.local import local_cameras
    from client.capture.devices import require_devices
    from client.capture.spares import lasting_name

    microphone, spare_microphone = _choose_microphone(wished.microphone, simulate=simulate)
    cameras = local_cameras()
    if wished.camera is None and not cameras and not simulate:
        raise DeviceError(
            Text("没有找到摄像头。", "No camera was found."),
            Text(
                "请接上摄像头，或用 --camera 给出手机摄像程序显示的地址。",
                "Plug one in, or give the address that a phone's camera app shows: --camera.",
            ),
        )
    devices = Devices(
        camera=lasting_name(wished.camera or (str(cameras[0].index) if cameras else TEST), cameras),
        microphone=microphone,
        spare_microphone=spare_microphone,
    )
    devices = with_others(devices, wished, cameras, simulate=simulate)
    second = lasting_name(devices.second_camera, cameras)
    devices = devices.model_copy(update={"second_camera": second})
    require_devices(devices.camera, devices.microphone, screen=True, second=devices.second_camera)
    return devices


def with_others(
    devices: Devices, wished: Wished, cameras: Sequence[LocalCamera], *, simulate: bool
) -> Devices:
    """Return `devices` with a second camera where one is wished or needed, then with a spare.

    What is left over of `cameras` is taken, the second first. With none left a second one is waited
    for (`another`), or simulated.
    """
    from client.capture.camera import TEST
    from client.capture.camera.another import ANOTHER
    from client.capture.spares import lasting_name, means, spare_camera

    free = [camera for camera in cameras if not means(devices.camera, camera)]
    second = wished.second_camera or (ANOTHER if wished.needs_second else "")
    if second == ANOTHER and free:
        taken, *free = free
        second = lasting_name(str(taken.index), cameras)
    elif second == ANOTHER and simulate:
        second = TEST
    else:
        free = [camera for camera in free if not second or not means(second, camera)]
    spare = spare_camera(devices.camera, free, cameras)
    return devices.model_copy(update={"second_camera": second, "spare_camera": spare})


def _choose_microphone(wished: str | None, *, simulate: bool) -> tuple[str, str]:
    """Return the names of the microphone and of the one that stands by, or an empty one."""
    from client.capture.audio import TEST
    from client.capture.audio.inputs import DEFAULT, find_among, sound_inputs
    from client.capture.spares import spare_microphone

    if wished == TEST:
        return TEST, ""
    try:
        inputs = sound_inputs()
        found = find_among(wished or DEFAULT, inputs)
    except DeviceError:
        if wished or not simulate:
            raise
        return TEST, ""
    return wished or found.pulse or found.name, spare_microphone(found, inputs)


def checkup_of(folder: SessionFolder) -> Checkup:
    """Return the checks of a session; they import much that a window does not need to begin."""
    from client.attempt import checking

    return checking.checkup_of(folder)


def _label(plan: Plan, paper_id: str) -> Text:
    paper = plan.paper(paper_id)
    day = f"{paper.starts_at:%m-%d %H:%M}"
    contest, name = plan.name.text, paper.name.text
    return Text(f"{contest.zh} {name.zh} {day}", f"{contest.en} {name.en} {day}")


def _organizer(published: PublishedPlan) -> OrganizerClient:
    organizer = published.plan.organizer
    return OrganizerClient(
        organizer.address, certificate_pem=organizer.certificate_pem, keys=organizer.keys
    )


class TrialParts:
    """What a trial is made from: the real devices, recorder and uploader of this computer."""

    def __init__(self, host: RealHost) -> None:
        """Ask `host`."""
        self._host = host

    def devices(self, wish: TrialWish, plan: Plan, known: Devices | None) -> Devices:
        """Return what was named, else `known`, else what is found here."""
        camera = wish.camera or (known.camera if known else None)
        microphone = wish.microphone or (known.microphone if known else None)
        second = plan.recording.second_camera
        other = known.second_camera if known else None
        wished = Wished(camera, microphone, other, needs_second=second)
        devices = self._host.choose_devices(wished)
        is_same = known is not None and known.camera == devices.camera
        rotation = known.camera_rotation if known is not None and is_same else 0
        return devices.model_copy(update={"camera_rotation": rotation})

    def enrol(
        self, published: PublishedPlan, applicant: Applicant, devices: Devices, root: Path
    ) -> SessionFolder:
        """Enrol; a trial has no place on another drive."""
        return admit(published, applicant, devices, _organizer(published), root)

    def open(self, folder: SessionFolder, like: Path | None) -> Session:
        """Take it up for the window; the coach compares as it will on the day."""
        from client.attempt.checking import passing_checkup_of

        enrolled = self._host.enrolled_in(like)
        return LiveSession(folder, passing_checkup_of, preview=True, enrolled=enrolled)


class HomeTrials:
    """Trials on this computer, for the window; most of it is imported once one is wanted."""

    def __init__(self, host: RealHost) -> None:
        """Have none yet."""
        self._host = host

    def clear(self) -> int:
        """Delete what is left of trials that were not ended."""
        return self._trials().clear() if trials_root().exists() else 0

    def hindrance(self) -> SaiJianError | None:
        """Return why there must be none now."""
        return self._trials().hindrance()

    def begin(self, wish: TrialWish, tally: Tally) -> Trial:
        """Begin one."""
        return self._trials().begin(wish, tally)

    def _trials(self) -> Trials:
        from client.attempt.trial import Trials

        return Trials(TrialParts(self._host), trials_root(), self._host.sessions_root())


class RoomTechnician:
    """Checks of a computer without a session, for the window; imported once they are wanted."""

    def checkup(self, plan: str, *, devices: bool) -> Checkup:
        """Return all checks."""
        from client.preflight import alone

        return alone.checkup_for(plan, devices=devices)

    def save(self, checkup: Checkup, seat: str, role: RoleName, folder: Path) -> Delivery:
        """Leave a report."""
        from client.preflight import alone

        return alone.save_report(checkup, seat, role, folder)


def open_window(
    plan: str | None = None, session: Path | None = None, *, technician: bool = False
) -> int:
    """Show the form with `plan` filled in, or the session, or a technician's page.

    Returns once the window was closed.
    """
    host = RealHost(preview=True)
    if technician:
        return _show(host, Wish(technician=True))
    if session is not None:
        return show_session(host, SessionFolder(session.absolute()))
    try:
        return _show(host, Wish(plan=plan_source(plan or "")))
    except UnknownPlanError as error:
        return _show(host, Wish(), error)


def open_trial(wish: TrialWish) -> int:
    """Show the window with a trial, if there may be one now; StateError says why not."""
    host = RealHost(preview=True)
    trials = HomeTrials(host)
    if (hindrance := trials.hindrance()) is not None:
        raise hindrance
    return _show(host, Wish(trial=wish))


def show_session(host: RealHost, folder: SessionFolder) -> int:
    """Show one session until the window is closed."""
    return _show(host, Wish(folder.path))


def _show(host: RealHost, wish: Wish, problem: SaiJianError | None = None) -> int:
    from client.ui.app import run as run_window
    from client.ui.settings import FILE as SETTINGS
    from client.ui.settings import load_settings

    log_to_file(sessions_root().parent / "logs" / "app.log")

    def open_folder(path: Path) -> Session:
        return host.open(SessionFolder(path))

    file = sessions_root().parent / SETTINGS
    return run_window(
        StartPoint(
            host.enrol,
            host.unfinished,
            open_folder,
            wish,
            problem,
            load_settings(file),
            file,
            technician=RoomTechnician(),
            trials=HomeTrials(host),
        )
    )
