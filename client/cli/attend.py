"""`saijian attend`: one real session, without the window when `--headless`."""

from __future__ import annotations

import argparse
from pathlib import Path

from client.attempt.admission import Applicant, find_session
from client.attempt.drive import CONSENT_ITEMS, drive
from client.base.text import Text
from client.cli.host import Host
from client.cli.say import show_json, tell
from client.contest.contestant import OneTimeCode, Role, Ticket
from client.contest.plan import Plan, PublishedPlan
from client.evidence.keys import read_public_key
from client.evidence.layout import SessionFolder
from client.recorder.setup import Devices, load_setup
from client.remote.plans import load_plan_from


def begin(args: argparse.Namespace, host: Host) -> SessionFolder:
    """Enrol (or find the session begun before) and return its folder."""
    key = read_public_key(args.organizer_key) if args.organizer_key else None
    published = load_plan_from(args.plan, key)
    applicant = Applicant(Ticket(args.ticket), OneTimeCode(args.code), Role(args.role), args.paper)
    root = args.out.absolute() if args.out else host.sessions_root()
    devices = devices_for(published, applicant, root, host, (args.camera, args.microphone))
    return host.admit(published, applicant, devices, root)


def devices_for(
    published: PublishedPlan,
    applicant: Applicant,
    root: Path,
    host: Host,
    wished: tuple[str | None, str | None],
) -> Devices:
    """Return a known session's own devices; for a new one the wished camera and microphone.

    Raises StorageError or DeviceError where a new session could not be recorded here.
    """
    known = find_session(root, published, applicant)
    if known is not None:
        return load_setup(known.setup).devices
    return host.choose_devices(*wished)


def run(args: argparse.Namespace, host: Host) -> int:
    """Attend without a window; 0 when the organizer has stored everything."""
    session = host.open(begin(args, host))
    try:
        _say_what_is_recorded(session.plan)
        view = drive(session, tell)
    except KeyboardInterrupt:
        tell(
            Text(
                "本窗口已退出，录制仍在继续；再次运行同一命令即可回到本场次。",
                "Left; the recording goes on. Run the same command to come back.",
            )
        )
        return 1
    finally:
        session.close()
    if args.json:
        show_json({"session": str(session.folder.path), "state": view.state})
    return 0


def _say_what_is_recorded(plan: Plan) -> None:
    """The command with `--headless` is the consent; this says to what."""
    tell(
        Text(
            f"将录制全屏、摄像头和声音（{'、'.join(CONSENT_ITEMS)}），由 {plan.organizer.name.zh} "
            f"保存 {plan.retention_working_days} 个工作日，联系电话 {plan.organizer.phone}。",
            f"Screen, camera and sound are recorded ({', '.join(CONSENT_ITEMS)}) for "
            f"{plan.organizer.name.en or plan.organizer.name.zh}, kept for "
            f"{plan.retention_working_days} working days; phone {plan.organizer.phone}.",
        )
    )
