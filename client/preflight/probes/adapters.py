"""Which adapters are there, of what kind, and which of them leads to the organizer."""

from __future__ import annotations

import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from urllib.parse import urlsplit

from client.preflight.facts.network import Adapter, Kind, NetworkFacts

if sys.platform == "win32":
    from client.preflight.probes.windows.adapters import read_adapters
else:
    from client.preflight.probes.linux.adapters import read_adapters

__all__ = ["find_networks", "kind_by_name"]

_VPN = (
    "tap-windows",
    "wireguard",
    "wintun",
    "openvpn",
    "anyconnect",
    "sangfor",
    "easyconnect",
    "fortinet",
    "fortissl",
    "globalprotect",
    "pangp",
    "zerotier",
    "tailscale",
    "juniper",
    "checkpoint",
    "softether",
    "vpn",
)
"""Words in the names that makers of tunnels give to their adapters."""
_BROADBAND = ("宽带", "broadband", "pppoe")
"""Words that Windows and people give to a dial-up of the provider, which is no VPN."""
_VIRTUAL = (
    "vmware",
    "virtualbox",
    "hyper-v",
    "vethernet",
    "wsl",
    "docker",
    "npcap",
    "loopback adapter",
    "wi-fi direct virtual",
    "bluetooth",
    "parallels",
    "microsoft kernel debug",
)
"""Words in the names of adapters that no cable and no radio belongs to."""
_OF_A_GUEST = ("vmxnet", "hyper-v network adapter", "virtio", "red hat")
"""What a virtual machine has in place of a card: it is the only way out, and counts as one."""


def kind_by_name(name: str, model: str, kind: Kind) -> Kind:
    """Return what the names tell beyond the system's own `kind`."""
    words = f"{name} {model}".casefold()
    if kind == "dialup" and any(word in words for word in _BROADBAND):
        return "broadband"
    if any(word in words for word in _VPN):
        return "tunnel"
    guest = (
        any(word in model.casefold() for word in _OF_A_GUEST) and "virtual ethernet" not in words
    )
    return "virtual" if not guest and any(word in words for word in _VIRTUAL) else kind


def find_networks(organizer: str) -> NetworkFacts:
    """Return the adapters that are up, and which one leads to `organizer` (an address, or "")."""
    return networks_of(read_adapters(), _way_to(organizer))


def networks_of(found_adapters: Sequence[Adapter], local: str) -> NetworkFacts:
    """Return the adapters with what their names tell; the one with the address `local` carries."""
    adapters = []
    for found in found_adapters:
        kind = kind_by_name(found.name, found.model, found.kind)
        carries = local in found.addresses
        adapters.append(found.model_copy(update={"kind": kind, "carries": carries}))
    return NetworkFacts(adapters=tuple(adapters), route_known=any(a.carries for a in adapters))


def _way_to(organizer: str) -> str:
    """Return our own address on the route there, without sending anything; "" for none."""
    parts = urlsplit(organizer)
    with suppress(OSError, ValueError):
        port = parts.port or 443
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_DGRAM)
        for family, kind, protocol, _, address in found if parts.hostname else ():
            with suppress(OSError), socket.socket(family, kind, protocol) as way:
                way.connect(address)
                return str(way.getsockname()[0]).split("%", 1)[0]
    return ""
