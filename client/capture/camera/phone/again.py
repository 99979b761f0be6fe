"""Finds a phone again whose address has changed: the same phone, not one that is like it.

In a school room many phones run the same app. One counts as the same only by its hardware address,
or where it is again what this computer is connected through (cable, the phone's own hotspot).
"""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

from client.base.text import Text
from client.capture.camera.phone.apps import App, Kind
from client.capture.camera.phone.memory import Known
from client.capture.camera.phone.nets import own_nets

LIMIT_S = 8.0


def address_now(known: Known, address: str) -> str | None:
    """Return `address` with the host where `known` is now, None where it is nowhere (8 s)."""
    from client.capture.camera.phone.find import find  # asyncio: a recorder starts without it

    parts = urlsplit(known.address)
    if parts.port is None:
        return None
    kind: Kind = "rtsp" if parts.scheme == "rtsp" else "mjpeg"
    path = urlunsplit(("", "", parts.path or "/", parts.query, ""))
    same = (App(Text("", ""), kind, parts.port, (path,)),)
    for found in find(own_nets(), same, limit_s=LIMIT_S).found:
        if (known.mac and found.mac == known.mac) or (known.gateway and found.gateway):
            return _moved(address, urlsplit(found.address).hostname or "")
    return None


def _moved(address: str, host: str) -> str:
    """Return `address` at another host; its user name and password stay with their phone."""
    parts = urlsplit(address)
    user, at, _ = parts.netloc.rpartition("@")
    port = f":{parts.port}" if parts.port else ""
    return urlunsplit(parts._replace(netloc=f"{user}{at}{host}{port}"))
