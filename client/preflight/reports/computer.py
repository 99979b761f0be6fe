"""What this computer is called. Both are for finding its seat; addresses go into no report."""

from __future__ import annotations

import re
import socket

import psutil

from client.preflight.reports.model import printable

_HEX = re.compile(r"[0-9a-f]{12}")
_MULTICAST = 1


def host_name() -> str:
    """Return the computer's own name, without its domain."""
    return printable(socket.gethostname().partition(".")[0], 255).strip() or "?"


def mac_addresses() -> frozenset[str]:
    """Return the hardware addresses of this computer's network cards, 12 small hex digits each."""
    found = set()
    for addresses in psutil.net_if_addrs().values():
        for address in addresses:
            if address.family == psutil.AF_LINK and (mac := mac_of(address.address)):
                found.add(mac)
    return frozenset(found)


def mac_of(text: str) -> str | None:
    """Return 12 small hex digits; None where `text` is no address of a network card."""
    digits = re.sub(r"[\s:.\-]", "", text).lower()
    if not _HEX.fullmatch(digits) or set(digits) == {"0"} or int(digits[:2], 16) & _MULTICAST:
        return None
    return digits
