"""The room: ticked, photographed, named by its digest."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from client.base.errors import BadInputError, DeviceError
from client.preflight.checks.room import room_check
from client.preflight.checkup import Checkup
from client.preflight.probes.photo import take_photo
from client.preflight.reports.model import MAX_PHOTO_BYTES, TICKS
from client.preflight.reports.own import OwnRuns
from client.preflight.reports.photo import photo_of, read_photo
from client.preflight.runner import examine

JPEG = b"\xff\xd8\xff\xe0" + b"x" * 100


def test_what_is_not_ticked_is_named() -> None:
    assert examine(room_check(tuple(TICKS), None)).verdict == "pass"
    found = examine(room_check(("quiet", "light"), photo_of(JPEG, "last")))
    assert found.verdict == "warn"
    assert "有应急电源" in found.evidence.zh
    assert "环境安静" not in found.evidence.zh
    assert hashlib.sha256(JPEG).hexdigest()[:12] in found.evidence.zh
    assert room_check((), None).on_site


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"\xff\xd8"])
def test_only_a_picture_is_a_photograph(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "p.jpg").write_bytes(data)
    with pytest.raises(BadInputError):
        read_photo(tmp_path / "p.jpg")


def test_a_picture_that_is_too_large_or_gone_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "p.jpg").open("wb") as file:
        file.write(JPEG)
        file.truncate(MAX_PHOTO_BYTES + 1)
    for name in ("p.jpg", "gone.jpg"):
        with pytest.raises(BadInputError):
            read_photo(tmp_path / name)


def test_a_photograph_is_kept_beside_the_run_with_its_digest(tmp_path: Path) -> None:
    runs = OwnRuns(tmp_path / "checks")
    checkup = Checkup(lambda: (), runs)
    report = checkup.add_room(("quiet",), JPEG)
    (outcome,) = report.outcomes
    assert checkup.photo is not None
    assert (runs.folder / checkup.photo.file).read_bytes() == JPEG
    assert checkup.photo.sha256 == hashlib.sha256(JPEG).hexdigest()
    assert checkup.photo.sha256[:12] in outcome.finding.evidence.zh
    checkup.add_room(tuple(TICKS), b"")
    assert checkup.photo is not None
    assert [one.verdict for one in checkup.report().results] == ["pass"]


def test_a_camera_gives_one_picture_and_is_let_go() -> None:
    data = take_photo("test")
    assert data.startswith(b"\xff\xd8\xff")
    assert len(data) > 10_000


def test_a_camera_that_is_not_there_is_said() -> None:
    with pytest.raises(DeviceError) as refused:
        take_photo("no such camera")
    assert "没有拍成" in refused.value.title.zh


def test_the_photographer_writes_nothing_where_there_is_no_picture(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "client", "photo", "no such camera", str(tmp_path / "x.jpg")]
    done = subprocess.run(command, capture_output=True, check=False, timeout=30)
    assert done.returncode == 1
    assert list(tmp_path.iterdir()) == []
    assert b"Traceback" not in done.stderr
