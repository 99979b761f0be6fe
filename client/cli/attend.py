"""`saijian attend`: one real session, without the window when `--headless`."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from client.attempt.admission import Applicant, find_session
from client.attempt.drive import CONSENT_ITEMS, drive
from client.base.text import Text
from client.capture.camera.another import ANOTHER, HOW, NONE_YET
from client.cli.host import Host, Wished
from client.cli.say import show_json, tell
from client.contest.contestant import OneTimeCode, Role, Ticket
from client.contest.plan import Plan, PublishedPlan
from client.evidence.keys import read_public_key
from client.evidence.layout import SessionFolder
from client.evidence.spare import require_spare
from client.recorder.setup import Devices, load_setup
from client.remote.plans import load_plan_from

AS_IT_IS = "auto"


def begin(args: argparse.Namespace, host: Host) -> SessionFolder:
    """Enrol (or find the session begun before) and return its folder."""
    key = read_public_key(args.organizer_key) if args.organizer_key else None
    published = load_plan_from(args.plan, key)
    applicant = Applicant(Ticket(args.ticket), OneTimeCode(args.code), Role(args.role), args.paper)
    root = args.out.absolute() if args.out else host.sessions_root()
    wished = Wished(args.camera, args.microphone, args.second_camera)
    devices = devices_for(published, applicant, root, host, wished)
    if devices.second_camera == ANOTHER:
        tell(Text(f"{NONE_YET.zh}。{HOW.zh}", f"Warning: {NONE_YET.en}. {HOW.en}"))
    if args.rotate != AS_IT_IS:
        devices = devices.model_copy(update={"camera_rotation": int(args.rotate)})
    is_new = find_session(root, published, applicant) is None
    if args.spare_folder is not None and is_new:
        require_spare(args.spare_folder, root)
    return host.admit(published, applicant, devices, root, args.spare_folder)


def devices_for(
    published: PublishedPlan,
    applicant: Applicant,
    root: Path,
    host: Host,
    wished: Wished,
) -> Devices:
    """Return a known session's own devices; for a new one the wished ones, and what the plan asks.

    Raises StorageError or DeviceError where a new session could not be recorded here.
    """
    known = find_session(root, published, applicant)
    if known is not None:
        return load_setup(known.setup).devices
    needs_second = published.plan.recording.second_camera
    return host.choose_devices(replace(wished, needs_second=needs_second))


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
    zh, en = (
        ("两个摄像头", "both cameras") if plan.recording.second_camera else ("摄像头", "camera")
    )
    tell(
        Text(
            f"将录制全屏、{zh}和声音（{'、'.join(CONSENT_ITEMS)}），由 {plan.organizer.name.zh} "
            f"保存 {plan.retention_working_days} 个工作日，联系电话 {plan.organizer.phone}。",
            f"Screen, {en} and sound are recorded ({', '.join(CONSENT_ITEMS)}) for "
            f"{plan.organizer.name.text.en}, kept for "
            f"{plan.retention_working_days} working days; phone {plan.organizer.phone}.",
        )
    )
