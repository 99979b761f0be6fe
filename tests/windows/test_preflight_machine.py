"""The suite `machine` in Windows: what products, updates and guards leave in the registry is found.

Each key is written, found, and gone again afterwards.
"""

from __future__ import annotations

import contextlib
import sys
import time
from pathlib import Path

import psutil
import pytest

from client.base.clock import boot_id
from client.contest.plan import Environment
from client.preflight.checks.restore import products_in, restore_check
from client.preflight.checks.surroundings import surroundings_check
from client.preflight.checks.system import system_check
from client.preflight.checks.writing import writing_check
from client.preflight.known.restorers import RESTORERS
from client.preflight.probes.drive import look_at_drive
from client.preflight.probes.memory import look_at_memory
from client.preflight.probes.power import look_at_power
from client.preflight.probes.processor import look_at_processor
from client.preflight.probes.restore import look_for_restorers
from client.preflight.probes.surroundings import look_around
from client.preflight.probes.system import look_at_system
from client.preflight.probes.windows import drive, registry
from client.preflight.probes.writing import try_writing
from client.preflight.runner import examine, run_checks
from client.preflight.suites.machine import machine_checks

if sys.platform == "win32":
    import winreg

    MACHINE, USER = winreg.HKEY_LOCAL_MACHINE, winreg.HKEY_CURRENT_USER
    DWORD, SZ, MULTI = winreg.REG_DWORD, winreg.REG_SZ, winreg.REG_MULTI_SZ

SERVICES = r"SYSTEM\CurrentControlSet\Services"
VOLUMES = r"SYSTEM\CurrentControlSet\Control\Class\{71a27cdd-812a-11d0-bec7-08002be2092f}"
UNINSTALL = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall"
CBS = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\RebootPending"
UPDATE = r"SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update\RebootRequired"
SESSIONS = r"SYSTEM\CurrentControlSet\Control\Session Manager"
HOURS = r"SOFTWARE\Microsoft\WindowsUpdate\UX\Settings"
AV = r"SOFTWARE\Microsoft\Security Center\Provider\Av"
GUARD = r"SOFTWARE\Microsoft\Windows Defender\Windows Defender Exploit Guard"
OURS = r"Software\SaiJian-Restart"
BIOS = r"HARDWARE\DESCRIPTION\System\BIOS"


@contextlib.contextmanager
def key(root, path: str, **values):
    """Let there be a key with values (name=(kind, value)); put back what was there before."""
    before = {}
    existed = True
    try:
        winreg.OpenKey(root, path).Close()
    except FileNotFoundError:
        existed = False
    with winreg.CreateKey(root, path) as opened:
        for name, (kind, value) in values.items():
            with contextlib.suppress(FileNotFoundError):
                before[name] = winreg.QueryValueEx(opened, name)
            winreg.SetValueEx(opened, name, 0, kind, value)
    try:
        yield
    finally:
        if existed:
            with winreg.OpenKey(root, path, 0, winreg.KEY_SET_VALUE) as opened:
                for name in values:
                    if name in before:
                        winreg.SetValueEx(opened, name, 0, before[name][1], before[name][0])
                    else:
                        winreg.DeleteValue(opened, name)
        else:
            winreg.DeleteKey(root, path)


def test_this_machine_tells_what_it_is_made_of(tmp_path):
    processor = look_at_processor()
    assert processor.name
    assert processor.cores == psutil.cpu_count(logical=False)
    assert processor.base_mhz
    assert processor.score_alone
    memory = look_at_memory()
    assert memory.usable == psutil.virtual_memory().total
    assert memory.installed is None or memory.installed >= memory.usable
    disk = look_at_drive(tmp_path)
    assert disk.place == tmp_path.drive
    assert disk.mb_per_second
    assert list(tmp_path.iterdir()) == []


def test_disks_answer_without_any_right_to_them():
    """Wine makes its answers up (a disk of 255 heads and 63 sectors), and names none of C:'s."""
    size, _, _ = drive._read_one(0)
    assert size
    assert size % (255 * 63 * 512) == 0
    assert drive._read_one(99) == (None, None, None)
    assert drive.volume_root(Path("C:\\windows\\system32")) == "C:\\"


def test_power_and_surroundings_are_asked_without_an_error():
    power = look_at_power()
    assert power.on_mains is not None or power.has_battery is not None
    assert look_around().is_remote is False


def test_a_virtual_machines_firmware_is_read():
    """What Windows leaves there on VMware Workstation, by VMware's own documents."""
    names = {"SystemManufacturer": "VMware, Inc.", "SystemProductName": "VMware20,1"}
    with key(MACHINE, BIOS, **{name: (SZ, value) for name, value in names.items()}):
        assert set(look_around().firmware) >= set(names.values())
        finding = examine(surroundings_check())
    assert (finding.verdict, "VMware" in finding.evidence.zh) == ("warn", True)


@pytest.mark.parametrize("product", RESTORERS, ids=lambda product: product.name.en)
def test_each_product_is_found_by_each_of_its_traces(tmp_path, product):
    assert products_in(look_for_restorers(tmp_path)) == ()
    for name in product.services:
        with key(MACHINE, rf"{SERVICES}\{name}", Start=(DWORD, 0), Type=(DWORD, 1)):
            assert products_in(look_for_restorers(tmp_path)) == (product,), name
        with key(MACHINE, rf"{SERVICES}\{name}", Start=(DWORD, 4), Type=(DWORD, 1)):
            assert products_in(look_for_restorers(tmp_path)) == (), name
    for word in product.words:
        shown = {"DisplayName": (SZ, f"{word.title()} 8.6")}
        for root in (MACHINE, USER):
            with key(root, rf"{UNINSTALL}\SaiJianTest", **shown):
                assert products_in(look_for_restorers(tmp_path)) == (product,), word
    assert products_in(look_for_restorers(tmp_path)) == ()


