"""Restore cards: known products, and the marker that must survive a restart."""

from __future__ import annotations

import json

import pytest

from client.preflight.check import Finding
from client.preflight.checks import restore as check
from client.preflight.checks.restore import products_in, restore_check
from client.preflight.facts.restore import OtherDrive, RestoreFacts, Service, Trace
from client.preflight.known.restorers import RESTORERS
from client.preflight.probes import places, restore
from client.preflight.probes.marker import MARKER, WITNESS, parse, read_trace
from client.preflight.probes.restore import look_for_restorers
from client.preflight.runner import examine

NOW, BEFORE, LONG_AGO = "0000000c", "0000000b", "0000000a"


def trace(place: str, boot: str, run: int, state: str = "first") -> Trace:
    return Trace(place=place, boot=boot, run=run, when_us=run * 10**15, state=state)


def facts(**more) -> RestoreFacts:
    usual = {"place": "C:", "file_system": "NTFS", "boot": NOW, "marker": None}
    return RestoreFacts(**{**usual, **more})


def judged(found: RestoreFacts) -> Finding:
    return check._judge(found)


def test_a_first_run_asks_for_a_restart() -> None:
    finding = judged(facts(filters=("volsnap", "fvevol")))
    assert finding.verdict == "warn"
    assert finding.advice is not None
    assert "重启电脑一次，再检查一次" in finding.advice.zh
    assert judged(facts(marker=trace("C:", NOW, 3))).verdict == "warn"


def test_a_marker_of_an_earlier_start_proves_the_drive() -> None:
    proven = facts(marker=trace("C:", BEFORE, 3), witnesses=(trace("D:", BEFORE, 3),))
    assert (proven.survival, judged(proven).verdict) == ("survived", "pass")
    later = facts(marker=trace("C:", NOW, 4, "survived"))
    assert judged(later).verdict == "pass"


@pytest.mark.parametrize("marker", [None, trace("C:", LONG_AGO, 2, "survived")])
def test_a_marker_that_is_gone_or_old_while_its_witness_is_there_fails(marker) -> None:
    """The old one lies in the state that the card goes back to."""
    found = facts(marker=marker, witnesses=(trace("D:", BEFORE, 5),))
    finding = judged(found)
    assert (found.survival, finding.verdict) == ("restored", "fail")
    assert judged(facts(marker=trace("C:", NOW, 6, "restored"))).verdict == "fail"


def test_a_witness_on_the_same_drive_proves_nothing() -> None:
    """This user's registry is restored together with its drive, or kept with it."""
    found = facts(marker=None, witnesses=(trace("C:", BEFORE, 5),))
    assert (found.survival, judged(found).verdict) == ("first", "warn")


def test_who_deletes_the_folder_is_no_restore_card() -> None:
    assert facts(marker=None, witnesses=(trace("D:", NOW, 5),)).survival == "first"


@pytest.mark.parametrize("product", RESTORERS, ids=lambda product: product.name.en)
def test_each_known_product_fails_and_is_named(product) -> None:
    assert product.source
    found = [facts(services=(Service(name=name.upper(), start=0),)) for name in product.services]
    found += [facts(programs=(f"X {word.title()} 8",)) for word in product.words]
    assert found
    for one in found:
        assert products_in(one) == (product,)
        finding = judged(one)
        assert finding.verdict == "fail"
        assert product.name.zh in finding.evidence.zh
        assert product.name.en in finding.evidence.en


def test_a_product_that_is_switched_off_is_none() -> None:
    assert products_in(facts(services=(Service(name="DeepFrz", start=4),))) == ()
    assert products_in(facts(filters=("deepfrz", "volsnap"))) != ()
    filter_of_windows = (Service(name="uwfvol", start=0),)
    assert products_in(facts(services=filter_of_windows, write_filter_is_on=False)) == ()
    assert products_in(facts(services=filter_of_windows, write_filter_is_on=True)) != ()


def test_a_product_on_a_drive_that_survived_is_warned_of() -> None:
    """It may be switched on again before the contest."""
    found = facts(
        services=(Service(name="DFServ", start=2),),
        marker=trace("C:", BEFORE, 3),
        witnesses=(trace("D:", BEFORE, 3),),
    )
    finding = judged(found)
    assert (finding.verdict, "冰点还原" in finding.evidence.zh) == ("warn", True)


def test_another_drive_is_named_one_that_has_outlasted_a_restart_first() -> None:
    drives = (
        OtherDrive(place="D:", free_bytes=200 * 10**9),
        OtherDrive(place="E:", free_bytes=900 * 10**9),
    )
    frozen = {"services": (Service(name="DFServ", start=2),), "other_drives": drives}
    advice = judged(facts(**frozen)).advice
    assert advice is not None
    assert "E:（空闲 900 GB，先确认" in advice.zh
    advice = judged(facts(**frozen, witnesses=(trace("D:", BEFORE, 4),))).advice
    assert advice is not None
    assert "D:（空闲 200 GB，它在重启后保住了文件）" in advice.zh
    assert "SAIJIAN_HOME" in advice.zh
    alone = judged(facts(services=frozen["services"])).advice
    assert alone is not None
    assert "解除 C: 的还原保护" in alone.zh


