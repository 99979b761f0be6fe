"""One window on Windows: a second start of the real program brings the first to the front."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from client.base.process import own_command
from client.base.single import Single

if sys.platform == "win32":
    import ctypes
    from ctypes.wintypes import DWORD, HANDLE, HWND, LPCWSTR

    user = ctypes.WinDLL("user32", use_last_error=True)
    user.FindWindowW.restype = HWND
    user.FindWindowW.argtypes = [LPCWSTR, LPCWSTR]
    user.GetForegroundWindow.restype = HWND
    user.ShowWindow.argtypes = [HWND, ctypes.c_int]
    user.IsIconic.argtypes = [HWND]
    user.GetWindowThreadProcessId.argtypes = [HWND, ctypes.POINTER(DWORD)]
    kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    kernel.OpenMutexW.restype = HANDLE

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 110
"""Each start is a whole program in Wine: half a minute where the machine is busy."""
MINIMIZE = 6


def until(what):
    deadline = time.monotonic() + PATIENCE_S
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def window_of(process) -> int:
    """Return the handle of the process's window named 赛鉴, 0 before it is there."""
    found, pid = user.FindWindowW(None, "赛鉴") or 0, DWORD()
    user.GetWindowThreadProcessId(found, ctypes.byref(pid))
    return found if pid.value == process.pid else 0


@pytest.fixture
def start(tmp_path):
    """Return a function that starts the window of this user; all are ended."""
    home = tmp_path / "张 三"
    started = []

    def begin():
        environment = {**os.environ, "SAIJIAN_HOME": str(home), "SAIJIAN_LANG": "zh"}
        started.append(subprocess.Popen(own_command("window"), cwd=ROOT, env=environment))
        return started[-1]

    yield begin
    for process in started:
        process.kill()
        process.wait(PATIENCE_S)


@pytest.mark.timeout(300)
def test_a_second_start_brings_the_first_to_the_front_and_ends_well(start):
    first = start()
    until(lambda: window_of(first))
    window = window_of(first)
    user.ShowWindow(window, MINIMIZE)
    until(lambda: user.IsIconic(window))
    second = start()
    assert second.wait(PATIENCE_S) == 0
    until(lambda: not user.IsIconic(window))
    until(lambda: user.GetForegroundWindow() == window)
    assert first.poll() is None


def test_it_is_a_named_mutex_of_the_session(tmp_path):
    one = Single(tmp_path / "张 三")
    name = one._held._name
    assert name.startswith("Local\\SaiJian.")
    synchronize = 0x0010_0000
    assert not kernel.OpenMutexW(synchronize, 0, name)
    assert one.hold()
    handle = kernel.OpenMutexW(synchronize, 0, name)
    assert handle
    kernel.CloseHandle(HANDLE(handle))
    one.close()
    assert not kernel.OpenMutexW(synchronize, 0, name)


def test_the_mutex_belongs_to_the_process_and_not_to_a_thread(tmp_path):
    one = Single(tmp_path)
    held = []
    thread = threading.Thread(target=lambda: held.append(one.hold()))
    thread.start()
    thread.join()
    assert held == [True]
    assert not Single(tmp_path).hold()
    one.close()
