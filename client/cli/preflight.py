"""`saijian preflight`: is this computer fit for the contest?"""

from __future__ import annotations

import argparse
import json

from client.base.text import Text
from client.cli.say import tell
from client.contest.plan import Plan
from client.evidence.layout import sessions_root
from client.preflight.check import Outcome
from client.preflight.checks.clock import ReadClock
from client.preflight.checks.recording import BenchRun
from client.preflight.runner import report_of, run_checks
from client.preflight.standard import standard_checks
from client.remote.client import OrganizerClient
from client.remote.plans import load_plan_from
from client.remote.transport import Timeouts

WORDS = {
    "pass": Text("通过", "pass"),
    "warn": Text("注意", "warn"),
    "fail": Text("不合格", "FAIL"),
    "unknown": Text("未知", "unknown"),
}


def run(args: argparse.Namespace) -> int:
    """Run the checks; 1 when one failed. PlanError and the like go to the caller."""
    plan = load_plan_from(args.plan).plan if args.plan else None
    sessions = args.folder or sessions_root()
    bench = BenchRun(sessions, ("--plan", args.plan) if args.plan else ())
    checks = standard_checks(plan, sessions, _clock_of(plan), bench)
    if not args.json:
        tell(Text("检查中，试录约需 20 秒。", "Checking; a trial recording takes about 20 s."))
    outcomes = []
    for outcome in run_checks(checks):
        outcomes.append(outcome)
        if not args.json:
            print(say(outcome), flush=True)
    report = report_of(checks, outcomes)
    if args.json:
        print(json.dumps(report.to_json(), ensure_ascii=False, indent=1))
    return 1 if report.has_failures else 0


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


def _clock_of(plan: Plan | None) -> ReadClock | None:
    if plan is None:
        return None
    organizer = plan.organizer
    timeouts = Timeouts(connect=2.0, read=4.0)
    client = OrganizerClient(
        organizer.address, certificate_pem=organizer.certificate_pem, timeouts=timeouts
    )
    return client.read_clock
