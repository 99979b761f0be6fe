"""What is done on a click: the right page, else words; and nothing that outlives us."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

from client.base.errors import BadInputError
from client.preflight import fixes
from client.preflight.checks.devices import Wanted, devices_check
from client.preflight.checks.power import power_check
from client.preflight.checks.zone import zone_check
from client.preflight.facts.devices import Device, DeviceFacts, Said, Tried
from client.preflight.facts.network import ZoneFacts
from client.preflight.facts.power import PowerFacts
from client.preflight.fixes import PAGES, Awake, FixName, label_of, open_linux
from client.preflight.runner import examine
from client.preflight.standard import full_checks
from tests.buses import PATIENCE, buses

ROOT = Path(__file__).resolve().parents[3]


def test_every_fix_has_a_button_and_every_page_an_address_of_windows() -> None:
    names = set(get_args(FixName))
    assert set(PAGES) == names - {"stay-awake"}
    assert all(page.windows.startswith("ms-settings:") for page in PAGES.values())
    labels = {label_of(name) for name in names}
    assert len(labels) == len(names)


def test_the_fix_of_every_check_is_in_the_table(tmp_path: Path) -> None:
    checks = full_checks(None, tmp_path, None, None, devices_allowed=False)
    named = {check.fix for check in checks if check.fix is not None}
    assert {"clock", "network", "display", "language", "proxy", "update", "storage"} <= named


@pytest.mark.parametrize(
    ("here", "started"),
    [
        ({"gnome-control-center"}, [("gnome-control-center", "datetime")]),
        ({"kcmshell5"}, [("kcmshell5", "kcm_clock")]),
        ({"kcmshell5", "kcmshell6"}, [("kcmshell6", "kcm_clock")]),
    ],
)
def test_the_desktops_own_tool_opens_the_page(here: set[str], started: list) -> None:
    opened: list = []
    open_linux(PAGES["clock"], lambda name: name if name in here else None, opened.append)
    assert opened == started


def test_without_a_tool_it_is_said_where_to_look() -> None:
    with pytest.raises(BadInputError) as refused:
        open_linux(PAGES["clock"], lambda _: None, lambda _: pytest.fail("started"))
    assert "日期和时间设置" in refused.value.advice.zh
    with pytest.raises(BadInputError):
        open_linux(PAGES["storage"], lambda name: name, lambda _: pytest.fail("started"))


def test_a_program_that_is_started_is_not_ours(tmp_path: Path, monkeypatch) -> None:
    tool = tmp_path / "gnome-control-center"
    tool.write_text(f"#!/bin/sh\necho $1 > {tmp_path}/opened\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    fixes.open_page("power")
    ends = time.monotonic() + PATIENCE
    while not (tmp_path / "opened").exists() and time.monotonic() < ends:
        time.sleep(0.02)
    assert (tmp_path / "opened").read_text().strip() == "power"


def blocked(kind: str, *, by: str | None) -> DeviceFacts:
    tried = Tried(figures={}, error=Said(zh="打不开。", en="It does not open."))
    device = Device(name="HD 720p", origin="real", tried=tried)
    return DeviceFacts(kind=kind, allowed=True, devices=(device,), blocked=by, not_listed=None)


@pytest.mark.parametrize(
    ("kind", "by", "fix"),
    [
        ("camera", "user", "camera-privacy"),
        ("microphone", "system", "microphone-privacy"),
        ("microphone", None, "sound"),
        ("camera", None, None),
    ],
)
def test_a_blocked_device_names_the_page_of_its_own_switch(kind, by, fix) -> None:
    wanted = Wanted(2, 2, 15)
    check = devices_check(kind, wanted, allowed=True, probe=lambda: blocked(kind, by=by))
    finding = examine(check)
    assert (finding.verdict, finding.fix) == ("fail", fix)
    assert finding.things == ("HD 720p",)


@pytest.mark.parametrize(("sleeps", "fix"), [(600, "stay-awake"), (0, None), (None, None)])
def test_a_computer_that_would_sleep_can_be_asked_not_to(sleeps: int | None, fix) -> None:
    facts = PowerFacts(
        has_battery=False, on_mains=True, battery_percent=None, sleeps_after_s=sleeps, lid=None
    )
    finding = examine(power_check(lambda: facts))
    assert (finding.verdict, finding.fix) == ("pass", fix)


def test_a_pass_offers_no_page() -> None:
    def zone(minutes: int) -> str | None:
        return examine(replace(zone_check(), probe=lambda: ZoneFacts(offset_minutes=minutes))).fix

    assert (zone(480), zone(0)) == (None, "clock")


OWNER = """
import json, sys, threading
from client.preflight.fixes import Awake
awake = Awake()
print(json.dumps(awake.ask()._asdict()), flush=True)
sys.stdin.readline()
awake.close()
print("closed", flush=True)
sys.stdin.readline()
"""


@pytest.mark.parametrize("ends", ["closed", "killed"])
def test_staying_awake_ends_with_us_whatever_ends_us(ends: str) -> None:
    with buses() as bus:
        owner = subprocess.Popen(
            [sys.executable, "-c", OWNER],
            env={**os.environ, **bus.environment, "PYTHONPATH": str(ROOT), "DISPLAY": ""},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        with owner:
            assert owner.stdout is not None
            assert owner.stdin is not None
            said = json.loads(owner.stdout.readline())
            assert "不睡眠" in said["zh"]
            bus.system.await_event("lock", "sleep")
            if ends == "killed":
                owner.send_signal(signal.SIGKILL)
            else:
                owner.stdin.write("\n")
                owner.stdin.flush()
                assert owner.stdout.readline() == "closed\n"
            bus.system.await_event("unlock", "sleep")
            owner.kill()


def test_a_system_that_does_not_agree_is_said(monkeypatch) -> None:
    nowhere = "unix:path=/nowhere"
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", nowhere)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", nowhere)
    monkeypatch.setenv("DISPLAY", "")
    awake = Awake()
    with pytest.raises(BadInputError) as refused:
        awake.ask()
    assert "电源设置" in refused.value.advice.zh
    awake.close()
