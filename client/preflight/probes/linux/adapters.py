"""Adapters as /sys/class/net tells of them; addresses by psutil."""

from __future__ import annotations

import socket
from contextlib import suppress
from pathlib import Path

import psutil

from client.preflight.facts.network import Adapter, Kind

SYS = Path("/sys/class/net")
_ETHER, _PPP, _LOOPBACK, _NONE = 1, 512, 772, 65534  # linux/if_arp.h
_TUNNELS = range(768, 780)
_BY_TYPE: dict[int, Kind] = {_LOOPBACK: "loopback", _PPP: "dialup"}
_MOBILE = "wwan"


def read_adapters(sys_net: Path = SYS) -> list[Adapter]:
    """Return the adapters that are up and have an address."""
    stats, addresses = psutil.net_if_stats(), psutil.net_if_addrs()
    found = []
    for name, known in addresses.items():
        at = [
            one.address.split("%", 1)[0]
            for one in known
            if one.family in (socket.AF_INET, socket.AF_INET6)
        ]
        if at and name in stats and stats[name].isup:
            found.append(describe(sys_net / name, at))
    return found


def describe(folder: Path, at: list[str]) -> Adapter:
    """Return the adapter of a folder below /sys/class/net."""
    speed = _number(folder / "speed")
    kind = kind_of(folder)
    known = kind == "wired" and speed is not None and speed > 0
    model = ""
    with suppress(OSError):
        model = (folder / "device" / "driver").resolve(strict=True).name
    return Adapter(
        name=folder.name,
        model=model,
        kind=kind,
        mbps=float(speed) if known and speed else None,
        addresses=tuple(at),
    )


def kind_of(folder: Path) -> Kind:
    """Return what an adapter is; one without a device behind it is made of software."""
    kind = _number(folder / "type") or 0
    if kind in _BY_TYPE:
        return _BY_TYPE[kind]
    if kind == _NONE or kind in _TUNNELS or (folder / "tun_flags").exists():
        return "tunnel"
    if (folder / "wireless").exists() or (folder / "phy80211").exists():
        return "wireless"
    if folder.name.startswith(_MOBILE):
        return "mobile"
    if not (folder / "device").exists():
        return "virtual"
    return "wired" if kind == _ETHER else "other"


def _number(file: Path) -> int | None:
    """Return a file's number; a card that is down, or has no speed, makes reading fail."""
    with suppress(OSError, ValueError):
        return int(file.read_text(encoding="ascii"))
    return None
