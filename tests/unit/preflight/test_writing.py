"""Writing is tried; what fails is named with who may have forbidden it."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from client.preflight.checks import writing as check
from client.preflight.checks.writing import writing_check
from client.preflight.facts.writing import WritingFacts
from client.preflight.probes import writing
from client.preflight.probes.windows.writing import is_on
from client.preflight.probes.writing import try_writing
from client.preflight.runner import examine


def facts(**more) -> WritingFacts:
    return WritingFacts(**{"failed": None, "reason": None, "seconds": 0.1, **more})


@pytest.mark.parametrize(
    ("more", "verdict", "said", "advised"),
    [
        ({}, "pass", "都成功", None),
        ({"guards": ("火绒安全",), "protects_folders": True}, "pass", "火绒安全", None),
        ({"seconds": 3.0, "guards": ("360安全卫士",)}, "warn", "3.00 秒", "信任"),
        ({"failed": "track", "reason": "拒绝访问"}, "fail", "写录像文件失败：拒绝访问", "权限"),
        (
            {"failed": "track", "is_full": True, "guards": ("火绒安全",)},
            "fail",
            "失败",
            "清空回收站",
        ),
        ({"failed": "rename", "guards": ("火绒安全",)}, "fail", "改名失败", "火绒安全"),
        ({"failed": "folder", "protects_folders": True}, "fail", "受控文件夹", "勒索软件防护"),
    ],
)
def test_what_failed_is_said_with_what_to_do(more, verdict, said, advised) -> None:
    finding = check._judge(facts(**more))
    assert finding.verdict == verdict
    assert said in finding.evidence.zh
    assert (finding.advice is None) == (advised is None)
    assert finding.advice is None or advised in finding.advice.zh


def test_all_steps_work_here_and_nothing_stays(tmp_path) -> None:
    found = try_writing(tmp_path / "sessions")
    assert (found.failed, found.reason) == (None, None)
    assert list(tmp_path.iterdir()) == []
    assert WritingFacts.model_validate_json(found.model_dump_json()) == found
    assert examine(writing_check(tmp_path)).verdict in {"pass", "warn"}


STEPS = {
    "private_folder": "folder",
    "AppendFile": "track",
    "write_atomically": "rename",
    "read_file": "read",
    "remove_file": "remove",
}


@pytest.mark.parametrize("name", STEPS)
def test_the_step_that_is_refused_is_named_and_nothing_stays(tmp_path, monkeypatch, name) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(writing, name, refuse)
    found = try_writing(tmp_path)
    assert found.failed == STEPS[name]
    assert found.reason is not None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_called_full(tmp_path, monkeypatch, number) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(writing, "AppendFile", refuse)
    found = try_writing(tmp_path)
    assert (found.failed, found.is_full) == ("track", True)


@pytest.mark.parametrize("suffix", [".mp4", ".jsonl"])
def test_bytes_that_change_behind_our_back_are_seen(tmp_path, monkeypatch, suffix) -> None:
    """Some guards encrypt or empty files instead of refusing them."""

    def emptied(path: Path) -> bytes:
        return b"\0" * path.stat().st_size if path.suffix == suffix else path.read_bytes()

    monkeypatch.setattr(writing, "read_file", emptied)
    assert try_writing(tmp_path).failed == "read"


def test_a_place_that_is_no_folder_fails_in_words(tmp_path) -> None:
    (tmp_path / "file").write_bytes(b"")
    found = try_writing(tmp_path / "file")
    assert found.failed == "folder"
    assert check._judge(found).verdict == "fail"


def test_the_security_centres_state_is_read() -> None:
    assert is_on(0x61100)  # Defender, on
    assert not is_on(0x60100)  # off
    assert not is_on(None)


def test_the_folder_tried_is_the_one_given() -> None:
    seen: list[Path] = []

    def probe(path: Path) -> WritingFacts:
        seen.append(path)
        return facts()

    assert examine(writing_check(Path("/x/y"), probe)).verdict == "pass"
    assert seen == [Path("/x/y")]
