"""Looks at the memory."""

from __future__ import annotations

import sys

import psutil

from client.preflight.facts.memory import MemoryFacts

if sys.platform == "win32":
    from client.preflight.probes.windows.memory import read_installed
else:
    from client.preflight.probes.linux.memory import read_installed


def look_at_memory() -> MemoryFacts:
    """Return what is installed, usable and free."""
    now = psutil.virtual_memory()
    installed = read_installed()
    if installed is not None and installed < now.total:  # some firmware tells nonsense
        installed = None
    return MemoryFacts(installed=installed, usable=now.total, free=now.available)
