"""The physical disk: its size, its kind, how fast it takes what is written."""

from __future__ import annotations

import os
import struct
import sys
import time
from pathlib import Path

import pytest

from client.contest.plan import CameraSettings, Environment, Recording
from client.contest.sizes import session_bytes
from client.preflight.checks.disk import GB
from client.preflight.checks.drive import drive_check
from client.preflight.facts.drive import DriveFacts
from client.preflight.probes.drive import look_at_drive, measure_writing
from client.preflight.probes.linux import drive as linux_drive
from client.preflight.probes.windows.drive import disks_in, kind_in, model_in, size_in
from client.preflight.runner import examine

NEED = session_bytes(Recording(), 1) / 1e6


def judged(gb: float | None, speed: float | None, environment=None, recording=None):
    facts = DriveFacts(
        place="C:",
        model="TEST",
        disk_bytes=None if gb is None else round(gb * GB),
        kind="ssd",
        written_mb=10.0,
        mb_per_second=speed,
    )
    check = drive_check(environment or Environment(), Path(), recording or Recording())
    return check.judge(facts)


@pytest.mark.parametrize(
    ("gb", "speed", "verdict"),
    [
        (500.1, 100.0, "pass"),
        (480.1, 100.0, "pass"),  # sold beside 500
        (474.9, 100.0, "fail"),
        (256.1, 100.0, "fail"),
        (500.1, NEED * 9, "warn"),
        (500.1, NEED * 1.9, "fail"),
        (None, 100.0, "unknown"),
        (500.1, None, "unknown"),
        (256.1, None, "fail"),
    ],
)
def test_size_and_speed_decide(gb, speed, verdict) -> None:
    finding = judged(gb, speed)
    assert finding.verdict == verdict
    assert (finding.advice is None) == (verdict == "pass")


def test_another_plan_asks_for_something_else() -> None:
    assert judged(256.1, 100.0, Environment(disk_gb=256)).verdict == "pass"
    assert judged(1000.2, 100.0, Environment(disk_gb=2000)).verdict == "fail"
    rich = Recording(camera=CameraSettings(kbps=20_000))
    assert judged(500.1, 5.0).verdict == "pass"
    assert judged(500.1, 5.0, recording=rich).verdict == "fail"


def test_this_disk_is_looked_at_quickly_and_nothing_stays(tmp_path) -> None:
    begun = time.monotonic()
    found = look_at_drive(tmp_path / "not" / "there")
    assert time.monotonic() - begun < 4
    assert found.mb_per_second is not None
    assert found.mb_per_second > 0
    assert found.written_mb is not None
    assert found.written_mb <= 68
    assert list(tmp_path.iterdir()) == []
    assert DriveFacts.model_validate_json(found.model_dump_json()) == found


def test_a_disk_that_cannot_be_written_is_unknown_not_an_end(tmp_path, monkeypatch) -> None:
    def refuse(folder: Path) -> tuple[float, float]:
        raise OSError(30, "Read-only file system", str(folder))

    monkeypatch.setattr("client.preflight.probes.drive.measure_writing", refuse)
    assert look_at_drive(tmp_path).mb_per_second is None
    check = drive_check(Environment(), tmp_path, Recording())
    assert "没有测成" in examine(check).evidence.zh


def test_writing_ends_with_its_time(tmp_path) -> None:
    written, speed = measure_writing(tmp_path, 0.05)
    assert 0 < written <= 68
    assert speed > 0


def block(root: Path, name: str, size: int, rotational: int, *parts: str) -> Path:
    disk = root / name
    (disk / "queue").mkdir(parents=True)
    (disk / "device").mkdir()
    (disk / "size").write_text(f"{size}\n", "ascii")
    (disk / "queue" / "rotational").write_text(f"{rotational}\n", "ascii")
    (disk / "device" / "model").write_text(f"MODEL {name}\n", "ascii")
    for part in parts:
        (disk / part).mkdir()
        (disk / part / "partition").write_text("1\n", "ascii")
    return disk


@pytest.mark.skipif(sys.platform == "win32", reason="block devices are Linux's")
def test_partitions_and_mappings_lead_to_their_disks(tmp_path) -> None:
    sda = block(tmp_path, "sda", 976773168, 1, "sda2")
    nvme = block(tmp_path, "nvme0n1", 937703088, 0, "nvme0n1p3")
    mapping = tmp_path / "dm-0"
    (mapping / "slaves").mkdir(parents=True)
    (mapping / "slaves" / "sda2").symlink_to(sda / "sda2")
    (mapping / "slaves" / "nvme0n1p3").symlink_to(nvme / "nvme0n1p3")
    assert linux_drive.disks_below(sda / "sda2") == [sda]
    assert set(linux_drive.disks_below(mapping)) == {sda, nvme}
    number = tmp_path.stat().st_dev
    table = tmp_path / "dev"
    table.mkdir()
    link = table / f"{os.major(number)}:{os.minor(number)}"
    link.symlink_to(nvme / "nvme0n1p3")
    found = linux_drive.read_disk(tmp_path, table)
    assert (found["disk_bytes"], found["kind"]) == (937703088 * 512, "ssd")
    assert found["model"] == "MODEL nvme0n1"
    link.unlink()
    link.symlink_to(mapping)
    both = linux_drive.read_disk(tmp_path, table)
    assert (both["disk_bytes"], both["kind"]) == ((937703088 + 976773168) * 512, None)
    link.unlink()
    assert linux_drive.read_disk(tmp_path, table)["disk_bytes"] is None


def test_windows_answers_are_read_and_rubbish_is_none() -> None:
    geometry = struct.pack("<qIIIIq", 60801, 12, 255, 63, 512, 500107862016) + b"\0" * 8
    assert size_in(geometry) == 500107862016
    assert kind_in(struct.pack("<II?", 12, 12, True)) == "hdd"
    assert kind_in(struct.pack("<II?", 12, 12, False)) == "ssd"
    name = b"WDC WD5000AAKX-001CA0\0"
    assert model_in(
        struct.pack("<IIBB??II", 40, 62, 0, 0, False, True, 0, 40)[:20] + b"\0" * 20 + name
    ) == ("WDC WD5000AAKX-001CA0")
    extents = struct.pack("<II", 3, 0)
    for number in (1, 0, 1):
        extents += struct.pack("<IIqq", number, 0, 1 << 20, 1 << 38)
    assert disks_in(extents) == [1, 0]
    assert disks_in(extents[:40]) == [1]
    assert disks_in(None) == disks_in(b"\xff" * 8) == []
    for read in (size_in, kind_in, model_in):
        assert read(None) is None
        assert read(b"") is None
        assert read(b"\xff" * 7) is None
    assert model_in(b"\xff" * 40) is None
