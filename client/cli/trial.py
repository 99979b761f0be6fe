"""`saijian trial`: 试一遍, every step of the day in the window, and nothing kept."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable

from client.attempt.rehearsal import LEAST_TRIAL_MINUTES, MOST_TRIAL_MINUTES, TrialWish
from client.base.errors import BadInputError, EvidenceError
from client.base.text import Text
from client.evidence.layout import SessionFolder


def run(args: argparse.Namespace, show: Callable[[TrialWish], int]) -> int:
    """Let `show` open the window with it; return the window's exit code."""
    return show(wished(args))


def wished(args: argparse.Namespace) -> TrialWish:
    """Return what was asked for; BadInputError or EvidenceError where that cannot be."""
    minutes: float = args.minutes
    if not (math.isfinite(minutes) and LEAST_TRIAL_MINUTES <= minutes <= MOST_TRIAL_MINUTES):
        bounds = f"{LEAST_TRIAL_MINUTES:g}-{MOST_TRIAL_MINUTES:g}"
        raise BadInputError(
            Text(f"--minutes 应在 {bounds} 之间。", f"--minutes goes from {bounds}."),
            Text("不填就是三分钟。", "Without it the trial takes three minutes."),
        )
    like = args.session.absolute() if args.session else None
    if like is not None and not SessionFolder(like).plan.is_file():
        raise EvidenceError(
            Text(f"{like} 不是竞赛场次。", f"{like} is no contest's session."),
            Text("请指定报名后的场次文件夹。", "Name the folder of a session that is enrolled."),
        )
    return TrialWish(like, args.camera, args.microphone, minutes)
