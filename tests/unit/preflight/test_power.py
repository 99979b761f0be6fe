"""Power: mains, battery, sleep, lid."""

from __future__ import annotations

import pytest

from client.preflight.checks.power import power_check
from client.preflight.facts.power import PowerFacts
from client.preflight.probes.linux.power import look_at_power as look_on_linux
from client.preflight.probes.power import look_at_power
from client.preflight.probes.windows.power import facts_of


@pytest.mark.parametrize(
    ("mains", "battery", "percent", "sleeps", "lid", "verdict", "said"),
    [
        (True, False, None, 1800, "sleep", "pass", "没有电池"),
        (None, False, None, None, None, "pass", "没有电池"),
        (True, True, 80, 0, "nothing", "pass", "电量 80%"),
        (True, True, 80, 900, None, "pass", "15 分钟后睡眠"),
        (True, True, 80, 0, "sleep", "warn", "合盖会睡眠"),
        (True, True, 80, 0, "shutdown", "warn", "合盖会关机"),
        (True, True, 9, 0, "nothing", "warn", "9%"),
        (False, True, 100, 0, "nothing", "fail", "正在用电池"),
        (None, True, 50, None, None, "unknown", "没有报告"),
        (None, None, None, None, None, "unknown", "没有报告"),
    ],
)
def test_power_is_judged(mains, battery, percent, sleeps, lid, verdict, said) -> None:
    facts = PowerFacts(
        on_mains=mains, has_battery=battery, battery_percent=percent, sleeps_after_s=sleeps, lid=lid
    )
    finding = power_check().judge(facts)
    assert finding.verdict == verdict
    assert said in finding.evidence.zh
    assert (finding.advice is None) == (verdict == "pass")


def test_this_computer_is_looked_at() -> None:
    found = look_at_power()
    assert PowerFacts.model_validate_json(found.model_dump_json()) == found


def supply(root, name: str, **files: str) -> None:
    (root / name).mkdir(parents=True)
    for file, text in files.items():
        (root / name / file).write_text(text + "\n", "utf-8")


def test_the_kernels_supplies_and_loginds_settings_are_read(tmp_path) -> None:
    supplies, settings = tmp_path / "power_supply", tmp_path / "systemd"
    supply(supplies, "AC", type="Mains", online="0")
    supply(supplies, "BAT0", type="Battery", capacity="64", status="Discharging")
    supply(supplies, "hidpp_battery_0", type="Battery", scope="Device", capacity="5")
    found = look_on_linux(supplies, [settings])
    assert (found.on_mains, found.has_battery, found.battery_percent) == (False, True, 64)
    assert found.lid is None  # no logind here
    drop_in = settings / "logind.conf.d"
    drop_in.mkdir(parents=True)
    assert look_on_linux(supplies, [settings]).lid == "sleep"
    (settings / "logind.conf").write_text("[Login]\n#HandleLidSwitch=x\nHandleLidSwitch=poweroff\n")
    assert look_on_linux(supplies, [settings]).lid == "shutdown"
    (drop_in / "lid.conf").write_text("[Login]\nHandleLidSwitchExternalPower = ignore\n")
    assert look_on_linux(supplies, [settings]).lid == "nothing"
    (supplies / "BAT0" / "capacity").write_text("rubbish\n")
    assert look_on_linux(supplies, [settings]).battery_percent is None


def test_a_desktop_has_no_battery(tmp_path) -> None:
    tmp_path.joinpath("power_supply").mkdir()
    found = look_on_linux(tmp_path / "power_supply", [])
    assert (found.has_battery, power_check().judge(found).verdict) == (False, "pass")
    assert look_on_linux(tmp_path / "nothing", []).has_battery is None


def test_windows_bytes_are_read_and_unknown_is_none() -> None:
    laptop = facts_of(1, 8, 95, 1800, 1)
    assert (laptop.on_mains, laptop.has_battery, laptop.battery_percent) == (True, True, 95)
    assert (laptop.sleeps_after_s, laptop.lid) == (1800, "sleep")
    assert facts_of(0, 0, 30, None, None).on_mains is False
    desktop = facts_of(1, 128, 255, 0, 0)
    assert (desktop.has_battery, desktop.battery_percent) == (False, None)
    unknown = facts_of(255, 255, 255, None, 77)
    assert (unknown.on_mains, unknown.has_battery, unknown.lid) == (None, None, "other")