def test_deep_freeze_as_it_is_installed_fails_the_check(tmp_path):
    """Services and filter as in github.com/chenjintang-shrimp/IceMelt and Faronics' own folders."""
    with contextlib.ExitStack() as stack:
        for name in ("DeepFrz", "DfDiskLo", "FarSpace"):
            stack.enter_context(key(MACHINE, rf"{SERVICES}\{name}", Start=(DWORD, 0)))
        stack.enter_context(key(MACHINE, rf"{SERVICES}\DFServ", Start=(DWORD, 2)))
        filters = {"UpperFilters": (MULTI, ["DeepFrz", "volsnap", "FarSpace"])}
        stack.enter_context(key(MACHINE, VOLUMES, **filters))
        facts = look_for_restorers(tmp_path)
        assert "DeepFrz" in facts.filters
        finding = examine(restore_check(tmp_path))
    assert (finding.verdict, "冰点还原" in finding.evidence.zh) == ("fail", True)


def test_the_write_filter_counts_only_while_it_is_on(tmp_path):
    """learn.microsoft.com: Unified Write Filter; the feature may be installed and off."""
    settings = rf"{SERVICES}\uwfvol\Parameters\Static\Copy0"
    for value, found in ((1, True), (0, False)):
        with key(MACHINE, rf"{SERVICES}\uwfvol", Start=(DWORD, 0)), contextlib.ExitStack() as stack:
            for above in (
                rf"{SERVICES}\uwfvol\Parameters",
                rf"{SERVICES}\uwfvol\Parameters\Static",
            ):
                stack.enter_context(key(MACHINE, above))
            stack.enter_context(key(MACHINE, settings, UwfEnabled=(DWORD, value)))
            assert (products_in(look_for_restorers(tmp_path)) != ()) is found


def test_the_marker_has_its_witness_in_the_registry(tmp_path):
    look_for_restorers(tmp_path / "sessions")
    with winreg.OpenKey(USER, OURS) as opened:
        assert '"run":' in winreg.QueryValueEx(opened, "Trace")[0]
    facts = look_for_restorers(tmp_path / "sessions")
    assert facts.marker is not None
    assert facts.marker.run in {trace.run for trace in facts.witnesses}
    assert {trace.place for trace in facts.witnesses} >= {Path.home().drive}


def test_the_witness_is_kept_beside_the_boot_ids_vanishing_key(tmp_path):
    """boot_id() makes Software/SaiJian volatile; a lasting key below it would be refused."""
    boot_id()
    look_for_restorers(tmp_path)
    assert registry.text("user", OURS, "Trace")


def test_waiting_restarts_and_hours_for_updates_are_found():
    """Keys as Microsoft's own Test-PendingReboot looks at; hours: "Manage device restarts"."""
    calm = look_at_system()
    assert (calm.family, calm.bits) == ("windows", 64)
    assert calm.build == sys.getwindowsversion().build
    assert not {"servicing", "update"} & set(calm.pending)
    with key(MACHINE, CBS):
        assert "servicing" in look_at_system().pending
    with key(MACHINE, UPDATE):
        assert "update" in look_at_system().pending
        assert examine(system_check(None)).verdict == "warn"
    renames = {"PendingFileRenameOperations": (MULTI, [r"\??\C:\old.dll", ""])}
    with key(MACHINE, SESSIONS, **renames):
        assert "renames" in look_at_system().pending
    values = {"ActiveHoursStart": (DWORD, 8), "ActiveHoursEnd": (DWORD, 18)}
    values |= {"SmartActiveHoursState": (DWORD, 1)}
    values |= {"PauseUpdatesExpiryTime": (SZ, "2026-11-30T08:00:00Z")}
    with key(MACHINE, HOURS, **values):
        found = look_at_system()
    assert found.active_hours is not None
    assert found.active_hours.model_dump() == {"start": 8, "end": 18, "is_automatic": True}
    assert found.paused_until_us == 1796025600 * 1_000_000


def test_guards_are_named_and_folder_protection_is_seen(tmp_path):
    """The security centre's own list; EnableControlledFolderAccess as the policy documents it."""
    assert try_writing(tmp_path).failed is None
    one, off = rf"{AV}\{{D68DDC3A-831F-4FAE-9E44-DA132C1ACF46}}", rf"{AV}\{{0}}"
    with (
        key(MACHINE, one, DISPLAYNAME=(SZ, "火绒安全软件"), STATE=(DWORD, 0x61100)),
        key(MACHINE, off, DISPLAYNAME=(SZ, "Sleeping"), STATE=(DWORD, 0x60100)),
        key(
            MACHINE,
            rf"{GUARD}\Controlled Folder Access",
            EnableControlledFolderAccess=(DWORD, 1),
        ),
    ):
        facts = try_writing(tmp_path)
        finding = examine(writing_check(tmp_path))
    assert facts.guards == ("火绒安全软件",)
    assert facts.protects_folders is True
    assert (finding.verdict, "火绒安全软件" in finding.evidence.zh) == ("pass", True)
    assert list(tmp_path.iterdir()) == []


def test_a_read_only_file_in_the_way_is_a_failure_in_words(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_bytes(b"")
    finding = examine(writing_check(blocked))
    assert (finding.verdict, "失败" in finding.evidence.zh) == ("fail", True)


def test_all_checks_run_side_by_side(tmp_path):
    checks = machine_checks(Environment(), tmp_path / "sessions")
    begun = time.monotonic()
    outcomes = list(run_checks(checks))
    assert time.monotonic() - begun < 5.5
    assert len(outcomes) == 8
    for outcome in outcomes:
        assert "检查过程出错" not in outcome.finding.evidence.zh, outcome
