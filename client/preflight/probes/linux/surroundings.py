"""Remote sessions by environment and X servers, the firmware's names by sysfs."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

import psutil

from client.preflight.facts.surroundings import SurroundingsFacts

_DMI = Path("/sys/class/dmi/id")
_NAMES = ("sys_vendor", "product_name", "board_vendor", "board_name", "bios_vendor", "bios_version")
_SERVERS = frozenset(
    ("xrdp-sesman", "xvnc", "xtigervnc", "x0vncserver", "x11vnc", "x0tigervncserver")
)
_VARIABLES = ("SSH_CONNECTION", "XRDP_SESSION", "VNCDESKTOP", "REMOTEHOST")


def look_around() -> SurroundingsFacts:
    """Return what is known of it."""
    names = [_line(_DMI / name) for name in _NAMES]
    return SurroundingsFacts(
        is_remote=None,
        remote_signs=tuple(signs_in(os.environ, _processes())),
        firmware=tuple(dict.fromkeys(name for name in names if name)),
        has_hypervisor=has_hypervisor(),
    )


def signs_in(environment: Mapping[str, str], processes: Iterable[str]) -> list[str]:
    """Return what speaks for a remote session."""
    signs = [name for name in _VARIABLES if environment.get(name)]
    display = environment.get("DISPLAY", "")
    if display and not display.startswith((":", "unix:", "/")):
        signs.append(f"DISPLAY={display[:60]}")
    return signs + sorted({name for name in processes if name.lower() in _SERVERS})


def has_hypervisor(cpuinfo: Path = Path("/proc/cpuinfo")) -> bool | None:
    """Tell whether the processor says so (CPUID 1, ECX bit 31); None where it has no flags."""
    with suppress(OSError):
        for line in cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "flags":
                return "hypervisor" in value.split()
    return None


def _processes() -> list[str]:
    return [process.info["name"] or "" for process in psutil.process_iter(["name"])]


def _line(path: Path) -> str:
    with suppress(OSError):
        return path.read_text(encoding="utf-8", errors="replace").strip()[:300]
    return ""
