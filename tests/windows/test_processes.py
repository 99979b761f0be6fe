"""Processes on Windows: what outlives what, and how a recorder is asked to end."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from client.base.clock import monotonic_us
from client.base.process import own_command
from client.evidence.entries import Media, Note
from client.evidence.findings import Verdict
from client.evidence.journal import Line, read_journal
from client.evidence.layout import SessionFolder
from client.evidence.verify import verify
from client.recorder.child.pauses import SLEEPS
from tests.windows.console import CTRL_BREAK_EVENT, CTRL_CLOSE_EVENT, console_event

if sys.platform == "win32":
    import ctypes
    from ctypes.wintypes import HWND, LPARAM, LPCWSTR, UINT, WPARAM

    from client.recorder.child.awake import stay_awake
    from client.recorder.child.logoff import (
        PBT_APMSUSPEND,
        WINDOW_CLASS,
        WM_CLOSE,
        WM_ENDSESSION,
        WM_POWERBROADCAST,
        WM_QUERYENDSESSION,
        told_of_log_off,
    )

    user = ctypes.WinDLL("user32", use_last_error=True)
    user.FindWindowW.restype = HWND
    user.FindWindowW.argtypes = [LPCWSTR, LPCWSTR]
    user.SendMessageW.argtypes = [HWND, UINT, WPARAM, LPARAM]
    user.PostMessageW.argtypes = [HWND, UINT, WPARAM, LPARAM]

PATIENCE = 60
AWAKE = 0x8000_0003
PBT_APMRESUMEAUTOMATIC = 0x12


def hidden_window() -> int:
    return user.FindWindowW(WINDOW_CLASS, None) or 0


@pytest.fixture
def recording(tmp_path, qtbot):
    """Give a recorder that films, and its folder."""
    out = tmp_path / "录像 一"
    command = own_command("record", "--out", str(out), "--seconds", "300", "--fps", "5")
    command += ["--camera", "test", "--microphone", "test"]
    root = Path(__file__).resolve().parents[2]
    with subprocess.Popen(command, cwd=root, stderr=subprocess.PIPE) as process:
        films = (out / "contest-01.mp4", out / "screen-01.mp4")
        qtbot.waitUntil(
            lambda: all(film.exists() and film.stat().st_size > 1_000 for film in films),
            timeout=PATIENCE * 1000,
        )
        yield process, SessionFolder(out)
        process.kill()


def test_logging_off_seals_the_recording_first(recording):
    process, folder = recording
    window = hidden_window()
    assert user.SendMessageW(window, WM_QUERYENDSESSION, 0, 0) == 1
    assert process.poll() is None  # another program may still refuse
    user.SendMessageW(window, WM_ENDSESSION, 0, 0)
    assert process.poll() is None  # one did
    user.SendMessageW(window, WM_ENDSESSION, 1, 0)
    assert folder.seal.exists()  # before Windows gets its answer
    assert process.wait(PATIENCE) == 0
    report = verify(folder.path, None)
    assert report.verdict is Verdict.SIMULATED, report.findings


def test_a_sleep_waits_for_the_flush_of_all_tracks_and_less_than_two_seconds(recording, capsys):
    process, folder = recording
    time.sleep(3)
    asked_us, begun = monotonic_us(), time.monotonic()
    assert user.SendMessageW(hidden_window(), WM_POWERBROADCAST, PBT_APMSUSPEND, 0) == 1
    took = time.monotonic() - begun
    entries = [line.entry for line in read_journal(folder.journal) if isinstance(line, Line)]
    with capsys.disabled():
        sys.stdout.write(f"a sleep waited {took:.2f} s\n")
    assert took < 2.0
    assert SLEEPS.zh in [entry.zh for entry in entries if isinstance(entry, Note)]
    covered = {}
    for entry in entries:
        if isinstance(entry, Media):
            covered |= {name: taken.us[1] for name, taken in entry.ranges.items()}
    assert set(covered) == {"screen-01.mp4", "contest-01.mp4"}
    assert min(covered.values()) >= asked_us
    assert process.poll() is None


def test_asked_to_close_it_seals_and_ends(recording):
    process, folder = recording
    user.PostMessageW(hidden_window(), WM_CLOSE, 0, 0)
    assert process.wait(PATIENCE) == 0
    assert folder.seal.exists()
    assert not folder.key.exists()


@pytest.mark.parametrize("event", [CTRL_BREAK_EVENT, CTRL_CLOSE_EVENT])
def test_a_console_that_breaks_or_is_closed_seals_the_recording(recording, event):
    process, folder = recording
    console_event(process, event)
    process.wait(PATIENCE)
    assert folder.seal.exists()
    assert not folder.key.exists()
    assert verify(folder.path, None).verdict < Verdict.TAMPERED


def test_the_hidden_window_goes_with_its_block():
    told = threading.Event()
    with told_of_log_off(told.set, told.set):
        assert hidden_window()
        user.SendMessageW(hidden_window(), WM_CLOSE, 0, 0)
        assert told.is_set()
    assert not hidden_window()
    with told_of_log_off(told.set, told.set):
        assert hidden_window()


def test_before_the_computer_sleeps_all_is_flushed():
    told, flushed = threading.Event(), threading.Event()
    with told_of_log_off(told.set, flushed.set):
        user.SendMessageW(hidden_window(), WM_POWERBROADCAST, PBT_APMRESUMEAUTOMATIC, 0)
        assert not flushed.is_set()
        assert user.SendMessageW(hidden_window(), WM_POWERBROADCAST, PBT_APMSUSPEND, 0) == 1
        assert flushed.is_set()
        assert not told.is_set()


def test_the_computer_is_kept_awake_by_the_thread_that_asks():
    said = []
    stay_awake(said.append)
    assert said[0].level == "info"
    assert "不睡眠、不关屏" in said[0].zh
    state = ctypes.windll.kernel32.SetThreadExecutionState
    state.restype = UINT
    assert state(0x8000_0000) == AWAKE


PARENT = """
import ctypes, sys
from ctypes.wintypes import HANDLE
from pathlib import Path
from client.base import process
class Limits(ctypes.Structure):
    _fields_ = [("times", ctypes.c_int64 * 2), ("flags", ctypes.c_uint32),
                ("rest", ctypes.c_size_t * 15)]
