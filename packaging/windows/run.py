r"""Run one Windows command in the lab, with a screen of its own, and return its exit code.

    .venv/bin/python packaging/windows/run.py -- python -m client devices --json
    .venv/bin/python packaging/windows/run.py --share /tmp/out -- \
        python -m client record --out 'Z:\share\r' --seconds 5 --camera test --microphone test

`python` is the lab's Windows Python; the project is Z:\project, --share is Z:\share. Whatever is
written elsewhere is gone afterwards.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from pathlib import Path

from machine import Machine
from place import Lab, lab_folder
from shared import say


def main() -> int:
    """Return the command's exit code; 2 where there is no lab, 124 where it took too long."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=600, help="at most so long, default 600")
    parser.add_argument("--share", type=Path, help="a folder of this machine, Z:\\share there")
    parser.add_argument("--env", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--no-display", action="store_true", help="without a screen")
    parser.add_argument("command", nargs="+")
    args = parser.parse_args()
    lab = find_lab()
    if lab is None:
        return 2
    shares = {"/share": str(args.share.absolute())} if args.share else {}
    with contextlib.ExitStack() as things:
        machine = things.enter_context(Machine(lab, shares))
        if not args.no_display:
            things.enter_context(machine.display())
        environment = dict(pair.split("=", 1) for pair in args.env)
        return machine.run(args.command, timeout_s=args.seconds, environment=environment)


def find_lab() -> Lab | None:
    """Return the lab where it is complete and may be used; else say what to do."""
    lab = Lab(lab_folder())
    if os.geteuid() != 0:
        say("Windows 实验室要用 root 运行。", "The Windows lab needs root.")
    elif not lab.stamp("check").exists():
        say("还没有 Windows 实验室：make windows-lab", "No Windows lab yet: make windows-lab")
    else:
        return lab
    return None


if __name__ == "__main__":
    sys.exit(main())
