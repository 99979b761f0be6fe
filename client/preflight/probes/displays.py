"""The displays of this computer: the probe of this system."""

from __future__ import annotations

import sys

from client.preflight.facts.displays import DisplayFacts


def read_displays() -> DisplayFacts:
    """Return the displays that are part of the desktop."""
    if sys.platform == "win32":
        from client.preflight.probes.windows import displays

        return displays.read_displays()
    from client.preflight.probes.linux import displays as linux

    return linux.read_displays()
