"""`saijian emergency`: what to do when all else fails, to read now or to print beforehand."""

from __future__ import annotations

import argparse

from client.attempt.emergency import HONEST, PHONE, STEPS, TITLE, card
from client.base.files import write_atomically
from client.base.text import Text
from client.cli.say import tell
from client.contest.plan import Plan
from client.evidence.layout import SessionFolder
from client.remote.plans import load_plan_from
from client.upload.process import load_session_plan


def run(args: argparse.Namespace) -> int:
    """Print it, or write the card."""
    plan = _plan(args)
    if args.out is None:
        print("\n".join(_lines(plan)))
        return 0
    write_atomically(args.out, card(plan).encode())
    tell(
        Text(
            f"已写好应急卡：{args.out}。请用浏览器打开并打印。",
            f"The card is written: {args.out}. Open it in a browser and print it.",
        )
    )
    return 0


def _plan(args: argparse.Namespace) -> Plan | None:
    if args.plan:
        return load_plan_from(args.plan).plan
    return load_session_plan(SessionFolder(args.session)) if args.session else None


def _lines(plan: Plan | None) -> list[str]:
    phone = [f"{PHONE.say()}: {plan.organizer.phone}"] if plan else []
    steps = [f"{number}. {step.say()}" for number, step in enumerate(STEPS, start=1)]
    return [TITLE.say(), *phone, *steps, HONEST.say()]
