"""This computer's own small networks, and who in them has which hardware address."""

from __future__ import annotations

import ipaddress
import re
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import psutil

WIDEST = 22
"""Prefix: of a larger network only the 1,022 addresses around our own are looked at."""
MOST_NETWORKS = 4
PRIVATE = tuple(
    ipaddress.IPv4Network(text)
    for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16")
)
NOT_OURS = ("docker", "br-", "virbr", "vbox", "vmnet", "vethernet", "tun", "tap", "wg", "ppp")
"""Beginnings of names of interfaces behind which are virtual machines or a tunnel."""
ANDROID_CABLE = ipaddress.IPv4Network("192.168.42.0/24")
ANDROID_CABLE_PHONE = ipaddress.IPv4Address("192.168.42.129")
_ROUTES = Path("/proc/net/route")
_NEIGHBOURS = Path("/proc/net/arp")
_MAC = re.compile(r"^[0-9a-f]{2}([:-][0-9a-f]{2}){5}$")
_NO_MAC = "00:00:00:00:00:00"


@dataclass(frozen=True)
class Net:
    """One interface's network, no wider than `WIDEST`."""

    interface: str
    own: ipaddress.IPv4Address
    network: ipaddress.IPv4Network
    gateways: tuple[ipaddress.IPv4Address, ...] = ()
    """Where a phone is that shares its connection by cable or hotspot."""

    def hosts(self) -> list[ipaddress.IPv4Address]:
        """Return every address but our own: gateways first, then those nearest to ours."""
        others = [host for host in self.network.hosts() if host != self.own]
        others.sort(key=lambda host: abs(int(host) - int(self.own)))
        return list(dict.fromkeys([*self.gateways, *others]))


def own_nets() -> list[Net]:
    """Return the private IPv4 networks of interfaces that are up; loopback is none."""
    states = psutil.net_if_stats()
    routes = _gateways()
    nets: list[Net] = []
    for interface, addresses in psutil.net_if_addrs().items():
        state = states.get(interface)
        if state is None or not state.isup or interface.casefold().startswith(NOT_OURS):
            continue
        for entry in addresses:
            if entry.family == socket.AF_INET and entry.netmask:
                net = small_net(interface, entry.address, entry.netmask, routes)
                nets += [net] if net else []
    return nets[:MOST_NETWORKS]


def small_net(
    interface: str, address: str, mask: str, routes: tuple[ipaddress.IPv4Address, ...] = ()
) -> Net | None:
    """Return the network around `address`, cut to `WIDEST`; None unless it is private."""
    own = ipaddress.IPv4Address(address)
    whole = ipaddress.IPv4Interface(f"{address}/{mask}").network
    if not any(own in network for network in PRIVATE):
        return None
    prefix = max(WIDEST, whole.prefixlen)
    network = ipaddress.IPv4Interface(f"{address}/{prefix}").network
    if not any(network.subnet_of(private) for private in PRIVATE):
        return None
    guessed = (ANDROID_CABLE_PHONE,) if network.subnet_of(ANDROID_CABLE) else ()
    gateways = tuple(host for host in (*routes, *guessed) if host in network and host != own)
    return Net(interface, own, network, gateways)


def _gateways() -> tuple[ipaddress.IPv4Address, ...]:
    """Return Linux's gateways; elsewhere none, they are found in their network's turn."""
    if sys.platform == "win32":
        return ()
    try:
        rows = [row.split() for row in _ROUTES.read_text("ascii").splitlines()[1:]]
    except OSError:
        return ()
    found = (row[2] for row in rows if len(row) > 2 and row[2] != "00000000")  # noqa: PLR2004 - columns
    return tuple(ipaddress.IPv4Address(bytes.fromhex(word)[::-1]) for word in found)


def neighbours() -> dict[str, str]:
    """Return hardware addresses (`aa:bb:…`) by IPv4 address, of those who answered of late."""
    if sys.platform == "win32":
        return parsed_neighbours(_said_by_windows())
    try:
        return parsed_neighbours(_NEIGHBOURS.read_text("ascii", "replace"))
    except OSError:
        return {}


def parsed_neighbours(table: str) -> dict[str, str]:
    """Read the table as Linux or Windows prints it: rows with an address and a hardware address."""
    found = {}
    for words in (row.split() for row in table.splitlines()):
        mac = next((word.lower() for word in words if _MAC.match(word.lower())), "")
        if mac and mac.replace("-", ":") != _NO_MAC:
            found[words[0]] = mac.replace("-", ":")
    return found


def _said_by_windows() -> str:
    if sys.platform != "win32":
        return ""
    try:
        return subprocess.run(
            ["arp", "-a"],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=3,
            check=False,
            creationflags=subprocess.CREATE_NO_WINDOW,
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""
