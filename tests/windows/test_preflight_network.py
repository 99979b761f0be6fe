"""Adapters, proxies and the time zone as Windows tells of them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import suppress

import psutil
import pytest

from client.contest.plan import Environment
from client.preflight.checks.network import network_check
from client.preflight.checks.proxy import proxy_check
from client.preflight.checks.zone import read_zone
from client.preflight.probes.windows.proxies import SETTINGS
from client.preflight.runner import examine

if sys.platform == "win32":
    import winreg

    HERE = winreg.HKEY_CURRENT_USER

CONNECTIONS = rf"{SETTINGS}\Connections"
DETECTS = bytes.fromhex("46000000 05000000 09000000 00000000")


@pytest.fixture
def settings() -> Iterator[None]:
    """Internet Settings as they were, afterwards.

    https://learn.microsoft.com/troubleshoot/developer/browsers/connectivity-navigation/use-registry-to-set-proxy-settings
    """
    places = [(SETTINGS, name) for name in ("ProxyEnable", "ProxyServer", "AutoConfigURL")]
    places.append((CONNECTIONS, "DefaultConnectionSettings"))
    before = {place: read(*place) for place in places}
    for place in places:
        take(*place)
    yield
    for place, found in before.items():
        take(*place)
        if found is not None:
            put(*place, *found)


def read(path, name):
    with suppress(OSError), winreg.OpenKey(HERE, path) as key:
        value, kind = winreg.QueryValueEx(key, name)
        return kind, value
    return None


def take(path, name):
    with suppress(OSError), winreg.OpenKey(HERE, path, 0, winreg.KEY_SET_VALUE) as key:
        winreg.DeleteValue(key, name)


def put(path, name, kind, value):
    with winreg.CreateKey(HERE, path) as key:
        winreg.SetValueEx(key, name, 0, kind, value)


def test_the_list_of_adapters_is_the_one_that_psutil_sees():
    facts = network_check(Environment(), "https://127.0.0.1:9").probe()
    ours = {adapter.name: set(adapter.addresses) for adapter in facts.adapters}
    stats = psutil.net_if_stats()
    theirs = {
        name: {one.address.split("%")[0] for one in known if one.family != psutil.AF_LINK}
        for name, known in psutil.net_if_addrs().items()
        if stats[name].isup
    }
    assert ours == {name: at for name, at in theirs.items() if at}
    (carrying,) = [adapter for adapter in facts.adapters if adapter.carries]
    assert carrying.kind == "loopback"
    assert "127.0.0.1" in carrying.addresses
    assert examine(network_check(Environment(), "")).evidence.zh


def test_a_proxy_of_internet_settings_is_found_only_while_it_is_on(settings):
    assert examine(proxy_check()).verdict == "pass"
    put(SETTINGS, "ProxyServer", winreg.REG_SZ, "http=127.0.0.1:7890;https=u:geheim@10.0.0.1:8443")
    put(SETTINGS, "ProxyEnable", winreg.REG_DWORD, 0)
    assert examine(proxy_check()).verdict == "pass"
    put(SETTINGS, "ProxyEnable", winreg.REG_DWORD, 1)
    finding = examine(proxy_check())
    assert finding.verdict == "warn"
    assert "127.0.0.1:7890;https=10.0.0.1:8443" in finding.evidence.zh
    assert "geheim" not in finding.evidence.zh


def test_a_script_and_the_search_for_one_are_told_apart(settings):
    put(CONNECTIONS, "DefaultConnectionSettings", winreg.REG_BINARY, DETECTS)
    finding = examine(proxy_check())
    assert finding.verdict == "pass"
    assert "自动检测" in finding.evidence.zh
    put(SETTINGS, "AutoConfigURL", winreg.REG_SZ, "http://wpad.school.example/proxy.pac")
    finding = examine(proxy_check())
    assert finding.verdict == "warn"
    assert "wpad.school.example" in finding.evidence.zh


def test_the_time_zone_is_a_number_of_minutes():
    assert read_zone().offset_minutes % 15 == 0
