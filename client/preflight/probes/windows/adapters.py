"""Adapters as GetAdaptersAddresses tells of them (iphlpapi)."""

from __future__ import annotations

import ctypes
import socket
import sys
from collections.abc import Iterator

from client.preflight.facts.network import Adapter, Kind

KINDS: dict[int, Kind] = {
    6: "wired",
    23: "dialup",  # PPP: broadband (PPPoE), or a VPN of Windows
    24: "loopback",
    53: "virtual",  # IF_TYPE_PROP_VIRTUAL
    71: "wireless",
    131: "tunnel",
    243: "mobile",
    244: "mobile",
}
"""Of ipifcons.h."""
_UP = 1
_NO_SPEED = 2**64 - 1
_BIT = 1_000_000


class SocketAddress(ctypes.Structure):
    """SOCKET_ADDRESS."""

    _fields_ = (("sockaddr", ctypes.c_void_p), ("length", ctypes.c_int))


class Unicast(ctypes.Structure):
    """The beginning of IP_ADAPTER_UNICAST_ADDRESS."""


Unicast._fields_ = [
    ("length", ctypes.c_ulong),
    ("flags", ctypes.c_ulong),
    ("next", ctypes.POINTER(Unicast)),
    ("address", SocketAddress),
]


class AdapterAddresses(ctypes.Structure):
    """The beginning of IP_ADAPTER_ADDRESSES_LH, as far as both speeds."""


AdapterAddresses._fields_ = [
    ("length", ctypes.c_uint32),
    ("if_index", ctypes.c_uint32),
    ("next", ctypes.POINTER(AdapterAddresses)),
    ("adapter_name", ctypes.c_char_p),
    ("first_unicast", ctypes.POINTER(Unicast)),
    ("first_anycast", ctypes.c_void_p),
    ("first_multicast", ctypes.c_void_p),
    ("first_dns", ctypes.c_void_p),
    ("dns_suffix", ctypes.c_wchar_p),
    ("description", ctypes.c_wchar_p),
    ("friendly_name", ctypes.c_wchar_p),
    ("physical_address", ctypes.c_ubyte * 8),
    ("physical_length", ctypes.c_uint32),
    ("flags", ctypes.c_uint32),
    ("mtu", ctypes.c_uint32),
    ("if_type", ctypes.c_uint32),
    ("oper_status", ctypes.c_uint32),
    ("ipv6_if_index", ctypes.c_uint32),
    ("zone_indices", ctypes.c_uint32 * 16),
    ("first_prefix", ctypes.c_void_p),
    ("transmit_speed", ctypes.c_uint64),
    ("receive_speed", ctypes.c_uint64),
]


def adapter_of(found: AdapterAddresses) -> Adapter:
    """Return one entry of the list as facts."""
    speed = found.transmit_speed
    return Adapter(
        name=(found.friendly_name or "")[:300],
        model=(found.description or "")[:300],
        kind=KINDS.get(found.if_type, "other"),
        mbps=speed / _BIT if 0 < speed < _NO_SPEED else None,
        addresses=tuple(_addresses(found)),
    )


def _addresses(found: AdapterAddresses) -> Iterator[str]:
    entry = found.first_unicast
    while entry:
        address = entry.contents.address
        raw = ctypes.string_at(address.sockaddr, address.length)
        family = int.from_bytes(raw[:2], "little")
        if family == socket.AF_INET:
            yield socket.inet_ntop(socket.AF_INET, raw[4:8])
        elif family == socket.AF_INET6:
            yield socket.inet_ntop(socket.AF_INET6, raw[8:24])
        entry = entry.contents.next


if sys.platform == "win32":
    _list = ctypes.WinDLL("iphlpapi").GetAdaptersAddresses
    _list.argtypes = [
        ctypes.c_ulong,
        ctypes.c_ulong,
        ctypes.c_void_p,
        ctypes.c_void_p,
        ctypes.POINTER(ctypes.c_ulong),
    ]
    _list.restype = ctypes.c_ulong
    _ANY_FAMILY = 0
    _SKIPPED = 0x2 | 0x4 | 0x8  # anycast, multicast, DNS servers
    _OVERFLOW, _TRIES = 111, 4

    def read_adapters() -> list[Adapter]:
        """Return the adapters that are up and have an address; OSError where none are told."""
        size = ctypes.c_ulong(16 * 1024)
        for _ in range(_TRIES):
            room = ctypes.create_string_buffer(size.value)
            code = _list(_ANY_FAMILY, _SKIPPED, None, room, ctypes.byref(size))
            if code != _OVERFLOW:
                break
        if code:
            raise ctypes.WinError(code)
        found = []
        entry = ctypes.cast(room, ctypes.POINTER(AdapterAddresses))
        while bool(entry):  # false: a null pointer
            if entry.contents.oper_status == _UP:
                found.append(adapter_of(entry.contents))
            entry = entry.contents.next
        return [adapter for adapter in found if adapter.addresses]
