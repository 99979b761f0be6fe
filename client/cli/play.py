"""`saijian play`: the tracks of a session side by side in this computer's own browser."""

from __future__ import annotations

import argparse

from client.cli.page import announcing
from client.review.serve import play


def run(args: argparse.Namespace) -> int:
    """Serve until Ctrl-C or for `--seconds`; errors for people are raised."""
    play(args.session, args.port, announcing(args), args.seconds)
    return 0
