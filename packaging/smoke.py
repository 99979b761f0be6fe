"""Try the shipped program as a contestant gets it, whatever the system: a table of what was seen.

    smoke.py                                   the installer in dist/, in the Windows lab
    smoke.py --bundle build/windows/SaiJian    an unpacked folder, in the Windows lab
    smoke.py --source                          the source tree, in the Windows lab
    smoke.py --target linux                    the .deb in dist/, in a clean Debian root
    smoke.py --target linux-tar                the tar.gz in a read-only folder of such a root
    smoke.py --target here --bundle FOLDER     this computer: GitHub, a technician

Exit codes: 0 all that was tried is well, 1 a line failed, 2 it could not begin.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import sys
import time
from dataclasses import asdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.append(str(Path(__file__).resolve().parent / "windows"))
sys.path.append(str(Path(__file__).resolve().parent / "linux"))

from shared import say
from tryout.here import HereTarget, temporary
from tryout.steps import try_everything
from tryout.table import Table
from tryout.target import PROJECT, Target


def main() -> int:
    """Return 0 when no line failed."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # GitHub's Windows: cp1252
    args = parse()
    started = time.monotonic()
    table = Table()
    with contextlib.ExitStack() as things:
        share = Path(things.enter_context(temporary()))
        share.chmod(0o755)
        target = choose(args, share)
        if target is None:
            return 2
        try_everything(table, things.enter_context(target))
    seconds = round(time.monotonic() - started)
    report = PROJECT / "build" / f"smoke-{target.name}.json"
    table.write(report, target=target.name, seconds=seconds, repeats=target.repeats)
    if args.json:
        print(json.dumps([asdict(row) for row in table.rows], ensure_ascii=False, indent=1))
    else:
        print(f"\n{target.name}\n{table}, {seconds} s, starts repeated: {target.repeats}")
    return 1 if table.failed else 0


def parse() -> argparse.Namespace:
    """Return what was asked."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--target", choices=("lab", "linux", "linux-tar", "here"), default="lab")
    parser.add_argument(
        "--product", type=Path, help="installer or .deb; default: the newest in dist/"
    )
    parser.add_argument("--bundle", type=Path, help="an unpacked folder instead of an installer")
    parser.add_argument("--source", action="store_true", help="the source tree, for development")
    parser.add_argument("--json", action="store_true", help="print the table as JSON")
    return parser.parse_args()


def choose(args: argparse.Namespace, share: Path) -> Target | None:
    """Return the place that was asked for; None, after saying why, where it cannot be."""
    if args.target == "here":
        if args.bundle is None:
            say("请用 --bundle 指定解压后的文件夹。", "Name the unpacked folder: --bundle.")
            return None
        return HereTarget(share, args.bundle)
    if args.target.startswith("linux"):
        return linux(args, share)
    return lab(args, share)


def lab(args: argparse.Namespace, share: Path) -> Target | None:
    """Return a machine of the Windows lab."""
    from run import find_lab
    from tryout.installed_lab import InstalledLabTarget
    from tryout.windows_lab import LabTarget

    found = find_lab()
    if found is None:
        return None
    if args.source or args.bundle:
        return LabTarget(share, found, args.bundle)
    setup = product(args.product, "*-windows-x64-setup.exe", "make windows")
    return InstalledLabTarget(share, found, setup) if setup else None


def linux(args: argparse.Namespace, share: Path) -> Target | None:
    """Return a clean Debian root with the .deb, or the unpacked tar.gz."""
    from linux_target import DebTarget, TarTarget

    kind, pattern = {
        "linux": (DebTarget, "*.deb"),
        "linux-tar": (TarTarget, "*linux*.tar.gz"),
    }[args.target]
    package = product(args.product, pattern, "make linux-bundle")
    return kind(share, package) if package else None


def product(named: Path | None, pattern: str, make: str) -> Path | None:
    """Return the product that was named, or the newest; None, after saying what to do."""
    found = [named] if named else sorted((PROJECT / "dist").glob(pattern), key=_age)
    if found and found[-1].is_file():
        return found[-1].absolute()
    say(f"没有找到安装包，请先运行：{make}", f"There is no product yet: {make}")
    return None


def _age(file: Path) -> float:
    return file.stat().st_mtime


if __name__ == "__main__":
    sys.exit(main())
