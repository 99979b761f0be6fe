r"""The switches of Windows' privacy pages that keep cameras and microphones from programs.

Source: learn.microsoft.com "Windows camera, microphone, and privacy"; the switches are kept in
`CapabilityAccessManager\ConsentStore`, `Value` being `Allow` or `Deny`: of the computer in HKLM,
of the user in HKCU, of programs that are no store apps below `NonPackaged`.
"""

from __future__ import annotations

from client.preflight.facts.devices import Blocked, Kind
from client.preflight.probes.windows.machine import Machine, Root, text

_STORE = r"SOFTWARE\Microsoft\Windows\CurrentVersion\CapabilityAccessManager\ConsentStore"
_NAMES: dict[Kind, str] = {"camera": "webcam", "microphone": "microphone"}


def blocked_by(machine: Machine, kind: Kind) -> Blocked | None:
    """Return the switch that is off, None where none is."""
    own = rf"{_STORE}\{_NAMES[kind]}"
    places: tuple[tuple[Root, str, Blocked], ...] = (
        ("HKLM64", own, "system"),
        ("HKCU", own, "user"),
        ("HKCU", rf"{own}\NonPackaged", "desktop"),
    )
    for root, path, switch in places:
        if text(machine, root, path, "Value").casefold() == "deny":
            return switch
    return None
