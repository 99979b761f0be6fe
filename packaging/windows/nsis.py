"""Running makensis: on Linux Debian's package nsis, on Windows the same scripts by makensis.exe."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from place import PROJECT

SCRIPTS = Path(__file__).resolve().parent / "installer"
ICON = PROJECT / "assets" / "icons" / "saijian.ico"


class NsisError(Exception):
    """makensis is not there, or refused a script; what it said was printed."""


def make(script: str, output: Path, defines: Mapping[str, str]) -> Path:
    """Compile `installer/<script>` into `output`; warnings are errors."""
    tool = shutil.which("makensis")
    if tool is None:
        raise NsisError("makensis: apt-get install nsis / https://nsis.sourceforge.io")
    output.parent.mkdir(parents=True, exist_ok=True)
    pairs = {"OUTPUT": str(output.absolute()), "SLASH": os.sep, "ICON": str(ICON), **defines}
    words = [f"-D{name}={value}" for name, value in pairs.items()]
    command = [tool, "-V2", "-WX", "-NOCD", "-INPUTCHARSET", "UTF8", *words]
    done = subprocess.run(
        [*command, str(SCRIPTS / script)],
        cwd=SCRIPTS,
        capture_output=True,
        check=False,
        env={**os.environ, "LC_ALL": "C.UTF-8"},  # its messages are Chinese too
    )
    if done.returncode != 0:
        print((done.stdout + done.stderr).decode(errors="replace"), flush=True)
        raise NsisError(f"{script}: {done.returncode}")
    return output


def four_numbers(version: str) -> str:
    """Return `version` as Windows wants it in a version resource: 0.1.0 -> 0.1.0.0."""
    numbers = re.findall(r"\d+", version)[:4]
    return ".".join([*numbers, "0", "0", "0", "0"][:4])
