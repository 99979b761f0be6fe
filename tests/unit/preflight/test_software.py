"""Browsers, office, input methods and other programs, judged on machines that were recorded."""

from __future__ import annotations

import json
import sys

import pytest

from client.base.assets import asset
from client.contest.plan import Choice, Environment
from client.contest.programs import USUAL_PROGRAMS, Program
from client.preflight.checks.browsers import browsers_check
from client.preflight.checks.input_methods import input_methods_check
from client.preflight.checks.office import office_check
from client.preflight.checks.programs import programs_check
from client.preflight.facts.software import (
    BrowserFacts,
    InputFacts,
    InputMethod,
    OfficeFacts,
    Product,
    RunningFacts,
)
from client.preflight.probes import software
from client.preflight.probes.linux import input_methods as linux
from client.preflight.probes.processes import running_of
from client.preflight.probes.windows.browsers import read_browsers
from client.preflight.probes.windows.input_methods import read_input_methods
from client.preflight.probes.windows.machine import program_of
from client.preflight.probes.windows.office import read_office
from client.preflight.runner import examine
from tests.machines import RecordedWindows, recorded

MACHINES = recorded("software")
DRAFT = json.loads(asset("plans", "hunan-2024.json").read_text(encoding="utf-8"))
ASKED = Environment.model_validate(DRAFT["environment"])


def facts_of(machine: dict) -> tuple[BrowserFacts, OfficeFacts, InputFacts, RunningFacts]:
    """Return what the probes make of a recorded machine, through JSON and back."""
    if machine["system"] == "windows":
        windows = RecordedWindows(machine)
        found = (read_browsers(windows), read_office(windows), read_input_methods(windows))
    else:
        lists = machine["lists"]
        found = (
            BrowserFacts.model_validate_json(json.dumps(machine["browsers"])),
            OfficeFacts.model_validate_json(json.dumps(machine["office"])),
            linux.facts_of(
                (
                    ("fcitx5", linux.fcitx5_engines(lists.get("fcitx5", ""))),
                    ("fcitx", linux.fcitx_engines(lists.get("fcitx", ""))),
                    ("ibus", linux.gsettings_names(lists.get("gsettings", ""))),
                )
            ),
        )
    found = (*found, running_of(USUAL_PROGRAMS, machine["processes"]))
    return tuple(type(facts).model_validate_json(facts.model_dump_json()) for facts in found)


def checks_on(machine: dict, environment: Environment = ASKED):
    browsers, office, methods, running = facts_of(machine)
    return (
        browsers_check(environment.browsers, lambda: browsers),
        office_check(environment.office, lambda: office),
        input_methods_check(environment.input_methods, lambda: methods),
        programs_check(environment.programs, probe=lambda: running),
    )


@pytest.mark.parametrize("name", MACHINES)
def test_the_verdicts_on_a_recorded_machine(name: str) -> None:
    machine = MACHINES[name]
    assert machine["sources"]
    findings = {check.name: examine(check) for check in checks_on(machine)}
    running = facts_of(machine)[3]
    begun = programs_check(ASKED.programs, contest_begun=True, probe=lambda: running)
    findings["other-programs-begun"] = examine(begun)
    assert {name: found.verdict for name, found in findings.items()} == machine["expect"]
    for found in findings.values():
        assert (found.advice is not None) == (found.verdict != "pass")


@pytest.mark.parametrize("name", MACHINES)
def test_what_is_found_on_a_recorded_machine(name: str) -> None:
    machine = MACHINES[name]
    browsers, office, methods, running = facts_of(machine)
    found = {
        "browsers": {p.slug for p in browsers.installed if p.is_present},
        "office": {p.slug for p in office.installed if p.is_present},
        "input-methods": {m.slug for m in methods.methods if m.is_ready and m.slug},
        "running": {program.slug for program in running.running},
    }
    wanted = {key: set(slugs) for key, slugs in machine["found"].items() if key != "default"}
    assert found == wanted
    assert browsers.default == machine["found"]["default"]


def test_there_are_a_dozen_windows_machines_of_different_kinds() -> None:
    windows = [machine for machine in MACHINES.values() if machine["system"] == "windows"]
    assert len(windows) >= 12


def test_versions_come_from_file_or_registry() -> None:
    found = facts_of(MACHINES["windows-7-office-2010"])
    assert {p.slug: p.version for p in found[0].installed} == {
        "firefox": "115.18.0",
        "chrome": "109.0.5414.168",
    }
    assert [p.version for p in found[1].installed] == ["14.0.7268.5000"]


def test_a_program_that_is_gone_is_told_and_does_not_count() -> None:
    finding = examine(checks_on(MACHINES["windows-11-chrome-deleted"])[0])
    assert "Chrome 只剩注册信息" in finding.evidence.zh
    assert finding.advice is not None
    assert "Chrome" in finding.advice.zh


def test_an_office_without_word_is_none() -> None:
    assert facts_of(MACHINES["windows-11-visio-only"])[1].installed == ()
    gone = {**MACHINES["windows-11-office-365"], "files": {}}
    (office,) = facts_of(gone)[1].installed
    assert not office.is_present


def test_an_input_method_that_is_only_registered_is_to_be_added() -> None:
    plan = Environment(input_methods=Choice(all_of=("wubi",)))
    finding = examine(checks_on(MACHINES["windows-10-new"], plan)[2])
    assert finding.verdict == "fail"
    assert "已安装但没有添加：微软五笔" in finding.evidence.zh
    assert finding.advice is not None
    assert "ms-settings:regionlanguage" in finding.advice.zh


