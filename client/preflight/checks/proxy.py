"""Do programs go through a proxy? It is only warned of: some networks have no other way out."""

from __future__ import annotations

from client.base.text import Text
from client.preflight.check import Check, Finding
from client.preflight.facts.network import ProxyFacts
from client.preflight.probes.proxies import find_proxies


def proxy_check() -> Check[ProxyFacts]:
    """Return the check of environment and system settings."""
    return Check(
        name="proxy",
        title=Text("代理服务器", "Proxy"),
        requirement=Text("直接连接，不经代理", "a direct connection, no proxy"),
        probe=find_proxies,
        judge=judge,
        fix="proxy",
    )


def judge(facts: ProxyFacts) -> Finding:
    """Warn of every proxy by its name; a search for one (WPAD) is the usual state of Windows."""
    found = [
        *(Text(f"环境变量 {one}", f"environment {one}") for one in facts.environment),
        *(Text(f"系统设置 {one}", f"system settings {one}") for one in facts.system),
    ]
    if facts.script:
        found.append(Text(f"自动配置脚本 {facts.script}", f"automatic script {facts.script}"))
    if facts.winhttp:
        found.append(
            Text(f"系统服务（WinHTTP）{facts.winhttp}", f"services (WinHTTP) {facts.winhttp}")
        )
    if not found:
        if facts.detects:
            return Finding(
                "pass",
                Text("没有代理（自动检测开着）。", "No proxy (automatic detection is on)."),
            )
        return Finding("pass", Text("没有设置代理。", "No proxy is set."))
    zh = "；".join(one.zh for one in found)
    en = "; ".join(one.en for one in found)
    return Finding("warn", Text(f"{zh}。", f"{en}."), _TURN_OFF)


_TURN_OFF = Text(
    "如果不是单位网络要求的，请退出代理或加速软件，在系统的“代理”设置里关闭，再检查一次。",
    "Unless your network asks for it, end proxy programs and turn the proxy off in the system's "
    "proxy settings; check again.",
)
