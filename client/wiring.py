"""The one place that builds concrete objects for the window and the verbs.

(The recorder process has its own: `recorder/child/build.py`.)
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import io
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from client import __version__
from client.attempt.admission import Applicant, admit, sessions_in
from client.attempt.live import LiveSession
from client.attempt.standing import standing_of
from client.attempt.states import State
from client.attempt.view import Session
from client.base.errors import DeviceError, SaiJianError, StorageError
from client.base.log import log_to_stderr
from client.base.text import Text
from client.cli.say import show_error
from client.contest.contestant import OneTimeCode, Role, Ticket
from client.contest.plan import Plan, PublishedPlan, load_plan
from client.evidence.entries import CheckResult
from client.evidence.layout import SessionFolder, sessions_root
from client.recorder.protocol import Audience
from client.recorder.setup import Devices
from client.remote.client import OrganizerClient
from client.remote.plans import load_plan_from

if TYPE_CHECKING:
    from client.ui.start import UnfinishedSession


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
        from client.ui.start import UnfinishedSession

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
        from client.cli.attend import devices_for

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
    """Run the standard checks for the session's plan."""
    from client.preflight.runner import report_of, run_checks
    from client.preflight.standard import standard_checks

    published = load_plan(folder.plan.read_bytes())
    checks = standard_checks(published.plan, folder.path.parent, _organizer(published).read_clock)
    return report_of(checks, run_checks(checks)).results


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


VERBS = ("rehearse", "attend", "record", "preflight", "devices", "upload", "verify", "organizer")
"""In the order of `saijian --help`. Each is a module of `client.cli`; `window` is `client.ui`."""

Record = Callable[[SessionFolder, Audience], int]
"""Records in this process; given by `__main__`, which alone may import the recorder's child."""


def run(arguments: list[str], record: Record) -> int:
    """Parse and run one verb; errors for people are printed, with their exit code."""
    _speak_utf8()
    verb = arguments[0] if arguments and arguments[0] in VERBS else None
    if not arguments or arguments[0] == "window":
        return _window(arguments[1:])
    args = _parser(VERBS if verb is None else (verb,)).parse_args(arguments)
    log_to_stderr(verbose=bool(os.environ.get("SAIJIAN_VERBOSE")))
    try:
        return _run_verb(args, record)
    except (SaiJianError, OSError) as error:
        told = error if isinstance(error, SaiJianError) else _file_trouble(error)
        show_error(told, as_json=getattr(args, "json", False))
        return told.exit_code
    except KeyboardInterrupt:
        return 130


def _file_trouble(error: OSError) -> StorageError:
    """Return what to tell of a file that cannot be used; any other OSError is a fault of ours."""
    if error.filename is None and error.errno not in (errno.ENOSPC, errno.EROFS, errno.EDQUOT):
        raise error
    place, reason = error.filename or "", os.strerror(error.errno or 0)
    return StorageError(
        Text(f"文件或文件夹无法读写：{place}（{reason}）。", f"Cannot use {place}: {reason}."),
        Text(
            "请检查磁盘空间和访问权限，或换一个文件夹。",
            "Check free space and permissions, or choose another folder.",
        ),
    )


def _parser(verbs: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="saijian",
        description="赛鉴：竞赛录制与存证。不带参数时打开窗口。"
        " SaiJian records contest sessions; without arguments it opens its window.",
    )
    parser.add_argument("--version", action="version", version=f"SaiJian {__version__}")
    subparsers = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for verb in verbs:
        import_module(f"client.cli.{verb}").add_parser(subparsers)
    return parser


def _run_verb(args: argparse.Namespace, record: Record) -> int:
    module = import_module(f"client.cli.{args.verb}")
    if args.verb == "record":
        return record(module.prepare(args), module.StatusLine())
    if args.verb == "attend" and not args.headless:
        host = RealHost(preview=True)
        return _show(host, host.open(SessionFolder(module.begin(args, host))))
    if args.verb in ("attend", "rehearse"):
        return int(module.run(args, RealHost()))
    return int(module.run(args))


def _window(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="saijian window")
    parser.add_argument("--session", type=Path, default=None)
    folder = parser.parse_args(arguments).session
    host = RealHost(preview=True)
    return _show(host, host.open(SessionFolder(folder.absolute())) if folder else None)


def _show(host: RealHost, session: Session | None) -> int:
    from client.ui.app import run as run_window
    from client.ui.start import StartPoint

    return run_window(StartPoint(host.enrol, host.unfinished, session))


def _speak_utf8() -> None:
    """Chinese must not end a program whose console or pipe has another code page."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
