"""The processor's name and clock, from /proc and /sys."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

_BASE = Path("/sys/devices/system/cpu/cpu0/cpufreq/base_frequency")
_NAMES = ("model name", "Model Name", "Hardware", "cpu model")


def read_name(cpuinfo: Path = Path("/proc/cpuinfo")) -> str | None:
    """Return the name as the kernel lists it; ARM processors often have none."""
    with suppress(OSError):
        for line in cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines():
            name, _, value = line.partition(":")
            if name.strip() in _NAMES and value.strip():
                return value.strip()
    return None


def read_base_mhz(base: Path = _BASE) -> int | None:
    """Return the base clock; only Intel's driver tells one."""
    with suppress(OSError, ValueError):
        return int(base.read_text(encoding="ascii")) // 1000
    return None
