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

EXAMPLES = """\
例 / examples:
  saijian attend --plan https://example.org/plan --ticket 2024-0017 --code K7PX-22 --role primary
  saijian attend --plan plan.json --ticket 2024-0017 --code K7PX-22 --role backup --headless
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    parser = subparsers.add_parser(
        "attend",
        help="参加一场竞赛 / attend one contest session",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--plan", required=True, help="方案地址或文件 / plan address or file")
    parser.add_argument("--ticket", required=True, help="准考证号 / admission ticket")
    parser.add_argument("--code", required=True, help="一次性码 / one-time code")
    parser.add_argument("--role", required=True, choices=[role.value for role in Role])
    parser.add_argument("--paper", default=None, help="场次，默认最近一场 / paper, default: next")
    parser.add_argument("--organizer-key", default=None, help="组委会公钥或其文件 / its public key")
    parser.add_argument(
        "--out", type=Path, default=None, help="存放场次的文件夹 / where to keep it"
    )
    parser.add_argument("--camera", default=None, help="序号、名称或地址 / index, name or address")
    parser.add_argument("--microphone", default=None, help="麦克风名称 / name of the microphone")
    parser.add_argument("--headless", action="store_true", help="不开窗口 / without the window")
    parser.add_argument("--json", action="store_true", help="结果输出为 JSON / result as JSON")


def begin(args: argparse.Namespace, host: Host) -> Path:
    """Enrol (or find the session begun before) and return its folder."""
    key = read_public_key(args.organizer_key) if args.organizer_key else None
    published = load_plan_from(args.plan, key)
    applicant = Applicant(Ticket(args.ticket), OneTimeCode(args.code), Role(args.role), args.paper)
    root = args.out.absolute() if args.out else host.sessions_root()
    devices = devices_for(published, applicant, root, host, (args.camera, args.microphone))
    return host.admit(published, applicant, devices, root).path


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
    session = host.open(SessionFolder(begin(args, host)))
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
