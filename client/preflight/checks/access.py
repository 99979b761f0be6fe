"""Does the organizer itself answer, or a login page of the network (captive portal) or a filter?"""

from __future__ import annotations

from functools import partial

from client.base.text import Text
from client.contest.plan import Plan
from client.preflight.check import Check, Finding
from client.preflight.checks.organizer import no_organizer
from client.preflight.facts.network import AccessFacts
from client.preflight.probes.access import ask_organizer
from client.remote.client import OrganizerClient

LIMIT_SECONDS = 8.0


def access_check(plan: Plan | None, client: OrganizerClient | None) -> Check[AccessFacts]:
    """Ask the plan's organizer by `client`; None where none is known."""
    pinned = plan is not None and bool(plan.organizer.certificate_pem)
    return Check(
        name="organizer-access",
        title=Text("连接组委会", "Way to the organizer"),
        requirement=Text("组委会服务器本身应答", "the organizer's own server answers"),
        probe=partial(ask_organizer, client, pinned=pinned) if client else no_organizer,
        judge=judge,
        fix="network",
        limit_seconds=LIMIT_SECONDS,
    )


def judge(facts: AccessFacts) -> Finding:
    """Judge who answered; anybody else than the organizer is a failure."""
    detail = facts.detail
    said_zh, said_en = (f"（{detail}）", f" ({detail})") if detail else ("", "")
    match facts.answer:
        case "organizer":
            return Finding(
                "pass", Text("组委会服务器应答正常。", "The organizer's server answers.")
            )
        case "redirect":
            found = Text(
                f"请求被转到别处{said_zh}，像是网络的登录页。",
                f"The request was sent elsewhere{said_en}, as a login page of the network does.",
            )
            return Finding("fail", found, _LOG_IN)
        case "login":
            found = Text(
                f"网络或代理要求先登录{said_zh}。", f"Network or proxy ask to log in{said_en}."
            )
            return Finding("fail", found, _LOG_IN)
        case "page":
            found = Text(
                f"应答的不是组委会，而是别的网页{said_zh}。",
                f"Not the organizer answered but some other page{said_en}.",
            )
            return Finding("fail", found, _LOG_IN)
        case "certificate":
            found = Text(
                "应答者的证书不是组委会的。",
                "Who answered shows a certificate not the organizer's.",
            )
            return Finding("fail", found, _FILTER if facts.pinned else _FILTER_OR_CLOCK)
        case "nobody":
            found = Text(f"组委会服务器没有应答{said_zh}。", f"No organizer answered{said_en}.")
            return Finding("fail", found, _CONNECT)


_LOG_IN = Text(
    "请打开浏览器，在弹出的校园网或酒店网络页面登录，再检查一次。",
    "Open the browser, log in on the page that the network shows, check again.",
)
_FILTER = Text(
    "请先登录网络，并关闭代理和杀毒软件的“HTTPS 扫描”，再检查；仍然这样请换一个网络。",
    "Log in to the network, turn proxies and “HTTPS scanning” of the antivirus off, check again; "
    "if it stays so, use another network.",
)
_FILTER_OR_CLOCK = Text(
    f"请核对电脑的日期和时间。{_FILTER.zh}", f"See that date and time are right. {_FILTER.en}"
)
_CONNECT = Text(
    "请检查网线、网络和防火墙后再检查；仍然这样请联系组委会。",
    "Look at the cable, the network and the firewall, check again; if it stays so, "
    "call the organizer.",
)
