"""The distribution, the kernel, what kind of desktop session this is, and a restart that waits."""

from __future__ import annotations

import os
import platform
import struct
from collections.abc import Mapping
from pathlib import Path

from client.preflight.facts.system import SystemFacts

_REBOOT = (Path("/run/reboot-required"), Path("/var/run/reboot-required"))


def look_at_system() -> SystemFacts:
    """Return what is known of it."""
    try:
        name = platform.freedesktop_os_release().get("PRETTY_NAME")
    except OSError:
        name = None
    return SystemFacts.model_validate(
        {
            "family": "linux",
            "name": name,
            "version": platform.release() or None,
            "build": None,
            "bits": struct.calcsize("P") * 8,
            "architecture": platform.machine() or None,
            "pending": ("packages",) if any(path.exists() for path in _REBOOT) else (),
            "session": session_of(os.environ),
        }
    )


def session_of(environment: Mapping[str, str]) -> str | None:
    """Return the kind of this desktop session; None where nothing tells."""
    told = environment.get("XDG_SESSION_TYPE", "").strip()[:40]
    if environment.get("WAYLAND_DISPLAY"):
        return "wayland"
    return told or ("x11" if environment.get("DISPLAY") else None)
