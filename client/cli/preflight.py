"""`saijian preflight`: is this computer fit for the contest?"""

from __future__ import annotations

import argparse
import json
import sys
import time
from typing import Any, Literal

from client.base.text import Text
from client.cli.say import tell
from client.contest.plan import PublishedPlan
from client.evidence.layout import sessions_root
from client.evidence.spare import spare_root
from client.preflight.alone import bench_words, clock_of
from client.preflight.check import Check, Outcome, Report
from client.preflight.checks.recording import BenchRun
from client.preflight.reports.changes import what_changed
from client.preflight.reports.make import wanted
from client.preflight.reports.own import OwnRuns, changed_since, own_folder, run_of
from client.preflight.runner import report_of, run_checks
from client.preflight.standard import full_checks
from client.preflight.turns import CARD, TRIAL, TRY_DEVICES, in_turn
from client.remote.plans import load_plan_from

NEED_DEVICES = frozenset({*TRY_DEVICES, CARD, TRIAL})
WORDS = {
    "pass": Text("通过", "pass"),
    "warn": Text("注意", "warn"),
    "fail": Text("不合格", "FAIL"),
    "unknown": Text("未知", "unknown"),
}


def run(args: argparse.Namespace) -> int:
    """Run the checks; 1 when one failed. PlanError and the like go to the caller."""
    from client.cli.seat import Seat, require_all_or_nothing
    from client.cli.sending import asked_to_send

    args.send = args.send or asked_to_send(args)
    require_all_or_nothing(args)
    published = load_plan_from(args.plan) if args.plan else None
    seat = Seat.of(args, published) if args.out or args.send else None
    plan = published.plan if published is not None else None
    sessions = args.folder or sessions_root()
    wants_devices = not args.only or not NEED_DEVICES.isdisjoint(args.only)
    allowed = wants_devices and may_open(args.devices)
    bench = BenchRun(sessions, bench_words(args.plan, allowed=allowed))
    checks = full_checks(
        plan,
        sessions,
        clock_of(plan),
        bench,
        devices_allowed=allowed,
        camera_sources=args.camera,
        spare=spare_root(),
    )
    chosen = wanted(checks, args.only, seat.last if seat is not None and args.again else None)
    begun = time.monotonic()
    report = _examine(in_turn(chosen), as_json=args.json)
    if seat is not None:
        names = [check.name for check in checks]
        return seat.leave(report, names, time.monotonic() - begun)
    if args.json:
        print(json.dumps(report.to_json(), ensure_ascii=False, indent=1))
    elif not args.only:
        _remember(report, published)
    return 1 if report.has_failures else 0


def _remember(report: Report, published: PublishedPlan | None) -> None:
    """Say what is not as it was in this computer's last good run, and keep this one."""
    runs = OwnRuns(own_folder("checks"))
    run = run_of(report.outcomes, published, complete=True)
    if (changed := what_changed(changed_since(runs.past(), run))) is not None:
        print(changed.say(), flush=True)
    runs.keep(run)


def _examine(checks: tuple[Check[Any], ...], *, as_json: bool) -> Report:
    """Run `checks` and say each outcome as it comes."""
    names = {check.name for check in checks}
    if not as_json and TRIAL in names:
        tell(Text("检查中，试录约需 20 秒。", "Checking; a trial recording takes about 20 s."))
    if not as_json and "bandwidth" in names:
        tell(
            Text(
                "带宽由组委会排队测量，人多时可能要等一两分钟；按 Ctrl-C 可以停止。",
                "The organizer measures bandwidth by turns, which may take a minute or two where "
                "many wait; Ctrl-C stops it.",
            )
        )
    outcomes = []
    for outcome in run_checks(checks) if as_json else run_checks(checks, _follow):
        outcomes.append(outcome)
        if not as_json:
            print(say(outcome), flush=True)
    return report_of(checks, outcomes)


def _follow(check: Check[Any], far: Text) -> None:
    """Show how far a check is; only a person at a terminal wants to know."""
    if sys.stderr.isatty():
        tell(Text(f"{check.title.zh}：{far.zh}", f"{check.title.en}: {far.en}"))


def say(outcome: Outcome) -> str:
    """Return the lines of one outcome for a person."""
    check, finding = outcome.check, outcome.finding
    verdict, title, evidence = WORDS[finding.verdict], check.title, finding.evidence
    lines = [
        Text(
            f"[{verdict.zh}] {title.zh}：{evidence.zh}",
            f"[{verdict.en}] {title.en}: {evidence.en}",
        ).say(),
        Text(f"    要求：{check.requirement.zh}", f"    asked: {check.requirement.en}").say(),
    ]
    if finding.advice is not None:
        lines.append(f"    → {finding.advice.say()}")
    return "\n".join(lines)


def may_open(devices: Literal["yes", "no"] | None) -> bool:
    """Tell whether cameras and microphones may be opened: as was said, else as the person says.

    Where nobody can be asked the answer is no.
    """
    if devices is not None:
        return devices == "yes"
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    tell(
        Text(
            "可以打开摄像头和麦克风试用几秒吗？不保存任何画面和声音。"
            "同时请把一张印有文字的卡片举到镜头前。[Y/n] ",
            "May cameras and microphones be tried for some seconds? Nothing is kept. "
            "Hold a printed card before the camera meanwhile. [Y/n] ",
        )
    )
    return sys.stdin.readline().strip().casefold() in ("", "y", "yes", "是")
