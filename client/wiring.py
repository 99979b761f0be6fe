"""The one place that builds concrete objects for the window and the verbs.

(The recorder process has its own: `recorder/child/build.py`.)
"""

from __future__ import annotations

import contextlib
from functools import partial
from pathlib import Path

from client.attempt.admission import Applicant, admit, sessions_in
from client.attempt.live import LiveSession
from client.attempt.standing import standing_of
from client.attempt.states import State
from client.attempt.view import Session
from client.base.clock import SECOND_US, utc_us
from client.base.errors import DeviceError, SaiJianError
from client.base.text import Text
from client.cli.attend import devices_for
from client.cli.link import UnknownPlanError, plan_source
from client.contest.capability import Capability
from client.contest.contestant import OneTimeCode, Role, Ticket
from client.contest.plan import Plan, PublishedPlan, load_plan
from client.contest.schedule import schedule_of
from client.evidence.entries import CheckResult
from client.evidence.layout import SessionFolder, sessions_root
from client.recorder.setup import X264, Choices, Devices, Encoders, load_setup, save_choices
from client.remote.client import OrganizerClient
from client.remote.plans import load_plan_from
from client.ui.start import StartPoint, UnfinishedSession, Wish


class RealHost:
    """Sessions on the real recorder, uploader, organizer and devices of this computer."""

    def __init__(self, *, preview: bool = False) -> None:
        """`preview` asks recorders for small camera pictures, for a window."""
        self._preview = preview

    def sessions_root(self) -> Path:
        """Return this user's local (never synchronised) application data."""
        return sessions_root()

    def admit(
        self, published: PublishedPlan, applicant: Applicant, devices: Devices, root: Path
    ) -> SessionFolder:
        """Enrol, or begin offline."""
        return admit(published, applicant, devices, _organizer(published), root)

    def open(self, folder: SessionFolder) -> Session:
        """Look after a session."""
        return LiveSession(folder, run_preflight, preview=self._preview)

    def choose_devices(
        self, camera: str | None, microphone: str | None, *, simulate: bool = False
    ) -> Devices:
        """Return what was named, else the first device here, else a simulation or DeviceError."""
        return choose_devices(camera, microphone, simulate=simulate)

    def unfinished(self) -> list[UnfinishedSession]:
        """Return this computer's sessions without a storage receipt, for the start page."""
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
        devices = devices_for(published, applicant, root, self, (None, None))
        return self.open(self.admit(published, applicant, devices, root))


def choose_devices(camera: str | None, microphone: str | None, *, simulate: bool) -> Devices:
    """Look for what was not named; no picture or sound is taken."""
    from client.capture.audio import TEST
    from client.capture.audio.inputs import DEFAULT, find_input
    from client.capture.camera.local import local_cameras
    from client.capture.devices import require_devices

    try:
        found = None if microphone else find_input(DEFAULT)
        microphone = microphone or (found.pulse or found.name if found else TEST)
    except DeviceError:
        if not simulate:
            raise
        microphone = TEST
    cameras = local_cameras()
    if camera is None and not cameras and not simulate:
        raise DeviceError(
            Text("没有找到摄像头。", "No camera was found."),
            Text(
                "请接上摄像头，或用 --camera 给出手机摄像程序显示的地址。",
                "Plug one in, or give the address that a phone's camera app shows: --camera.",
            ),
        )
    camera = camera or (str(cameras[0].index) if cameras else TEST)
    require_devices(camera, microphone, screen=True)
    return Devices(camera=camera, microphone=microphone)


def run_preflight(folder: SessionFolder) -> tuple[CheckResult, ...]:
    """Run the standard checks for the session's plan, and let the recorder know what they chose.

    The trial recording is left out where filming begins before it could end.
    """
    from client.preflight.checks.recording import LIMIT_S, BenchRun
    from client.preflight.runner import report_of, run_checks
    from client.preflight.standard import standard_checks

    published = load_plan(folder.plan.read_bytes())
    setup = load_setup(folder.setup)
    sessions, bench = folder.path.parent, None
    times = schedule_of(published.plan, published.plan.paper(setup.paper or ""))
    if times.filming_us - utc_us() - setup.clock_offset_us > 2 * LIMIT_S * SECOND_US:
        camera, microphone = setup.devices.camera, setup.devices.microphone
        words = ("--plan", folder.plan, "--camera", camera, "--microphone", microphone)
        bench = BenchRun(sessions, [str(word) for word in words])
    checks = standard_checks(published.plan, sessions, _organizer(published).read_clock, bench)
    results = report_of(checks, run_checks(checks)).results
    if bench is not None and bench.measured is not None:
        save_choices(folder.setup, _choices(bench.measured))
    return results


def _choices(measured: Capability) -> Choices:
    encoders = {part: measured.encoder_of(part) or X264 for part in ("screen", "camera")}
    return Choices(encoders=Encoders.model_validate(encoders), capture=measured.capture)


def _label(plan: Plan, paper_id: str) -> Text:
    paper = plan.paper(paper_id)
    day = f"{paper.starts_at:%m-%d %H:%M}"
    return Text(
        f"{plan.name.zh} {paper.name.zh} {day}",
        f"{plan.name.en or plan.name.zh} {paper.name.en or paper.name.zh} {day}",
    )


def _organizer(published: PublishedPlan) -> OrganizerClient:
    organizer = published.plan.organizer
    return OrganizerClient(
        organizer.address, certificate_pem=organizer.certificate_pem, keys=organizer.keys
    )


def open_window(plan: str | None = None, session: Path | None = None) -> int:
    """Show the form with `plan` filled in, or the session; return once the window was closed."""
    host = RealHost(preview=True)
    if session is not None:
        return show_session(host, SessionFolder(session.absolute()))
    try:
        return _show(host, Wish(plan=plan_source(plan or "")))
    except UnknownPlanError as error:
        return _show(host, Wish(), error)


def show_session(host: RealHost, folder: SessionFolder) -> int:
    """Show one session until the window is closed."""
    return _show(host, Wish(folder.path))


def _show(host: RealHost, wish: Wish, problem: SaiJianError | None = None) -> int:
    from client.ui.app import run as run_window

    def open_folder(path: Path) -> Session:
        return host.open(SessionFolder(path))

    return run_window(StartPoint(host.enrol, host.unfinished, open_folder, wish, problem))
