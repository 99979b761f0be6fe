"""Is there a cable, how fast is its link, and does a tunnel (VPN) lie in between?"""

from __future__ import annotations

from functools import partial

from client.base.text import Text
from client.contest.plan import Environment
from client.preflight.check import Check, Finding
from client.preflight.facts.network import Adapter, NetworkFacts
from client.preflight.probes.adapters import find_networks

_PHYSICAL = ("wired", "wireless", "mobile", "other")
_BETWEEN = ("tunnel", "dialup")
_NAMES = {
    "wired": Text("有线", "wired"),
    "wireless": Text("无线", "wireless"),
    "mobile": Text("移动网络", "mobile"),
    "other": Text("其他", "other"),
    "broadband": Text("宽带拨号", "the provider's dial-up"),
    "dialup": Text("拨号（宽带或 VPN）", "dial-up (broadband or VPN)"),
    "tunnel": Text("VPN 隧道", "tunnel (VPN)"),
    "virtual": Text("虚拟", "virtual"),
    "loopback": Text("本机", "this computer itself"),
}


def network_check(environment: Environment, organizer: str) -> Check[NetworkFacts]:
    """Judge the card on the way to `organizer` (an address; "" where none is known)."""
    asked = environment.link_mbps
    return Check(
        name="network-card",
        title=Text("网卡", "Network card"),
        requirement=Text(f"有线网卡，连接速率 {asked} Mbps", f"a wired card with {asked} Mbps"),
        probe=partial(find_networks, organizer),
        judge=partial(judge, asked),
        things=_names,
        fix="network",
    )


def _names(facts: NetworkFacts) -> list[str]:
    return [a.model or a.name for a in facts.adapters if a.kind in _PHYSICAL]


def judge(asked_mbps: int, facts: NetworkFacts) -> Finding:
    """Judge the card that carries the route; virtual ones are shown and never counted."""
    real = [adapter for adapter in facts.adapters if adapter.kind in _PHYSICAL]
    evidence = _evidence(facts)
    carrying = [adapter for adapter in facts.adapters if adapter.carries]
    if not real and not carrying:
        return Finding("fail", evidence, _PLUG_IN)
    if any(adapter.kind in _BETWEEN for adapter in carrying):
        return Finding("warn", evidence, _END_VPN)
    way = next((a for a in carrying if a in real), None) or _best(real)
    return _of_way(asked_mbps, way, evidence) or _others(real, facts, evidence)


def _of_way(asked_mbps: int, way: Adapter | None, evidence: Text) -> Finding | None:
    """Judge the card that is used; None where it is good."""
    if way is None:
        return Finding("unknown", evidence, _ASK)
    if way.kind != "wired":
        return Finding("warn", evidence, _USE_CABLE)
    if way.mbps is None:
        return Finding("unknown", evidence, _NO_SPEED)
    if way.mbps < asked_mbps:
        return Finding("fail", evidence, _slow(way.mbps, asked_mbps))
    return None


def _others(real: list[Adapter], facts: NetworkFacts, evidence: Text) -> Finding:
    """Judge what else is there beside a good card."""
    if len(real) > 1:
        return Finding("warn", evidence, _SEVERAL)
    if any(adapter.kind in _BETWEEN for adapter in facts.adapters):
        return Finding("warn", evidence, _END_VPN)
    return Finding("pass", evidence)


def _best(real: list[Adapter]) -> Adapter | None:
    """Return the wired and fastest one, where the route is not known or stays in this computer."""
    return max(real, key=lambda a: (a.kind == "wired", a.mbps or 0), default=None)


def _evidence(facts: NetworkFacts) -> Text:
    shown = [adapter for adapter in facts.adapters if adapter.kind != "loopback" or adapter.carries]
    if not shown:
        return Text("没有连上任何网络。", "No network is connected.")
    described = [_describe(adapter) for adapter in shown]
    zh = "；".join(one.zh for one in described)
    en = "; ".join(one.en for one in described)
    if facts.route_known:
        return Text(f"{zh}。", f"{en}.")
    return Text(
        f"{zh}。不知道经由哪一块到组委会。", f"{en}. Which one leads to the organizer is not known."
    )


def _describe(adapter: Adapter) -> Text:
    kind = _NAMES[adapter.kind]
    model = f"（{adapter.model}）" if adapter.model else ""
    model_en = f" ({adapter.model})" if adapter.model else ""
    speed = Text("速率未知", "speed not known")
    if adapter.mbps is not None:
        speed = Text(f"{adapter.mbps:g} Mbps", f"{adapter.mbps:g} Mbps")
    way = Text("，通往组委会", ", leads to the organizer") if adapter.carries else Text("", "")
    return Text(
        f"{adapter.name}{model}：{kind.zh}，{speed.zh}{way.zh}",
        f"{adapter.name}{model_en}: {kind.en}, {speed.en}{way.en}",
    )


def _slow(found: float, asked: int) -> Text:
    return Text(
        f"连接只有 {found:g} Mbps，要求 {asked} Mbps："
        "请换一根六类网线或换交换机的口；仍然这样请换网卡。",
        f"The link has {found:g} of {asked} Mbps: use a Cat 6 cable or another port of the "
        "switch; if it stays so, another card.",
    )


_PLUG_IN = Text(
    "请插好网线，或连上网络，再检查一次。",
    "Plug the cable in, or connect to a network; check again.",
)
_END_VPN = Text(
    "请断开 VPN 后再检查：它会改变组委会看到的地址，也会变慢。运营商的宽带拨号不用断开。",
    "Disconnect the VPN (not the provider's own dial-up) and check again: it "
    "changes the address that the organizer sees, and slows.",
)
_USE_CABLE = Text(
    "请插上网线再检查；无线会中断，只有没有网口时才用。",
    "Plug a cable in and check again; wireless breaks off, use it only where there is no socket.",
)
_SEVERAL = Text(
    "同时连着几个网络：请只留网线，断开其余，免得比赛中地址改变。",
    "Several networks are connected: keep the cable only, so that the address does not change.",
)
_NO_SPEED = Text(
    "系统没有报告网卡速率（虚拟机里常见）：请在网络设置里查看连接速度。",
    "The system does not tell the card's speed (usual in virtual machines): look at the network "
    "settings.",
)
_ASK = Text(
    "看不出用的是哪块网卡：请在网络设置里查看。",
    "Which card is in use cannot be seen: look at the network settings.",
)
