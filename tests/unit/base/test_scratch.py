"""A folder for a trial: gone at the end, and what killed processes left goes with the next one."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from client.base.files import scratch_folder


def old(folder: Path) -> Path:
    past = time.time() - 3600
    os.utime(folder, (past, past))
    return folder


def test_it_is_gone_with_all_in_it_also_after_an_error(tmp_path: Path):
    def fail() -> None:
        with scratch_folder(tmp_path / "not" / "made") as folder:
            (folder / "deep").mkdir()
            (folder / "deep" / "film.mp4").write_bytes(b"x")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_what_was_left_goes_and_what_is_in_use_stays(tmp_path: Path):
    left = tmp_path / ".saijian-trial-left"
    (left / "bench").mkdir(parents=True)
    (left / "owner.lock").touch()
    fresh = tmp_path / ".saijian-trial-fresh"
    fresh.mkdir()
    mine = tmp_path / "preliminary-1a2b3c4d"
    mine.mkdir()
    old(left)
    with scratch_folder(tmp_path) as one:
        old(one)
        with scratch_folder(tmp_path) as two:
            assert one.exists()
            assert two.exists()
    assert sorted(tmp_path.iterdir()) == [fresh, mine]
