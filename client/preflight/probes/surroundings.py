"""Looks where this system runs."""

from __future__ import annotations

import sys

if sys.platform == "win32":
    from client.preflight.probes.windows.surroundings import look_around
else:
    from client.preflight.probes.linux.surroundings import look_around

__all__ = ["look_around"]