def test_another_plan_changes_the_verdicts() -> None:
    machine = MACHINES["windows-10-new"]
    modest = Environment(
        browsers=Choice(any_of=("edge", "chrome")), input_methods=Choice(all_of=("quanpin",))
    )
    assert [examine(c).verdict for c in checks_on(machine, modest)] == ["pass"] * 4
    strict = Environment(browsers=Choice(all_of=("edge", "360")))
    assert examine(checks_on(machine, strict)[0]).verdict == "fail"
    odd = Environment(browsers=Choice(all_of=("edge", "netscape")))
    finding = examine(checks_on(machine, odd)[0])
    assert finding.verdict == "unknown"
    assert finding.advice is not None
    assert "netscape" in finding.advice.zh
    program = {"slug": "x", "name": {"zh": "甲"}, "kind": "recorder", "processes": ["ChsIME"]}
    own = Environment(programs=(Program.model_validate(program),))
    running = running_of(own.programs, machine["processes"])
    assert examine(programs_check(own.programs, probe=lambda: running)).verdict == "warn"
    assert examine(programs_check((), probe=lambda: RunningFacts(seen=9, running=()))).verdict


def test_windows_is_asked_only_where_the_user_s_lists_are_silent() -> None:
    asked = []

    def ask(clsid, language, profile):
        asked.append((clsid, language))
        return True

    methods = read_input_methods(RecordedWindows(MACHINES["windows-10-new"]), ask).methods
    assert InputMethod(slug="wubi", name="微软五笔", is_ready=False) in methods
    assert asked == []
    silent = {"registry": {}, "files": {}}
    place = r"HKLM64\SOFTWARE\Microsoft\CTF\TIP\{A}\LanguageProfile\0x00000804\{B}"
    silent["registry"][place] = {"Description": "QQ拼音输入法"}
    (method,) = read_input_methods(RecordedWindows(silent), ask).methods
    assert (method.slug, method.is_ready) == ("qq", True)
    assert asked == [("{A}", 0x0804)]
    (method,) = read_input_methods(RecordedWindows(silent), lambda *_: False).methods
    assert not method.is_ready


@pytest.mark.parametrize(
    ("command", "path"),
    [
        (r'"C:\a b\x.exe" -osint -url "%1"', r"C:\a b\x.exe"),
        (r"C:\a b\x.exe --y", r"C:\a b\x.exe"),
        (r"C:\x.EXE,0", r"C:\x.EXE"),
        (r"C:\plain", r"C:\plain"),
        ("", ""),
    ],
)
def test_the_program_in_a_command_line(command: str, path: str) -> None:
    assert program_of(command) == path


def test_processes_are_matched_without_case_and_as_linux_cuts_them() -> None:
    names = ["teamviewer.EXE", "gnome-remote-de", "notzoom", "ZOOM", ""]
    found = {r.slug for r in running_of(USUAL_PROGRAMS, names).running}
    assert found == {"teamviewer", "remote-desktop", "zoom"}


def test_rubbish_in_a_registry_makes_no_error() -> None:
    odd = {
        "registry": {
            r"HKCU\Keyboard Layout\Preload": {"1": "zzz", "2": 7, "3": "00000409"},
            r"HKCU\Control Panel\International\User Profile\zh": {"0804:{nothing}": 1},
            r"HKLM64\SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\chrome.exe": {"": 5},
            r"HKLM64\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall\x": {"DisplayName": 9},
            r"HKLM64\SOFTWARE\Kingsoft\Office\6.0\Common": {"InstallRoot": "", "Version": 3},
        },
        "files": {},
    }
    windows = RecordedWindows(odd)
    assert read_browsers(windows) == BrowserFacts(installed=(), default=None)
    assert read_office(windows).installed == ()
    assert [m.slug for m in read_input_methods(windows).methods] == ["english"]
    assert linux.fcitx5_engines("[Groups/0/Items/0\nName") == []
    assert linux.gsettings_names("__import__('os')") == []
    assert linux.gsettings_names("@as []") == []


def test_probes_that_throw_or_answer_rubbish_are_unknown() -> None:
    def throws():
        raise OSError("no registry")

    for check in (
        browsers_check(ASKED.browsers, throws),
        office_check(ASKED.office, lambda: None),  # type: ignore[arg-type]
        input_methods_check(ASKED.input_methods, throws),
        programs_check(ASKED.programs, probe=throws),
    ):
        assert examine(check).verdict == "unknown"


@pytest.mark.skipif(sys.platform == "win32", reason="reads a Linux desktop")
def test_this_linux_is_read(tmp_path, monkeypatch) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, says in (("firefox", "Mozilla Firefox 133.0"), ("soffice", "LibreOffice 24.2.6.2 4")):
        (programs / name).write_text(f"#!/bin/sh\necho '{says}'\n")
        (programs / name).chmod(0o755)
    (programs / "xdg-settings").write_text("#!/bin/sh\necho firefox.desktop\n")
    (programs / "xdg-settings").chmod(0o755)
    (programs / "google-chrome").write_text("#!/bin/sh\nsleep 60\ntrue\n")
    (programs / "google-chrome").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setattr("client.preflight.probes.linux.commands.WAIT_S", 0.5)
    (tmp_path / "fcitx5").mkdir()
    profile = MACHINES["ubuntu-24-fcitx5"]["lists"]["fcitx5"]
    (tmp_path / "fcitx5" / "profile").write_text(profile, encoding="utf-8")
    browsers = {p.slug: p for p in software.read_browsers().installed}
    assert browsers["firefox"].version == "133.0"
    assert browsers["chrome"].version is None
    assert software.read_browsers().default == "firefox"
    assert Product(slug="libreoffice", name="LibreOffice", version="24.2.6.2") in (
        software.read_office().installed
    )
    methods = software.read_input_methods()
    assert methods.framework == "fcitx5"
    assert {"english", "quanpin", "wubi"} <= {m.slug for m in methods.methods}
