"""Makes a recorder's life long and hard, and says what that costs: `make soak`.

    .venv/bin/python -m tests.soak                     # 200 kills
    .venv/bin/python -m tests.soak --kills 20 --seed 7 --json kills.json
    .venv/bin/python -m tests.soak --minutes 40
    .venv/bin/python -m tests.soak --cuts 200
    .venv/bin/python -m tests.soak --cycles 100

A program, never a test. A session that something is wrong with is kept; Ctrl-C ends all it started.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from tests.bench.progress import Progress
from tests.soak import kills, leak, power, starts

PARTS = {"kills": kills, "minutes": leak, "cuts": power, "cycles": starts}
"""Each is run when its number is not 0."""
KILLS = 200
"""Where nothing was chosen."""


def main() -> int:
    """Return 0, or 1 where something was wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.soak",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--kills", type=int, default=0, help="kills of the recorder, altogether")
    parser.add_argument("--minutes", type=float, default=0, help="of one recording, for its memory")
    parser.add_argument("--cuts", type=int, default=0, help="moments at which the power goes")
    parser.add_argument("--cycles", type=int, default=0, help="recordings in one process")
    parser.add_argument("--seed", type=int, default=6, help="of the random moments (default 6)")
    parser.add_argument("--json", type=Path, help="keep every figure in this file")
    args = parser.parse_args()
    chosen = {name: part for name, part in PARTS.items() if getattr(args, name)}
    if not chosen:
        args.kills, chosen = KILLS, {"kills": kills}
    folder = Path(tempfile.mkdtemp(prefix="saijian-soak-"))
    progress = Progress(sum(part.seconds(args) for part in chosen.values()))
    results = {name: part.measure(args, folder, progress) for name, part in chosen.items()}
    for name, part in chosen.items():
        sys.stdout.write(f"{part.tables(results[name])}\n\n")
    if args.json:
        args.json.write_text(json.dumps(results, indent=1, ensure_ascii=False), "utf-8")
    if any(result["wrong"] for result in results.values()):
        sys.stderr.write(f"kept: {folder}\n")
        return 1
    folder.rmdir()
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
