"""Looks at the operating system."""

from __future__ import annotations

import sys

if sys.platform == "win32":
    from client.preflight.probes.windows.system import look_at_system
else:
    from client.preflight.probes.linux.system import look_at_system

__all__ = ["look_at_system"]
