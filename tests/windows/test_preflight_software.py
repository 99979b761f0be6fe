"""The software probes on Windows: registries of recorded machines, written into this one.

Every machine's keys (their public sources stand in its file) are put into HKLM and HKCU, the
program files that they name are made, the probes of the shipped program are asked, and all of it is
taken away again. What this prefix has by itself is put aside in the meantime.
"""

from __future__ import annotations

import contextlib
import shutil
import sys
from pathlib import Path

import pytest

from client.contest.plan import Environment
from client.preflight.checks.browsers import browsers_check
from client.preflight.checks.displays import displays_check
from client.preflight.checks.input_methods import input_methods_check
from client.preflight.checks.office import office_check
from client.preflight.checks.programs import programs_check
from client.preflight.probes import software
from client.preflight.probes.displays import read_displays
from client.preflight.probes.processes import read_running
from client.preflight.runner import examine, run_checks
from client.preflight.suites.software import software_checks
from tests.machines import recorded

if sys.platform == "win32":
    import ctypes
    import winreg

    from client.preflight.probes.windows import tsf
    from client.preflight.probes.windows.machine import ThisMachine
    from client.preflight.probes.windows.privacy import blocked_by

    VIEWS = {
        "HKLM64": (winreg.HKEY_LOCAL_MACHINE, winreg.KEY_WOW64_64KEY),
        "HKLM32": (winreg.HKEY_LOCAL_MACHINE, winreg.KEY_WOW64_32KEY),
        "HKCU": (winreg.HKEY_CURRENT_USER, 0),
    }

MACHINES = {
    name: machine
    for name, machine in recorded("software").items()
    if machine["system"] == "windows"
}
ASKED = Environment.model_validate(
    {
        "browsers": {"all_of": ["firefox", "chrome"]},
        "input_methods": {"all_of": ["english"], "any_of": ["quanpin", "wubi", "sogou", "qq"]},
        "office": {"any_of": ["ms-office", "wps"]},
    }
)
WITH_VERSION = r"C:\windows\system32\kernel32.dll"
OWN = (
    r"HKCU\Keyboard Layout\Preload",
    r"HKCU\Software\Microsoft\CTF",
    r"HKCU\Control Panel\International\User Profile",
    r"HKLM64\Software\Microsoft\CTF\TIP",
    r"HKLM32\Software\Microsoft\CTF\TIP",
    r"HKLM64\Software\Clients\StartMenuInternet",
    r"HKLM32\Software\Clients\StartMenuInternet",
    r"HKCU\Software\Microsoft\Windows\Shell\Associations\UrlAssociations",
)
"""Keys that Wine has by itself."""


def split(path):
    root, _, rest = path.partition("\\")
    return *VIEWS[root], rest


def write(path, values):
    hive, view, rest = split(path)
    with winreg.CreateKeyEx(hive, rest, 0, winreg.KEY_ALL_ACCESS | view) as key:
        for name, value in values.items():
            kind = winreg.REG_DWORD if isinstance(value, int) else winreg.REG_SZ
            winreg.SetValueEx(key, name, 0, kind, value)


def read(path):
    """Return a key with all below: values, and keys by name; None where there is none."""
    hive, view, rest = split(path)
    try:
        with winreg.OpenKey(hive, rest, 0, winreg.KEY_READ | view) as key:
            below, count, _ = winreg.QueryInfoKey(key)
            values = [winreg.EnumValue(key, at) for at in range(count)]
            names = [winreg.EnumKey(key, at) for at in range(below)]
    except OSError:
        return None
    return values, {name: read(f"{path}\\{name}") for name in names}


def restore(path, tree):
    hive, view, rest = split(path)
    with winreg.CreateKeyEx(hive, rest, 0, winreg.KEY_ALL_ACCESS | view) as key:
        for name, value, kind in tree[0]:
            winreg.SetValueEx(key, name, 0, kind, value)
    for name, below in tree[1].items():
        restore(f"{path}\\{name}", below)


def remove(path):
    hive, view, rest = split(path)
    tree = read(path)
    if tree is None:
        return
    for name in tree[1]:
        remove(f"{path}\\{name}")
    winreg.DeleteKeyEx(hive, rest, view or winreg.KEY_WOW64_64KEY)


def remove_empty(path):
    """Take a key of ours away, and those above that are left with nothing."""
    remove(path)
    above = path.rpartition("\\")[0]
    while above.count("\\") > 1 and read(above) == ([], {}):
        remove(above)
        above = above.rpartition("\\")[0]


@contextlib.contextmanager
def lived_in(machine):
    """Make this Windows the recorded one."""
    before = {path: read(path) for path in OWN}
    for path in OWN:
        remove(path)
    old_layouts = {path for path in machine["registry"] if read(path) is not None}
    made = []
    try:
        for path, values in machine["registry"].items():
            write(path, values)
        for path in map(Path, machine["files"]):
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                shutil.copyfile(WITH_VERSION, path)
                made.append(path)
        yield
    finally:
        for path in made:
            path.unlink()
        for path in machine["registry"]:
            if path not in old_layouts:
                remove_empty(path)
        for path, tree in before.items():
            remove(path)
            if tree is not None:
                restore(path, tree)


