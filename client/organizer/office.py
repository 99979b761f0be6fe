"""What all of the organizer's work needs: folder, key, plans, records, clock."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from client.base.clock import utc_us
from client.contest.signed import Document, PublicKey, public_key, sign
from client.evidence.keys import load_key
from client.organizer.folder import OrganizerFolder
from client.organizer.numbers import forget_clear_numbers
from client.organizer.publish import PublishedPlans
from client.organizer.records import Records
from client.organizer.room import Disk
from client.organizer.throttle import Throttle

BEATS_A_MINUTE = 120
"""Of one session: twice what the fastest plan asks for, as an uploader that is started again beats
at once. Each is a row of about 1 kB."""


@dataclass(frozen=True)
class Office:
    """One organizer at work. Safe to use from several threads."""

    folder: OrganizerFolder
    key: Ed25519PrivateKey
    plans: PublishedPlans
    records: Records
    disk: Disk
    throttle: Throttle = field(default_factory=Throttle)
    """Of wrong codes."""
    beats: Throttle = field(default_factory=lambda: Throttle(BEATS_A_MINUTE))
    now_us: Callable[[], int] = utc_us

    @property
    def public_key(self) -> PublicKey:
        """Return the key by which everything here is signed."""
        return public_key(self.key)

    def sign(self, document: Mapping[str, Any]) -> Document:
        """Stamp a document with the organizer's key and sign it."""
        return sign({**document, "key": self.public_key}, self.key)


def open_office(folder: OrganizerFolder) -> Office:
    """Open the records of `folder` for work."""
    key, records = load_key(folder.key), Records(folder.records)
    forget_clear_numbers(records, key)
    return Office(folder, key, PublishedPlans(folder), records, Disk(folder.path))


def line_of(address: str) -> str:
    """Return what counts as one line: an IPv4 address, or the /64 that a line has of IPv6.

    Whoever has one IPv6 address has 2^64 of them.
    """
    found = ipaddress.ip_address(address)
    if found.version == 4:  # noqa: PLR2004 - IPv4
        return address
    return str(ipaddress.ip_network((found, 64), strict=False))


def plain_address(host: str) -> str:
    """Return an IP address without IPv6 scope, and IPv4 as IPv4 however the socket showed it."""
    address = ipaddress.ip_address(host.split("%", 1)[0])
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address)
