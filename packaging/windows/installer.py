"""The installer, made from the bundle: a few sentences around `makensis`.

    .venv/bin/python packaging/windows/installer.py build/windows/SaiJian dist --kind lab

What it does on a contestant's computer stands in installer/setup.nsi and docs/windows.md.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

import nsis
import sign
from shared import say
from side_picture import side_picture

LIMIT_MB = 120
SPARE_MB = 64
"""Free space that an installation leaves at least."""


def make_installer(
    bundle: Path, dist: Path, *, kind: str, version: str, fast: bool = False
) -> Path:
    """Make `SaiJian-<version>[-lab]-windows-x64-setup.exe` in `dist` from the folder `bundle`.

    The uninstaller, then the installer, are signed where a certificate is given (sign.py); the
    bundle's own programs must have been signed before its files.sha256 was written. `fast` packs
    in seconds and makes a large file: for trials only. Raises NsisError.
    """
    size = sum(file.stat().st_size for file in bundle.rglob("*") if file.is_file())
    target = dist.absolute() / f"{product_name(kind, version)}-setup.exe"
    signer = sign.signer_from()
    defines = {
        "BUNDLE": str(bundle.absolute()),
        "VERSION": version,
        "FOUR": nsis.four_numbers(version),
        "KIND": kind,
        "SIZE_KB": str(size >> 10),
        "NEEDED_MB": str((size >> 20) + SPARE_MB),
        **({"FAST": "1"} if fast else {}),
        **({"SIGN": sign.own_command()} if signer else {}),
    }
    with tempfile.TemporaryDirectory() as scratch:
        side = side_picture(nsis.ICON, Path(scratch) / "side.bmp")
        nsis.make("setup.nsi", target, {**defines, "SIDE": str(side)})
    sign.sign_all([target], signer)
    return target


def product_name(kind: str, version: str) -> str:
    """Return the beginning of every product's file name."""
    mark = "" if kind == "release" else f"-{kind}"
    return f"SaiJian-{version}{mark}-windows-x64"


def main() -> int:
    """Return 0 when it was made and is small enough."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bundle", type=Path)
    parser.add_argument("dist", type=Path)
    parser.add_argument("--kind", choices=("lab", "release"), required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("--fast", action="store_true", help="large, in seconds: for trials")
    args = parser.parse_args()
    started = time.monotonic()
    made = make_installer(
        args.bundle, args.dist, kind=args.kind, version=args.version, fast=args.fast
    )
    size = made.stat().st_size / 1e6
    seconds = time.monotonic() - started
    say(
        f"{made.name}：{size:.1f} MB，{seconds:.0f} 秒",
        f"{made.name}: {size:.1f} MB, {seconds:.0f} s",
    )
    if size > LIMIT_MB and not args.fast:
        say(f"超过 {LIMIT_MB} MB。", f"More than {LIMIT_MB} MB.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
