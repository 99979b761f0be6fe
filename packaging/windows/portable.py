"""The portable folder for USB sticks: a zip with the bundle and a launcher that checks the system.

SaiJian/打开赛鉴.exe      32-bit, made by NSIS: speaks on old Windows too, then starts the window
SaiJian/program/...      the bundle
"""

from __future__ import annotations

import tempfile
import zipfile
from pathlib import Path

import nsis
import sign
from installer import product_name

TOP = "SaiJian"
"""ASCII: Windows 7 shows other names in a zip as rubbish, and there the launcher must be found."""
LAUNCHER = "打开赛鉴.exe"
PROGRAM = "program"


def make_portable(bundle: Path, dist: Path, *, kind: str, version: str) -> Path:
    """Make `SaiJian-<version>[-lab]-windows-x64-portable.zip` in `dist`. Raises NsisError."""
    target = dist.absolute() / f"{product_name(kind, version)}-portable.zip"
    target.parent.mkdir(parents=True, exist_ok=True)
    half_made = target.with_suffix(".part")
    with tempfile.TemporaryDirectory() as scratch:
        launcher = make_launcher(Path(scratch), version=version)
        with zipfile.ZipFile(
            half_made, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False
        ) as zipped:
            zipped.write(launcher, f"{TOP}/{LAUNCHER}")
            for file in sorted(bundle.rglob("*")):
                if file.is_file():
                    place = file.relative_to(bundle).as_posix()
                    zipped.write(file, f"{TOP}/{PROGRAM}/{place}")
    half_made.replace(target)
    return target


def make_launcher(folder: Path, *, version: str) -> Path:
    """Make the launcher, signed where a certificate is given."""
    defines = {"VERSION": version, "FOUR": nsis.four_numbers(version)}
    launcher = nsis.make("launcher.nsi", folder / LAUNCHER, defines)
    sign.sign_all([launcher], sign.signer_from())
    return launcher
