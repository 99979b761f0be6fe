"""The processor's name and clock, from what the Windows kernel leaves in the registry."""

from __future__ import annotations

import sys

if sys.platform == "win32":
    from client.preflight.probes.windows import registry

    _PLACE = r"HARDWARE\DESCRIPTION\System\CentralProcessor\0"

    def read_name() -> str | None:
        """Return the name as the processor tells it."""
        return registry.text("machine", _PLACE, "ProcessorNameString")

    def read_base_mhz() -> int | None:
        """Return the clock that the kernel measured at its start: the base clock."""
        return registry.number("machine", _PLACE, "~MHz")
