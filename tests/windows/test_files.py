"""Files on Windows: access lists, files that others hold open, locks, long and Chinese names."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from client.base import files
from client.base.files import (
    AppendFile,
    FileLock,
    open_file,
    private_folder,
    read_file,
    remove_file,
    replace_file,
    write_atomically,
)
from client.base.trouble import file_trouble
from client.evidence.keys import create_session_key, destroy_key, load_session_key
from client.evidence.layout import SessionFolder
from client.recorder.child.chronicle import ReceiptTail
from tests.private import only_mine

if sys.platform == "win32":
    import ctypes

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


def test_a_file_that_is_not_there_is_removed_already(path):
    remove_file(path.with_name("nothing"))
    assert [p.name for p in path.parent.iterdir()] == [path.name]


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


LOCKER = """
import ctypes, sys
from ctypes.wintypes import HANDLE
kernel = ctypes.windll.kernel32
kernel.CreateFileW.restype = HANDLE
handle = kernel.CreateFileW(sys.argv[1], 0x80000000, 0, None, 3, 0, None)
print(handle != HANDLE(-1).value, flush=True)
sys.stdin.read()
"""
"""Holds a file so that nobody else may open it, as virus scanners do, until its input ends."""


@pytest.fixture
def locker(path):
    """Give another process that shuts everybody out of `path`."""
    command = [sys.executable, "-c", LOCKER, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == b"True"
        with pytest.raises(PermissionError):
            path.read_bytes()
        yield process
        process.kill()


def _appended(path):
    file = AppendFile(path)
    file.append(b"new")
    file.close()
    return path.read_bytes()


@pytest.mark.parametrize(
    ("act", "result"),
    [
        (read_file, b"old"),
        (lambda path: _closed(open_file(path)), b"old"),
        (_appended, b"oldnew"),
        (lambda path: FileLock(path).is_held(), False),
    ],
    ids=["read", "open", "append", "lock"],
)
def test_who_shuts_others_out_for_a_while_is_waited_for(path, locker, act, result):
    threading.Timer(0.4, locker.kill).start()
    assert act(path) == result


def _closed(file):
    with file:
        return file.read()


@pytest.mark.parametrize("act", [read_file, open_file, AppendFile])
def test_one_who_does_so_for_ever_is_an_error_that_a_person_understands(
    path, locker, act, monkeypatch
):
    monkeypatch.setattr(files, "_BUSY_S", 0.2)
    with pytest.raises(PermissionError) as failure:
        act(path)
    told = file_trouble(failure.value)
    assert told is not None
    assert "占用" in told.title.zh
    assert str(path) in told.title.zh


def test_receipts_that_are_shut_do_not_end_a_recording(path, locker):
    """The recorder looks again with its next line; waiting would hold up the journal."""
    receipts = ReceiptTail(path)
    began = time.monotonic()
    assert receipts.new() == []
    assert time.monotonic() - began < 1
    locker.kill()
    locker.wait(30)
    path.write_bytes(b"rubbish\n")
    assert receipts.new() == []


def test_a_session_folder_and_a_plan_that_are_read_only_are_used_all_the_same(
    tmp_path, monkeypatch
):
    """Windows marks folders that Explorer dresses up as read-only; files in them are not."""
    folder = SessionFolder(tmp_path / "场次").create()
    folder.plan.write_bytes(b"{}")
    for place in (folder.path, folder.private, folder.plan):
        assert ctypes.windll.kernel32.SetFileAttributesW(str(place), 1)
    create_session_key(folder.key)
    write_atomically(folder.seal, b"1")
    assert load_session_key(folder.key)
    assert _appended(folder.journal) == b"new"
    assert read_file(folder.plan) == b"{}"
    destroy_key(folder.key)
    monkeypatch.setattr(files, "_BUSY_S", 0.2)
    with pytest.raises(PermissionError) as failure:
        write_atomically(folder.plan, b"{}")
    told = file_trouble(failure.value)
    assert told is not None
    assert str(folder.plan) in told.title.zh
    ctypes.windll.kernel32.SetFileAttributesW(str(folder.plan), 128)
