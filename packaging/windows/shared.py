"""What the lab shares with `make setup`: speaking, installing, running tests twice."""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "dev"))

from setup import missing_packages, offered, say, watch
from suite import AGAIN, FAILED

__all__ = ["AGAIN", "FAILED", "machine_packages", "say", "watch"]


def machine_packages(names: list[str]) -> bool:
    """Install the Debian packages that this machine lacks; True when all are there."""
    missing = missing_packages([(name,) for name in names])
    if not missing:
        return True
    say(f"安装 {len(missing)} 个系统软件...", f"Installing {len(missing)} system packages...")
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    apt = ("apt-get", "-q", "-o", "DPkg::Lock::Timeout=600")
    watch(*apt, "update")
    return watch(*apt, "install", "--no-install-recommends", "-y", *map(offered, missing))
