"""Which address does the organizer see (R11), and is it the one of the enrolment?"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from client.base.text import Text
from client.preflight.check import Check, Finding
from client.preflight.checks.organizer import no_organizer
from client.preflight.facts.network import AddressFacts
from client.remote.client import OrganizerClient
from client.remote.failures import clean

LIMIT_SECONDS = 8.0


def address_check(client: OrganizerClient | None, registered: str = "") -> Check[AddressFacts]:
    """Compare what the organizer sees by `client` with the `registered` address, if known."""
    return Check(
        name="address",
        title=Text("网络地址", "Network address"),
        requirement=Text(
            "与登记时组委会看到的相同", "the one that the organizer saw at the enrolment"
        ),
        probe=_asking(client) if client else no_organizer,
        judge=partial(judge, registered),
        limit_seconds=LIMIT_SECONDS,
    )


def judge(registered: str, facts: AddressFacts) -> Finding:
    """Judge a change as a warning: it is told and recorded, and never decides by itself."""
    seen = Text(f"组委会看到的地址是 {facts.seen}", f"The organizer sees the address {facts.seen}")
    if not registered:
        more = Text("；还没有登记，没有可比较的。", "; not enrolled yet, nothing to compare with.")
        return Finding("pass", Text(seen.zh + more.zh, seen.en + more.en))
    if registered == facts.seen:
        return Finding(
            "pass", Text(f"{seen.zh}，与登记时相同。", f"{seen.en}, as at the enrolment.")
        )
    return Finding(
        "warn",
        Text(f"{seen.zh}，登记时是 {registered}。", f"{seen.en}; at the enrolment {registered}."),
        Text(
            "换了网络、开了 VPN 或重启了路由器都会改变地址，组委会会看到并询问："
            "若不是有意的，请回到原来的网络；否则请告知组委会。",
            "Another network, a VPN or a restarted router changes it; the organizer sees it and "
            "will ask. Go back to the former network, or tell the organizer why.",
        ),
    )


def _asking(client: OrganizerClient) -> Callable[[], AddressFacts]:
    return lambda: AddressFacts(seen=clean(client.time().address))
