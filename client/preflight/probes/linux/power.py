"""Power as the kernel and logind's settings tell it: power_supply(5 of sysfs), logind.conf(5)."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from client.preflight.facts.power import LidAction, PowerFacts

_SUPPLIES = Path("/sys/class/power_supply")
_SETTINGS = (Path("/usr/lib/systemd"), Path("/run/systemd"), Path("/etc/systemd"))
"""Later ones win; files of `logind.conf.d` win over `logind.conf`."""
_LID: dict[str, LidAction] = {
    "ignore": "nothing",
    "lock": "nothing",
    "suspend": "sleep",
    "suspend-then-hibernate": "sleep",
    "sleep": "sleep",
    "hybrid-sleep": "sleep",
    "hibernate": "hibernate",
    "poweroff": "shutdown",
    "halt": "shutdown",
}
_MAINS = ("Mains", "USB", "Wireless")


def look_at_power(supplies: Path = _SUPPLIES, settings: Iterable[Path] = _SETTINGS) -> PowerFacts:
    """Return what is known of it. The desktop's own settings for sleep are not read."""
    found = [(_line(path / "type"), path) for path in sorted(supplies.glob("*"))]
    ours = [(kind, path) for kind, path in found if _line(path / "scope") != "Device"]
    batteries = [path for kind, path in ours if kind == "Battery"]
    online = [_line(path / "online") for kind, path in ours if kind in _MAINS]
    levels = [_percent(path) for path in batteries]
    known = [level for level in levels if level is not None]
    return PowerFacts(
        on_mains=any(value == "1" for value in online) if online else None,
        has_battery=bool(batteries) if supplies.is_dir() else None,
        battery_percent=round(sum(known) / len(known)) if known else None,
        sleeps_after_s=None,
        lid=_lid(list(settings)) if batteries else None,
    )


def _percent(battery: Path) -> int | None:
    with suppress(ValueError):
        return min(100, max(0, int(_line(battery / "capacity"))))
    return None


def _lid(settings: list[Path]) -> LidAction | None:
    """Return what closing the lid does on mains; logind's own default is to suspend."""
    if not any(place.is_dir() for place in settings):
        return None
    files = [place / "logind.conf" for place in settings]
    files += [file for place in settings for file in sorted(place.glob("logind.conf.d/*.conf"))]
    values: dict[str, str] = {}
    for file in files:
        with suppress(OSError):
            for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
                name, _, value = line.partition("=")
                values[name.strip()] = value.strip()
    plain = values.get("HandleLidSwitch", "suspend")
    return _LID.get(values.get("HandleLidSwitchExternalPower", plain), "other")


def _line(path: Path) -> str:
    with suppress(OSError):
        return path.read_text(encoding="utf-8", errors="replace").strip()
    return ""
