"""Files on Windows: access lists, files that others hold open, locks, long and Chinese names."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from client.base import files
from client.base.files import (
    AppendFile,
    FileLock,
    private_folder,
    remove_file,
    replace_file,
    write_atomically,
)
from tests.private import only_mine

HOLDER = """
import sys, msvcrt
from client.base.files import FileLock
lock = FileLock(__import__("pathlib").Path(sys.argv[1]))
print(lock.acquire(), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path) -> Path:
    path = tmp_path / "选手 张三" / "证据.json"
    path.parent.mkdir()
    path.write_bytes(b"old")
    return path


def test_a_folder_is_open_to_others_until_it_is_made_private(tmp_path):
    folder = tmp_path / "open"
    folder.mkdir()
    assert not only_mine(folder)
    assert only_mine(private_folder(folder))
    assert only_mine(private_folder(folder))


def test_a_private_folder_below_missing_ones(tmp_path):
    folder = private_folder(tmp_path / "张三 的" / "场次")
    assert only_mine(folder)
    (folder / "x").write_bytes(b"1")
    assert (folder / "x").read_bytes() == b"1"


def test_a_private_file_is_private_in_any_folder(path):
    write_atomically(path, b"key", private=True)
    assert only_mine(path)


def test_a_reader_that_leaves_is_waited_for(path):
    reader = path.open("rb")
    threading.Timer(0.4, reader.close).start()
    write_atomically(path, b"new")
    assert reader.closed
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize("act", [write_atomically, replace_file, remove_file])
def test_one_that_stays_is_an_error_in_the_end_and_nothing_is_lost(path, act, monkeypatch):
    monkeypatch.setattr(files, "_BUSY_S", 0.2)
    new = path.with_name("new")
    new.write_bytes(b"new")
    arguments = {write_atomically: (path, b"new"), replace_file: (new, path), remove_file: (path,)}
    with path.open("rb"), pytest.raises(PermissionError):
        act(*arguments[act])
    assert path.read_bytes() == b"old"
    assert {p.name for p in path.parent.iterdir()} == {path.name, "new"}


def test_a_file_that_is_not_there_is_removed_already(tmp_path):
    remove_file(tmp_path / "nothing")


def test_a_lock_is_seen_from_another_process_and_goes_with_it(tmp_path):
    lock = FileLock(tmp_path / "recorder.lock")
    command = [sys.executable, "-c", HOLDER, str(lock.path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == b"True"
        assert lock.is_held()
        assert not lock.acquire()
        holder.kill()
        holder.wait(30)
    assert not lock.is_held()
    assert lock.acquire()
    assert lock.is_held()
    lock.release()
    assert not lock.is_held()


def test_bytes_are_appended_as_they_are(tmp_path):
    file = AppendFile(tmp_path / "journal")
    file.append(b"a\nb\r\n\x1a")
    file.close()
    again = AppendFile(tmp_path / "journal")
    assert again.size == 6
    again.append(b"c\n")
    again.sync()
    again.close()
    assert (tmp_path / "journal").read_bytes() == b"a\nb\r\n\x1ac\n"


def test_a_growing_file_is_read_by_others_with_its_true_size(tmp_path):
    file = AppendFile(tmp_path / "screen-01.mp4")
    for size in (1, 70_000, 5_000_000):
        file.append(bytes(size - file.size))
        assert file.path.stat().st_size == size
        assert len(file.path.read_bytes()) == size
    file.close()


def test_a_path_beyond_260_characters(tmp_path):
    folder = Path(f"\\\\?\\{tmp_path}", *["很长的文件夹名称" * 5] * 8)
    assert len(str(folder)) > 300
    private_folder(folder)
    write_atomically(folder / "plan.json", b"1")
    write_atomically(folder / "plan.json", b"2")
    assert only_mine(folder)
    assert (folder / "plan.json").read_bytes() == b"2"


def test_a_file_that_may_not_be_written_is_refused_at_once_and_stays(path, monkeypatch):
    monkeypatch.setattr(files, "_BUSY_S", 0.2)
    path.chmod(0o400)
    with pytest.raises(PermissionError):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    path.chmod(0o600)
