"""What restoring products leave in Windows' registry, and a witness there."""

from __future__ import annotations

import sys

from client.preflight.known.restorers import SERVICES, WORDS

if sys.platform == "win32":
    import os
    import winreg
    from contextlib import suppress

    from client.preflight.facts.restore import Service
    from client.preflight.probes.windows import registry

    _SERVICES = r"SYSTEM\CurrentControlSet\Services"
    _CLASSES = r"SYSTEM\CurrentControlSet\Control\Class"
    _VOLUMES, _DISKS = (
        "{71a27cdd-812a-11d0-bec7-08002be2092f}",
        "{4d36e967-e325-11ce-bfc1-08002be10318}",
    )
    _UNINSTALL = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall"
    _UNINSTALL_32 = r"SOFTWARE\WOW6432Node\Microsoft\Windows\CurrentVersion\Uninstall"
    _WRITE_FILTER = rf"{_SERVICES}\uwfvol\Parameters\Static"
    _OURS, _VALUE = r"Software\SaiJian-Restart", "Trace"
    r"""Not below `Software\SaiJian`: the boot id's key made that one vanish at each restart, and
    Windows keeps nothing lasting below such a key (`base/clock`)."""

    def read_services() -> tuple[Service, ...]:
        """Return those of the listed services that are installed."""
        found = []
        for name in SERVICES:
            place = rf"{_SERVICES}\{name}"
            if registry.exists("machine", place):
                start = registry.number("machine", place, "Start")
                found.append(Service(name=name, start=start if start in range(5) else None))
        return tuple(found)

    def read_filters() -> tuple[str, ...]:
        """Return the filters of volumes and disks."""
        return tuple(
            dict.fromkeys(
                name
                for kind in (_VOLUMES, _DISKS)
                for value in ("UpperFilters", "LowerFilters")
                for name in registry.texts("machine", rf"{_CLASSES}\{kind}", value)
                if name
            )
        )

    def read_programs() -> tuple[str, ...]:
        """Return the names of installed programs that hold one of the listed words."""
        places: tuple[tuple[registry.Root, str], ...] = (
            ("machine", _UNINSTALL),
            ("machine", _UNINSTALL_32),
            ("user", _UNINSTALL),
        )
        names = [
            registry.text(root, rf"{place}\{key}", "DisplayName") or ""
            for root, place in places
            for key in registry.names_below(root, place)
        ]
        told = [name[:200] for name in names if any(word in name.casefold() for word in WORDS)]
        return tuple(dict.fromkeys(told))

    def is_write_filter_on() -> bool | None:
        """Tell whether UWF is switched on, by the copies of its settings; None where none tells."""
        values = [
            registry.number("machine", rf"{_WRITE_FILTER}\{copy}", "UwfEnabled")
            for copy in ("Copy0", "Copy1")
        ]
        told = [value for value in values if value is not None]
        return any(told) if told else None

    def read_user_trace() -> tuple[str, str] | None:
        """Return the drive that this user's registry lies on, and the trace left there."""
        text = registry.text("user", _OURS, _VALUE)
        return None if text is None else (_registry_drive(), text)

    def leave_user_trace(text: str) -> None:
        """Write a trace into this user's registry, if that is possible."""
        with suppress(OSError), winreg.CreateKey(winreg.HKEY_CURRENT_USER, _OURS) as key:
            winreg.SetValueEx(key, _VALUE, 0, winreg.REG_SZ, text)
            winreg.FlushKey(key)

    def _registry_drive() -> str:
        profile = os.environ.get("USERPROFILE") or os.environ.get("SYSTEMDRIVE") or "C:"
        return profile[:2].upper()

    def may_write_into(place: str) -> bool:
        """Tell whether a witness may lie in the root of this place: not in that of Windows' own."""
        return place != (os.environ.get("SYSTEMDRIVE") or "C:").upper()
