"""Remote sessions by GetSystemMetrics, the firmware's names by what Windows leaves in the registry.

learn.microsoft.com: "Detecting the Remote Desktop Services environment", SM_REMOTECONTROL.
"""

from __future__ import annotations

import sys

from client.preflight.facts.surroundings import SurroundingsFacts

if sys.platform == "win32":
    import ctypes
    import os

    from client.preflight.probes.windows import registry

    _BIOS = r"HARDWARE\DESCRIPTION\System\BIOS"
    _NAMES = (
        "SystemManufacturer",
        "SystemProductName",
        "SystemFamily",
        "BaseBoardManufacturer",
        "BaseBoardProduct",
        "BIOSVendor",
        "BIOSVersion",
    )
    _SM_REMOTESESSION, _SM_REMOTECONTROL = 0x1000, 0x2001

    def look_around() -> SurroundingsFacts:
        """Return what is known of it."""
        metric = ctypes.windll.user32.GetSystemMetrics
        signs = []
        if metric(_SM_REMOTECONTROL):
            signs.append("SM_REMOTECONTROL")
        session = os.environ.get("SESSIONNAME", "")
        if session.upper().startswith(("RDP-", "ICA-")):
            signs.append(f"SESSIONNAME={session[:60]}")
        names = [registry.text("machine", _BIOS, name) for name in _NAMES]
        return SurroundingsFacts(
            is_remote=bool(metric(_SM_REMOTESESSION)),
            remote_signs=tuple(signs),
            firmware=tuple(dict.fromkeys(name[:300] for name in names if name)),
        )
