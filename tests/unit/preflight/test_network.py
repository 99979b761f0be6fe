"""Cards, tunnels and proxies of recorded computers, and this one's own."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from client.contest.plan import Environment
from client.preflight.checks.network import judge, network_check
from client.preflight.checks.proxy import judge as judge_proxy
from client.preflight.checks.proxy import proxy_check
from client.preflight.checks.zone import judge as judge_zone
from client.preflight.facts.network import Adapter, NetworkFacts, ProxyFacts, ZoneFacts
from client.preflight.probes import proxies
from client.preflight.probes.adapters import networks_of
from client.preflight.probes.linux.adapters import describe
from client.preflight.probes.proxies import find_proxies, without_secrets
from client.preflight.probes.windows.proxies import facts_of
from client.preflight.runner import examine

MACHINES = sorted((Path(__file__).parents[2] / "assets/machines/network").glob("*.json"))


def recorded(file: Path) -> tuple[NetworkFacts, dict]:
    document = json.loads(file.read_text(encoding="utf-8"))
    adapters = [Adapter.model_validate_json(json.dumps(one)) for one in document["adapters"]]
    return networks_of(adapters, document["route"] or ""), document["expected"]


@pytest.mark.parametrize("file", MACHINES, ids=lambda file: file.stem)
def test_recorded_computers_get_the_verdict_that_a_technician_gives(file) -> None:
    facts, expected = recorded(file)
    facts = NetworkFacts.model_validate_json(facts.model_dump_json())
    finding = judge(1000, facts)
    assert finding.verdict == expected["verdict"]
    assert expected["evidence"] in finding.evidence.zh
    assert (finding.advice is None) == (finding.verdict == "pass")


def test_the_plan_says_how_fast_the_link_must_be() -> None:
    facts, _ = recorded(next(file for file in MACHINES if file.stem == "windows-old-cable-100"))
    assert network_check(Environment(link_mbps=100), "").judge(facts).verdict == "pass"
    assert network_check(Environment(link_mbps=101), "").judge(facts).verdict == "fail"


def card(root: Path, name: str, **files: str) -> Path:
    folder = root / name
    folder.mkdir()
    for file, text in files.items():
        (folder / file).write_text(text)
    return folder


def test_sys_class_net_is_read_as_the_kernel_writes_it(tmp_path) -> None:
    """https://www.kernel.org/doc/Documentation/ABI/testing/sysfs-class-net"""
    wired = card(tmp_path, "enp2s0", type="1\n", speed="1000\n")
    (wired / "device").mkdir()
    wireless = card(tmp_path, "wlp3s0", type="1\n")
    for part in ("device", "wireless"):
        (wireless / part).mkdir()
    silent = card(tmp_path, "eth0", type="1\n", speed="-1\n")
    (silent / "device").mkdir()
    found = {
        folder.name: (describe(folder, ["10.0.0.1"]).kind, describe(folder, ["10.0.0.1"]).mbps)
        for folder in (
            wired,
            wireless,
            silent,
            card(tmp_path, "docker0", type="1\n", speed="10000\n"),
            card(tmp_path, "tun0", type="65534\n", tun_flags="0x1001\n"),
            card(tmp_path, "ppp0", type="512\n"),
            card(tmp_path, "lo", type="772\n"),
            card(tmp_path, "gone"),
        )
    }
    assert found == {
        "enp2s0": ("wired", 1000.0),
        "wlp3s0": ("wireless", None),
        "eth0": ("wired", None),
        "docker0": ("virtual", None),
        "tun0": ("tunnel", None),
        "ppp0": ("dialup", None),
        "lo": ("loopback", None),
        "gone": ("virtual", None),
    }


@pytest.mark.skipif(sys.platform == "win32", reason="the lab has its own test")
def test_this_computer_s_own_way_is_found() -> None:
    facts = network_check(Environment(), "https://127.0.0.1:9").probe()
    (carrying,) = [adapter for adapter in facts.adapters if adapter.carries]
    assert carrying.kind == "loopback"
    assert facts.route_known
    nowhere = network_check(Environment(), "https://").probe()
    assert not nowhere.route_known


def test_a_probe_that_breaks_is_unknown(monkeypatch) -> None:
    def broken():
        raise OSError(5, "no registry")

    monkeypatch.setattr(proxies, "read_system", broken)
    finding = examine(proxy_check())
    assert finding.verdict == "unknown"
    assert "no registry" in finding.evidence.zh


def test_a_proxy_is_warned_of_by_its_name_and_without_its_password(monkeypatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://wang:geheim/@x@10.1.1.1:8080")
    monkeypatch.setattr(proxies, "read_system", ProxyFacts)
    facts = find_proxies()
    assert facts.environment == ("https_proxy=http://10.1.1.1:8080",)
    finding = judge_proxy(facts)
    assert finding.verdict == "warn"
    assert "10.1.1.1:8080" in finding.evidence.zh
    plain = without_secrets(ProxyFacts(system=("https=li:geheim@10.1.1.1:8080",)))
    assert plain.system == ("https=10.1.1.1:8080",)


SWITCHES = bytes.fromhex("46000000 05000000")
"""The head of DefaultConnectionSettings; the switches come next."""


@pytest.mark.parametrize(
    ("values", "switches", "winhttp", "verdict", "said"),
    [
        ({}, 0x9, "", "pass", "自动检测"),
        ({}, 0x1, "", "pass", "没有设置代理"),
        ({"ProxyEnable": 1, "ProxyServer": "127.0.0.1:7890"}, 0x3, "", "warn", "127.0.0.1:7890"),
        ({"ProxyEnable": 0, "ProxyServer": "127.0.0.1:7890"}, 0x1, "", "pass", "没有设置代理"),
        ({"AutoConfigURL": "http://pac.school/p"}, 0x5, "", "warn", "http://pac.school/p"),
        ({}, 0x1, "10.0.0.1:3128", "warn", "WinHTTP"),
        ({"ProxyEnable": "rubbish", "ProxyServer": 5}, 0x1, "", "pass", "没有设置代理"),
    ],
)
def test_internet_settings_are_read_as_windows_reads_them(
    values, switches, winhttp, verdict, said
) -> None:
    facts = facts_of(values, SWITCHES + bytes([switches, 0, 0, 0]), winhttp)
    finding = judge_proxy(facts)
    assert (finding.verdict, said in finding.evidence.zh) == (verdict, True)
    assert facts_of(values, b"short", winhttp).detects is False


@pytest.mark.parametrize(
    ("minutes", "verdict", "said"),
    [(480, "pass", "UTC+8"), (0, "warn", "UTC+0"), (-300, "warn", "UTC-5"), (330, "warn", "+5:30")],
)
def test_another_time_zone_than_beijing_s_warns(minutes, verdict, said) -> None:
    finding = judge_zone(ZoneFacts(offset_minutes=minutes))
    assert (finding.verdict, said in finding.evidence.zh) == (verdict, True)
