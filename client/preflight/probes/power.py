"""Looks at the power."""

from __future__ import annotations

import sys

if sys.platform == "win32":
    from client.preflight.probes.windows.power import look_at_power
else:
    from client.preflight.probes.linux.power import look_at_power

__all__ = ["look_at_power"]
