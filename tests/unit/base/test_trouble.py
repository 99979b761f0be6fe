"""What a person is told of a file that cannot be used."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from client.base.files import AppendFile
from client.base.trouble import file_trouble, is_full

FULL = Path("/dev/full")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errno.EACCES, "占用"),
        (errno.ENOENT, "断开"),
        (errno.ENOSPC, "已满"),
        (errno.EROFS, "写保护"),
        (errno.EIO, "出错"),
        (errno.ENAMETOOLONG, "过长"),
    ],
)
def test_each_cause_has_its_words_and_the_file_its_name(code, words):
    told = file_trouble(OSError(code, "…", "D:\\录像\\journal.jsonl"))
    assert told is not None
    assert words in told.title.zh
    assert "D:\\录像\\journal.jsonl" in told.title.zh
    assert told.exit_code == 1


def test_of_a_replacement_the_lasting_name_is_told():
    told = file_trouble(OSError(errno.EACCES, "…", ".plan.json.x1", None, "plan.json"))
    assert told is not None
    assert "x1" not in told.title.zh


def test_an_error_that_is_not_about_a_file_is_a_fault_of_ours():
    assert file_trouble(OSError(errno.EINVAL, "…")) is None
    assert file_trouble(ConnectionResetError(errno.ECONNRESET, "…")) is None
    assert file_trouble(OSError(errno.ENOSPC, "…")) is not None


def test_a_disk_is_full_by_its_error_or_by_what_is_free(tmp_path, monkeypatch):
    write_error = OSError(errno.EINVAL, "…", str(tmp_path / "screen-01.mp4"))
    assert is_full(OSError(errno.ENOSPC, "…"))
    assert not is_full(write_error)
    assert not is_full(OSError(errno.EIO, "…"))
    monkeypatch.setattr("client.base.trouble.free_bytes", lambda _: 4096)
    assert is_full(write_error)


def test_a_drive_that_is_gone_is_not_full_and_ends_nobody(tmp_path, monkeypatch):
    def gone(*_args, **_more):
        raise OSError(errno.EIO, "the drive is gone")

    monkeypatch.setattr("pathlib.Path.exists", gone)
    assert not is_full(OSError(errno.EINVAL, "…", str(tmp_path / "screen-01.mp4")))
    monkeypatch.setattr("pathlib.Path.exists", lambda _: False)
    assert not is_full(OSError(errno.EINVAL, "…", str(tmp_path / "none" / "screen-01.mp4")))


@pytest.mark.skipif(not FULL.exists(), reason="Linux's device that is always full")
def test_a_disk_that_is_full_is_told_with_the_file_s_name():
    file = AppendFile(FULL)
    with pytest.raises(OSError, match="full") as failure:
        file.append(b"x")
    told = file_trouble(failure.value)
    assert told is not None
    assert str(FULL) in told.title.zh
    assert "已满" in told.title.zh
    assert file.size == 0
    file.close()