kernel = ctypes.windll.kernel32
kernel.CreateJobObjectW.restype = HANDLE
job = HANDLE(kernel.CreateJobObjectW(None, None))
limits = Limits(flags=int(sys.argv[2], 16))
assert ctypes.sizeof(limits) == 144
assert kernel.SetInformationJobObject(job, 9, ctypes.byref(limits), 144)
assert kernel.AssignProcessToJobObject(job, HANDLE(-1))
process.own_command = lambda *words: [sys.executable, "-c", *words]
child = process.spawn_detached(
    ["import sys,time; print('lives', flush=True); time.sleep(60)"], Path(sys.argv[1])
)
print(child.pid, flush=True)
sys.stdin.read()
"""


KILL_ON_CLOSE, BREAKAWAY_OK = 0x2000, 0x0800


@pytest.mark.parametrize(
    ("job", "lives"), [(0, True), (KILL_ON_CLOSE | BREAKAWAY_OK, True), (KILL_ON_CLOSE, False)]
)
def test_what_is_spawned_outlives_its_parent_and_the_job_that_lets_it_go(
    tmp_path, qtbot, job, lives
):
    import psutil

    log = tmp_path / "recorder.out"
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-c", PARENT, str(log), hex(job)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=root, **pipes) as parent:
        child = psutil.Process(int(parent.stdout.readline()))
        qtbot.waitUntil(lambda: b"lives" in log.read_bytes(), timeout=PATIENCE * 1000)
        parent.kill()
        parent.wait(PATIENCE)
    if lives:
        with pytest.raises(psutil.TimeoutExpired):
            child.wait(1)
        child.kill()
    else:
        child.wait(PATIENCE)


def test_what_a_program_prints_is_utf_8_whatever_the_code_page(tmp_path):
    command = own_command("devices", "--json")
    root = Path(__file__).resolve().parents[2]
    said = subprocess.run(command, check=False, capture_output=True, cwd=root).stdout
    assert "没有找到本机摄像头" in said.decode("utf-8")
