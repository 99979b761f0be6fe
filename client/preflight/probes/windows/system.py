"""Windows' edition, build, restarts that wait, and its hours for updates, from the registry.

learn.microsoft.com: "Manage device restarts after updates" (active hours), GetNativeSystemInfo;
the keys of waiting restarts are those that Microsoft's own Test-PendingReboot scripts look at.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime

from client.preflight.facts.system import Hours, Pending, SystemFacts

FIRST_BUILD_11 = 22000


def name_of(product: str | None, build: int | None) -> str | None:
    """Return the edition's name; the registry of Windows 11 still calls it 10."""
    if product is not None and build is not None and build >= FIRST_BUILD_11:
        return product.replace("Windows 10", "Windows 11")
    return product


def moment_of(text: str | None) -> int | None:
    """Return `2026-11-30T08:00:00Z` in microseconds since 1970; None for anything else."""
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0, round(moment.timestamp() * 1_000_000))


def hours_of(start: int | None, end: int | None, automatic: int | None) -> Hours | None:
    """Return the active hours; None where they are not hours of a day."""
    if start is None or end is None or start not in range(24) or end not in range(24):
        return None
    return Hours(start=start, end=end, is_automatic=automatic == 1)


if sys.platform == "win32":
    import ctypes
    from ctypes.wintypes import DWORD, LPVOID, WORD

    from client.preflight.probes.windows import registry

    _VERSION = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion"
    _HOURS = r"SOFTWARE\Microsoft\WindowsUpdate\UX\Settings"
    _SERVICING = (
        r"SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\RebootPending"
    )
    _UPDATE = r"SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update\RebootRequired"
    _SESSIONS = r"SYSTEM\CurrentControlSet\Control\Session Manager"
    _ARCHITECTURES = {0: ("x86", 32), 9: ("x64", 64), 12: ("ARM64", 64), 5: ("ARM", 32)}
    """PROCESSOR_ARCHITECTURE_* of winnt.h."""

    class _SystemInfo(ctypes.Structure):
        _fields_ = (
            ("architecture", WORD),
            ("reserved", WORD),
            ("page_size", DWORD),
            ("lowest", LPVOID),
            ("highest", LPVOID),
            ("mask", ctypes.c_size_t),
            ("rest", DWORD * 4),
        )

    def look_at_system() -> SystemFacts:
        """Return what is known of it."""
        build = registry.text("machine", _VERSION, "CurrentBuildNumber") or ""
        number = int(build) if build.isdecimal() else None
        info = _SystemInfo()
        ctypes.windll.kernel32.GetNativeSystemInfo(ctypes.byref(info))
        architecture, bits = _ARCHITECTURES.get(info.architecture, (None, None))
        return SystemFacts.model_validate(
            {
                "family": "windows",
                "name": name_of(registry.text("machine", _VERSION, "ProductName"), number),
                "version": registry.text("machine", _VERSION, "DisplayVersion")
                or registry.text("machine", _VERSION, "ReleaseId"),
                "build": number,
                "bits": bits,
                "architecture": architecture,
                "pending": _pending(),
                "active_hours": hours_of(
                    registry.number("machine", _HOURS, "ActiveHoursStart"),
                    registry.number("machine", _HOURS, "ActiveHoursEnd"),
                    registry.number("machine", _HOURS, "SmartActiveHoursState"),
                ),
                "paused_until_us": moment_of(
                    registry.text("machine", _HOURS, "PauseUpdatesExpiryTime")
                ),
            }
        )

    def _pending() -> tuple[Pending, ...]:
        found: list[Pending] = []
        if registry.exists("machine", _SERVICING):
            found.append("servicing")
        if registry.exists("machine", _UPDATE):
            found.append("update")
        if any(registry.texts("machine", _SESSIONS, "PendingFileRenameOperations")):
            found.append("renames")
        return tuple(found)
