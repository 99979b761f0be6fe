"""Base class and common field types of all values that cross a process or a network."""

from __future__ import annotations

import ipaddress
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from client.base.paths import is_device_name
from client.contest.plan_errors import wrong


class Value(BaseModel):
    """A frozen, closed record: unknown members are refused, nothing is coerced from text."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def _no_device(name: str) -> str:
    if is_device_name(name):
        raise wrong("device_name")
    return name


Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$"), AfterValidator(_no_device)]
"""A short name that may become a folder's on any system: `con` and the like are none."""
HexDigest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
HexKey = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


def _network(text: str) -> str:
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise wrong("no_network") from None
    alone = network.num_addresses == 1
    return str(network.network_address) if alone else str(network)


AddressRange = Annotated[str, Field(max_length=50), AfterValidator(_network)]
"""One IP address, or a network as `203.0.113.0/24`."""
MOST_ADDRESSES = 8
AddressRanges = Annotated[tuple[AddressRange, ...], Field(max_length=MOST_ADDRESSES, strict=False)]
Base64 = Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]+={0,2}$", max_length=128)]
Uuid = Annotated[
    str, Field(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")
]
Micros = Annotated[int, Field(ge=0, le=2**53 - 1)]
"""Microseconds; fits the integers of RFC 8785."""
Count = Annotated[int, Field(ge=0, le=2**53 - 1)]
