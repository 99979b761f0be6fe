"""`python -m tests.bench`: our recorder against public ones (docs/benchmarks.md).

Never a test: nothing here fails because a machine is slow. The tables go to standard output, the
progress to standard error.
"""

from __future__ import annotations

import argparse
import json
import shlex
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.bench import cost, film, load, quality, scale, steps, window
from tests.bench.contestants import CONTESTANTS, USUAL
from tests.bench.desk import end_as_on_ctrl_c
from tests.bench.measure import FAILURES
from tests.bench.progress import Progress
from tests.bench.report import surroundings, write_into
from tests.devices import NotReadyError

PARTS = {
    "cost": cost,
    "quality": quality,
    "scale": scale,
    "load": load,
    "film": film,
    "steps": steps,
    "window": window,
}
"""Each has `seconds(args)`, `measure(args, folder, progress)` and `tables(results)`."""


def parser() -> argparse.ArgumentParser:
    """Return the command line."""
    made = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    made.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; default: all")
    made.add_argument("--rounds", type=int, default=3)
    made.add_argument("--only", default=",".join(USUAL), help="recorders, by commas")
    made.add_argument("--quick", action="store_true", help="samples of 20 s, to develop")
    which = made.add_mutually_exclusive_group()
    which.add_argument("--idle", action="store_true", help="the idle minute alone")
    which.add_argument("--active", action="store_true", help="the active minute alone")
    made.add_argument("--minutes", type=int, default=2, help="length of `film`")
    made.add_argument("--json", type=Path, help="write every figure of every run there")
    made.add_argument("--write", type=Path, help="put the tables into this page")
    made.add_argument("--keep", type=Path, help="keep the recordings in this new folder")
    return made


def main(arguments: list[str]) -> int:
    """Run the parts; 1 when one failed, 2 when the command line is wrong, 130 on Ctrl-C."""
    args = parser().parse_args(arguments)
    args.parts = args.parts or list(PARTS)
    args.only = args.only.split(",")
    unknown = [*(set(args.parts) - set(PARTS)), *(set(args.only) - set(CONTESTANTS))]
    if unknown or args.rounds < 1:
        sys.stderr.write(f"unknown: {', '.join(unknown)}\n")
        return 2
    end_as_on_ctrl_c()
    about = surroundings(shlex.join(["python", "-m", "tests.bench", *arguments]), args.only)
    try:
        with tempfile.TemporaryDirectory(prefix="saijian-bench-") as scratch:
            results = _measure(args, (args.keep or Path(scratch)).absolute())
    except KeyboardInterrupt:
        return 130
    if args.json:
        document = {"about": about.splitlines(), **results}
        args.json.write_text(json.dumps(document, indent=1), encoding="utf-8")
    sections = {part: f"{about}\n\n{PARTS[part].tables(found)}" for part, found in results.items()}
    sys.stdout.write("\n\n".join(f"## {part}\n\n{text}" for part, text in sections.items()) + "\n")
    if args.write:
        write_into(args.write, sections)
    return 0 if len(results) == len(args.parts) else 1


def _measure(args: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Return the results of the parts that did not fail."""
    progress = Progress(sum(PARTS[part].seconds(args) for part in args.parts))
    results = {}
    for part in args.parts:
        try:
            results[part] = PARTS[part].measure(args, folder / part, progress)
        except (*FAILURES, NotReadyError) as error:
            progress.say(f"{part}: {error}")
    return results


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