def test_a_file_system_in_memory_fails_and_layers_are_named() -> None:
    assert judged(facts(place="/", file_system="tmpfs")).verdict == "fail"
    layers = judged(facts(place="/", file_system="overlay"))
    assert (layers.verdict, "overlay" in layers.evidence.zh) == ("warn", True)


def test_a_driver_that_nobody_knows_is_shown() -> None:
    finding = judged(facts(filters=("volsnap", "XYGuard")))
    assert "XYGuard" in finding.evidence.zh
    assert "volsnap" not in finding.evidence.zh


def test_facts_survive_json() -> None:
    found = facts(marker=trace("C:", BEFORE, 3), services=(Service(name="ewf", start=None),))
    assert RestoreFacts.model_validate_json(found.model_dump_json()) == found


@pytest.fixture
def starts(monkeypatch, tmp_path):
    """Let the computer restart, with a second drive that keeps witnesses."""
    drive = tmp_path / "second"
    drive.mkdir()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr(restore.system, "read_user_trace", lambda: None)
    monkeypatch.setattr(restore.system, "leave_user_trace", lambda _: None)
    monkeypatch.setattr(restore.system, "may_write_into", lambda _: True)
    monkeypatch.setattr(restore, "other_places", lambda _: ["D:"])
    monkeypatch.setattr(restore, "root_of", lambda _: drive)

    def start(boot: str) -> None:
        monkeypatch.setattr(restore, "boot_id", lambda: boot)

    start(LONG_AGO)
    return start


def test_a_drive_that_keeps_its_files_is_proven_after_one_restart(tmp_path, starts) -> None:
    sessions = tmp_path / "sessions"
    assert look_for_restorers(sessions).survival == "first"
    assert look_for_restorers(sessions).survival == "first"
    starts(BEFORE)
    assert look_for_restorers(sessions).survival == "survived"
    assert look_for_restorers(sessions).survival == "survived"
    starts(NOW)
    found = look_for_restorers(sessions)
    assert (found.survival, found.runs) == ("survived", 4)
    assert json.loads((sessions / MARKER).read_text("utf-8"))["run"] == 5


def test_a_drive_that_goes_back_is_caught_with_the_marker_that_it_was_frozen_with(
    tmp_path, starts
) -> None:
    sessions = tmp_path / "sessions"
    look_for_restorers(sessions)
    frozen = (sessions / MARKER).read_bytes()
    starts(BEFORE)
    look_for_restorers(sessions)
    (sessions / MARKER).write_bytes(frozen)
    starts(NOW)
    assert look_for_restorers(sessions).survival == "restored"
    assert look_for_restorers(sessions).survival == "restored"
    (sessions / MARKER).unlink()
    starts("0000000d")
    assert look_for_restorers(sessions).survival == "restored"


def test_rubbish_in_the_marker_is_no_marker(tmp_path, starts) -> None:
    sessions = tmp_path / "sessions"
    look_for_restorers(sessions)
    (sessions / MARKER).write_bytes(b"\xff{}")
    (tmp_path / "second" / WITNESS).write_text('{"run": -1}', "utf-8")
    found = look_for_restorers(sessions)
    assert (found.marker, found.witnesses) == (None, ())
    assert read_trace(tmp_path / "nothing", "C:") is None
    assert parse("[]", "C:") is None


def test_a_folder_that_cannot_be_written_is_unknown(tmp_path, starts, monkeypatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("client.preflight.probes.marker.leave", refuse)
    found = look_for_restorers(tmp_path / "sessions")
    assert found.trouble is not None
    assert judged(found).verdict == "unknown"
    assert "Read-only" in judged(found).evidence.zh


def test_this_computer_is_looked_at(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    if restore.sys.platform == "win32":
        monkeypatch.setattr(restore.system, "may_write_into", lambda _: False)
    finding = examine(restore_check(tmp_path / "sessions"))
    assert finding.verdict == "warn", finding
    assert (tmp_path / "sessions" / MARKER).is_file()


def test_other_drives_are_fixed_ones_that_may_be_written_each_once(tmp_path, monkeypatch) -> None:
    class Part:
        def __init__(self, mountpoint: str, opts: str) -> None:
            self.mountpoint, self.opts, self.fstype = mountpoint, opts, "ext4"

    here = places.place_of(tmp_path / "not" / "there")
    parts = [Part(here, "rw,fixed"), Part(str(tmp_path), "rw,fixed"), Part("/proc", "rw")]
    monkeypatch.setattr(places.psutil, "disk_partitions", lambda all: parts)  # noqa: A006
    assert places.other_places(here) == []  # the same file system, and one of the system
    assert places.file_system_of(here) == "ext4"
    assert places.file_system_of("Q:") is None
