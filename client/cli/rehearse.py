"""`saijian rehearse`: a whole contest in miniature on this computer, from plan to receipt."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path

from client.attempt.admission import Applicant
from client.attempt.drive import drive
from client.attempt.leaving import leave
from client.attempt.local_organizer import local_organizer
from client.attempt.rehearsal import (
    CODE,
    MIN_SECONDS,
    NOT_YET,
    PAPER,
    TICKET,
    lead_seconds,
    rehearsal_plan,
)
from client.attempt.view import Session
from client.base.clock import SECOND_US, utc_us
from client.base.errors import BadInputError
from client.base.files import private_folder, require_space
from client.base.process import spawn_detached
from client.base.text import Text, without_prefix
from client.cli.host import Host, Wished
from client.cli.say import show_json, tell
from client.cli.stage import lacks_display, stage
from client.contest.contestant import OneTimeCode, Role, Ticket
from client.contest.signed import PublicKey
from client.evidence.layout import SessionFolder
from client.evidence.report import Report
from client.evidence.verify import verify
from client.recorder.setup import Devices
from client.remote.plans import load_plan_from

UPLOAD_PATIENCE_S = 600


def run(args: argparse.Namespace, host: Host) -> int:
    """Rehearse; the exit code is that of the verdict."""
    out = _new_folder(args.out, host)
    if args.seconds < MIN_SECONDS:
        raise BadInputError(
            Text(f"--seconds 至少为 {MIN_SECONDS}。", f"--seconds must be {MIN_SECONDS} or more."),
            Text("例如 --seconds 40。", "For example --seconds 40."),
        )
    require_space(out)
    with contextlib.ExitStack() as things:
        if lacks_display():
            tell(Text("没有显示器，使用虚拟屏幕。", "No display: using a virtual screen."))
            things.enter_context(stage())
        asks_second = args.second_camera is not None
        wished = Wished(args.camera, args.microphone, args.second_camera, asks_second)
        devices = host.choose_devices(wished, simulate=True)
        private_folder(out)
        plan = partial(rehearsal_plan, seconds=args.seconds, second_camera=asks_second)
        key = things.enter_context(_organizer(out / "organizer", plan))
        folder = _enrol(devices, host, out)
        session = host.open(folder)
        things.callback(leave, session)
        if not args.headless:
            things.enter_context(_window(folder))
        drive(session, tell, upload_patience_s=UPLOAD_PATIENCE_S)
        tell(Text("正在核验录像。", "Verifying the recording."))
        report = verify(folder.path, key)
        _show(args, session, report, out)
    return report.exit_code


def _new_folder(out: Path | None, host: Host) -> Path:
    if out is None:
        stamp = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
        return host.sessions_root().parent / "rehearsals" / stamp
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise BadInputError(
            Text(f"{out} 已有内容。", f"{out} is not empty."),
            Text("请用 --out 指定一个新文件夹。", "Name a new folder with --out."),
        )
    return out.absolute()


@contextlib.contextmanager
def _organizer(path: Path, plan_of: Callable[..., bytes]) -> Iterator[PublicKey]:
    """Serve an organizer and publish a plan whose times suit how slow this computer is."""
    tell(Text("启动本机组委会服务。", "Starting an organizer on this computer."))
    with local_organizer(path, plan_of(NOT_YET, utc_us())) as organizer:
        lead_us = round(lead_seconds(organizer.took_s) * SECOND_US)
        begins_us = -(-(utc_us() + lead_us) // SECOND_US) * SECOND_US
        organizer.publish(plan_of(organizer.address, begins_us, revision=2))
        yield organizer.key


def _enrol(devices: Devices, host: Host, out: Path) -> SessionFolder:
    published = load_plan_from(str(out / "organizer" / "plan.json"))
    applicant = Applicant(Ticket(TICKET), OneTimeCode(CODE), Role.PRIMARY, PAPER)
    return host.admit(published, applicant, devices, out / "sessions")


@contextlib.contextmanager
def _window(folder: SessionFolder) -> Iterator[None]:
    """Show the session in the window, as a contestant sees it; it only looks on."""
    window = spawn_detached(["window", "--session", str(folder.path)], folder.log("app"))
    try:
        yield
    finally:
        window.terminate()
        window.wait(10)


def _show(args: argparse.Namespace, session: Session, report: Report, out: Path) -> None:
    copy = out / "organizer" / "sessions" / report.session
    if args.json:
        places = {"session": str(session.folder.path), "organizer_copy": str(copy)}
        show_json({**report.to_json(), "session_id": report.session, **places})
        return
    print(without_prefix(_table(report, session.folder, copy)))


def _table(report: Report, folder: SessionFolder, copy: Path) -> str:
    rows = [f"{'轨道 / track':<18}{'秒 / seconds':>14}{'字节 / bytes':>16}"]
    rows += [f"{t.name:<18}{t.seconds:>16.1f}{t.bytes:>18,}" for t in report.tracks]
    first = folder.tracks()[0] if folder.tracks() else folder.path
    key = copy.parents[1] / "organizer-key.pub"
    rows += [
        "",
        f"间断 / gaps        {len(report.gaps)}",
        f"结论 / verdict     {report.verdict.name}",
        f"场次 / session     {folder.path}",
        f"副本 / copy        {copy}",
        f"播放 / play        ffplay {first}",
        f"核验 / verify      saijian verify {folder.path} --organizer-key {key}",
    ]
    return "\n".join(rows)
