"""What is known of this computer's ways to the network."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from client.contest.values import Count, Value

Label = Annotated[str, Field(max_length=300)]
Kind = Literal[
    "wired",
    "wireless",
    "mobile",
    "dialup",
    "broadband",
    "tunnel",
    "virtual",
    "loopback",
    "other",
]
"""`dialup` is PPP of which nothing tells whether it is the provider's (`broadband`) or a VPN."""
Labels = Annotated[tuple[Label, ...], Field(strict=False)]


class Adapter(Value):
    """One network adapter that is up and has an address."""

    name: Label
    """As the system's settings call it."""
    model: Label = ""
    kind: Kind
    mbps: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    """Speed of the link; None: the system does not tell (wireless on Linux, virtual machines)."""
    addresses: Labels = ()
    carries: bool = False
    """The route to the organizer goes out here."""


class NetworkFacts(Value):
    """All adapters that are up."""

    adapters: Annotated[tuple[Adapter, ...], Field(strict=False)]
    route_known: bool
    """False: no organizer is known, or no route leads there."""


class ProxyFacts(Value):
    """Where programs are told to go through another computer; without user names and passwords."""

    environment: Labels = ()
    system: Labels = ()
    """Set for this user in the settings of the system, such as `http=10.0.0.1:8080`."""
    script: Label = ""
    """Address of an automatic configuration (PAC)."""
    detects: bool = False
    """The system looks for a proxy by itself (WPAD): Windows does so unless it is told not to."""
    winhttp: Label = ""
    """Set for the services of Windows (`netsh winhttp`)."""


class BandwidthFacts(Value):
    """What went through to the organizer and back, while nobody else at this address measured."""

    up_kbps: Count
    down_kbps: Count
    waited_seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)]


class DelayFacts(Value):
    """Small requests on one kept connection."""

    sent: Annotated[int, Field(ge=1)]
    unanswered: Count
    repeated: Count
    """Answered so late that a packet must have been lost and sent again."""
    median_ms: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    jitter_ms: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    """Mean difference between one answer's delay and the next one's (after RFC 3550)."""
    longest_ms: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    resolve_ms: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None
    """To find the server's address by its name; None: the plan gives the address itself."""

    @property
    def loss_percent(self) -> float:
        """Return the share of requests of which something was lost."""
        return 100 * (self.unanswered + self.repeated) / self.sent


class AccessFacts(Value):
    """Who answered at the organizer's address."""

    answer: Literal["organizer", "redirect", "page", "certificate", "login", "nobody"]
    detail: Label = ""
    """Host that was named instead, HTTP status, or reason."""
    pinned: bool
    """The plan names the certificate, so that no clock and no authority matters."""


class AddressFacts(Value):
    """This computer's address as the organizer sees it."""

    seen: Label


class ZoneFacts(Value):
    """The time zone that this computer shows times in."""

    offset_minutes: Annotated[int, Field(ge=-24 * 60, le=24 * 60)]
    """East of Greenwich, now."""
