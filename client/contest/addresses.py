"""Addresses of organizers: what they may look like, and which of them stay on this computer."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit


def is_loopback(host: str) -> bool:
    """Tell whether `host` can be reached from this computer alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_within(address: str, ranges: Iterable[str]) -> bool:
    """Tell whether an IP address lies in one of `ranges`: addresses, or `203.0.113.0/24`."""
    try:
        found = ipaddress.ip_address(address)
        networks = [ipaddress.ip_network(text, strict=False) for text in ranges]
    except ValueError:
        return False
    return any(found in network for network in networks)


def origin_of(address: str) -> str:
    """Return `scheme://host[:port]` of a web address that is nothing more than that.

    ValueError for anything else: another scheme, a user name, a path, a port that is none.
    """
    parts = urlsplit(address)
    host, port = parts.hostname, parts.port
    more = parts.username is not None or parts.password is not None or parts.query
    if parts.scheme not in {"http", "https"} or not host or more or parts.fragment:
        raise ValueError("not an address of a server")
    if parts.path.strip("/") or port == 0 or not host.isprintable() or " " in host:
        raise ValueError("not an address of a server")
    name = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{name}" + (f":{port}" if port is not None else "")


def is_private_enough(address: str) -> bool:
    """Tell whether what is said to `address` is encrypted or does not leave this computer."""
    parts = urlsplit(address)
    return parts.scheme == "https" or is_loopback(parts.hostname or "")