@pytest.mark.parametrize("name", MACHINES)
def test_the_probes_find_what_the_registry_of_a_machine_says(name) -> None:
    machine = MACHINES[name]
    with lived_in(machine):
        browsers, office, methods = (
            software.read_browsers(),
            software.read_office(),
            software.read_input_methods(),
        )
        checks = (
            browsers_check(ASKED.browsers),
            office_check(ASKED.office),
            input_methods_check(ASKED.input_methods),
        )
        verdicts = {check.name: examine(check).verdict for check in checks}
    found = machine["found"]
    assert {p.slug for p in browsers.installed if p.is_present} == set(found["browsers"])
    assert {p.slug for p in office.installed if p.is_present} == set(found["office"])
    assert {m.slug for m in methods.methods if m.is_ready and m.slug} == set(found["input-methods"])
    assert browsers.default == found["default"]
    expected = {check: machine["expect"][check] for check in verdicts}
    assert verdicts == expected
    for product in (*browsers.installed, *office.installed):
        if product.is_present:
            assert product.version is not None


def test_the_same_prefix_without_the_keys_has_none_of_it() -> None:
    with lived_in({"registry": {}, "files": {}}):
        assert software.read_browsers().default is None
        assert [p for p in software.read_browsers().installed if p.is_present] == []
        assert software.read_office().installed == ()
        assert software.read_input_methods().framework is None
        assert examine(browsers_check(ASKED.browsers)).verdict == "fail"
        assert examine(office_check(ASKED.office)).verdict == "fail"
        assert examine(input_methods_check(ASKED.input_methods)).verdict == "unknown"


def test_this_registry_is_left_as_it_was() -> None:
    before = [read(path) for path in OWN]
    with lived_in(MACHINES["windows-10-computer-room"]):
        assert [read(path) for path in OWN] != before
    assert [read(path) for path in OWN] == before


def test_both_views_of_the_registry_are_read_apart() -> None:
    machine = ThisMachine()
    place = r"SOFTWARE\SaiJianTest"
    try:
        write(rf"HKLM64\{place}", {"": "64", "N": 7})
        write(rf"HKLM32\{place}\Below", {})
        assert machine.values("HKLM64", place) == {"": "64", "n": 7}
        assert machine.subkeys("HKLM32", place) == ("Below",)
        assert machine.subkeys("HKLM64", place) == ()
    finally:
        remove(rf"HKLM64\{place}")
        remove(rf"HKLM32\{place}")
    assert machine.values("HKLM64", place) == {}


def test_the_version_in_a_program_file() -> None:
    machine = ThisMachine()
    version = machine.file_version(WITH_VERSION)
    assert version is not None
    assert [part.isdecimal() for part in version.split(".")] == [True] * 4
    assert machine.file_version(r"C:\windows\win.ini") is None
    assert machine.file_version(r"C:\nothing.exe") is None
    assert not machine.is_file("C:\\a\0b")


def test_windows_itself_is_asked_about_a_profile() -> None:
    clsid, profile = (
        "{AE51F1C0-807F-4A64-AC55-F2ADF92E2603}",
        "{96EC4774-55A1-498B-827F-E95D5445B6C1}",
    )
    place = rf"SOFTWARE\Microsoft\CTF\TIP\{clsid}\LanguageProfile\0x00000804\{profile}"
    with lived_in({"registry": {}, "files": {}}):
        for enable in (1, 0):
            write(rf"HKLM64\{place}", {"Description": "QQ", "Enable": enable})
            with tsf.asking() as ask:
                assert ask(clsid, 0x0804, profile) is bool(enable)
            (method,) = [m for m in software.read_input_methods().methods if m.slug == "qq"]
            assert method.is_ready is bool(enable)
        with tsf.asking() as ask:
            assert not ask("rubbish", 0x0804, "rubbish")
        remove(rf"HKLM64\SOFTWARE\Microsoft\CTF\TIP\{clsid}")


def test_the_privacy_switch_is_read() -> None:
    store = r"SOFTWARE\Microsoft\Windows\CurrentVersion\CapabilityAccessManager\ConsentStore"
    path = rf"HKCU\{store}\webcam\NonPackaged"
    assert blocked_by(ThisMachine(), "camera") is None
    write(path, {"Value": "Deny"})
    try:
        assert blocked_by(ThisMachine(), "camera") == "desktop"
    finally:
        remove_empty(path)


def test_the_display_is_seen_with_size_and_scale() -> None:
    (display,) = read_displays().displays
    metric = ctypes.windll.user32.GetSystemMetrics
    assert (display.width, display.height) == (metric(0), metric(1))
    assert display.scale_percent is not None
    assert display.scale_percent >= 100
    finding = examine(displays_check(ASKED))
    assert f"{metric(0)}x{metric(1)}" in finding.evidence.zh


def test_a_running_program_is_seen_by_its_name_and_nothing_more() -> None:
    own = Path(sys.executable).name
    program = {"slug": "x", "name": {"zh": "甲"}, "kind": "recorder", "processes": [own]}
    plan = Environment.model_validate({"programs": [program]})
    facts = read_running(plan.programs)
    assert [(r.slug, r.processes) for r in facts.running] == [("x", (own,))]
    assert examine(programs_check(plan.programs)).verdict == "warn"


def test_the_whole_group_answers() -> None:
    outcomes = list(run_checks(software_checks(ASKED, allowed=True)))
    found = {outcome.check.name: outcome.finding for outcome in outcomes}
    assert set(found) == {
        "browsers", "office", "input-methods", "other-programs", "displays", "cameras",
        "microphones", "legibility",
    }  # fmt: skip
    broken = [f.evidence.en for f in found.values() if "went wrong" in f.evidence.en]
    assert broken == []
    assert found["cameras"].verdict == "fail"  # there is none in the lab
