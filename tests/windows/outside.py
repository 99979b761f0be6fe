"""Linux commands from inside the lab: what no Windows program can do to the machine under it."""

from __future__ import annotations

import ctypes
import subprocess
import sys
import time
from pathlib import Path

import pytest

PATIENCE_S = 30
TMP = Path("Z:\\tmp")
"""Where both see the same files: Z is the machine's root."""


def linux(script: str) -> str:
    """Run a shell script in the machine that Wine runs in; return what it printed.

    On a real Windows, which runs in no such machine, the test is skipped and says so.
    """
    if not in_wine():
        pytest.skip("only in the lab: something is done to the Linux machine below Windows")
    said = TMP / "outside.said"
    said.unlink(missing_ok=True)
    words = f"( {script} ) > /tmp/outside.out 2>&1; echo $? >> /tmp/outside.out"
    words += "; mv /tmp/outside.out /tmp/outside.said"
    subprocess.run(
        ["start", "/unix", "/bin/sh", "-c", words],
        check=False,
        timeout=PATIENCE_S,
    )
    deadline = time.monotonic() + PATIENCE_S
    while not said.exists():
        assert time.monotonic() < deadline, script
        time.sleep(0.05)
    *lines, code = said.read_text("utf-8").splitlines()
    assert code == "0", lines
    return "\n".join(lines)


def in_wine() -> bool:
    """Tell whether this Windows is the lab's."""
    return sys.platform == "win32" and hasattr(ctypes.WinDLL("ntdll"), "wine_get_version")
