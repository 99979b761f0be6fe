"""What is asked of logind, of the desktop and of RealtimeKit, over a real bus.

The other side is written with another D-Bus library: tests/simulators/logind.py.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

if sys.platform != "linux":
    pytest.skip("D-Bus", allow_module_level=True)

from client.recorder.child import inhibit, precedence
from client.recorder.child.awake import stay_awake
from client.recorder.child.bus import Bus, BusError
from client.recorder.child.inhibit import LOGIN, WHO, lock
from client.recorder.child.logoff import told_of_log_off
from tests.buses import Buses, buses
from tests.devices import display, files_left_open, open_files


@pytest.fixture(scope="module")
def on_bus() -> Iterator[Buses]:
    with buses() as made, pytest.MonkeyPatch.context() as patched:
        for name, value in made.environment.items():
            patched.setenv(name, value)
        patched.delenv("DISPLAY", raising=False)
        yield made


def test_a_lock_is_held_until_its_file_is_closed(on_bus):
    before = open_files()
    bus = Bus()
    held = lock(bus, "idle", "block")
    bus.close()
    on_bus.system.await_event("lock", "idle", WHO)
    assert not os.get_inheritable(held)
    os.close(held)
    on_bus.system.await_event("unlock", "idle", "block")
    assert files_left_open(before) == 0


def test_what_is_refused_is_an_error_with_the_words_of_the_service(on_bus):
    bus = Bus()
    with pytest.raises(BusError):
        bus.call(LOGIN, "Explode", "")
    bus.close()


def test_nobody_waits_for_a_system_without_a_bus(monkeypatch, tmp_path):
    for kind in ("SYSTEM", "SESSION"):
        monkeypatch.setenv(f"DBUS_{kind}_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    monkeypatch.delenv("DISPLAY", raising=False)
    said, came = [], threading.Event()
    stay_awake(lambda note: (said.append(note), came.set()))
    assert came.wait(10)
    assert said[0].level == "warning"
    with told_of_log_off(pytest.fail, pytest.fail):
        pass


def test_sleep_idle_lid_and_the_desktops_screen_are_asked_for(on_bus):
    on_bus.system.command("refuse handle-lid-switch")
    said, came = [], threading.Event()
    stay_awake(lambda note: (said.append(note), came.set()))
    assert came.wait(10)
    on_bus.system.await_event("lock", "sleep")  # what the services print comes a little later
    on_bus.system.await_event("lock", "idle")
    on_bus.session.await_event("screen")
    locks = [what for what, _, why, mode in on_bus.system.events("lock") if mode == "block"]
    assert {"sleep", "idle"} <= set(locks)
    assert "handle-lid-switch" not in locks
    assert on_bus.session.events("screen") == [[WHO, "赛鉴正在录制 / SaiJian is recording"]]
    assert said[0].level == "info"
    assert said[0].zh.endswith("：不睡眠、不因空闲而睡眠、不启动屏保")
    time.sleep(0.2)
    assert ["sleep", "block"] not in on_bus.system.events("unlock")
    assert on_bus.session.events("screen free") == []


def test_a_shutdown_waits_for_the_end_of_the_recording(on_bus):
    before, told = open_files(), threading.Event()
    with told_of_log_off(told.set, pytest.fail):
        on_bus.system.await_event("lock", "shutdown:sleep")
        on_bus.system.command("PrepareForShutdown true")
        assert told.wait(10)
        time.sleep(0.3)
        assert ["shutdown:sleep", "delay"] not in on_bus.system.events("unlock")
    on_bus.system.await_event("unlock", "shutdown:sleep", "delay")
    assert files_left_open(before) == 0


def test_a_sleep_waits_until_all_is_flushed_and_the_lock_is_taken_again(on_bus):
    flushing, flushed = threading.Event(), threading.Event()
    locks, unlocks = (
        len([what for what, *_ in on_bus.system.events(kind) if what == "shutdown:sleep"])
        for kind in ("lock", "unlock")
    )

    def flush() -> None:
        flushing.set()
        assert flushed.wait(10)

    with told_of_log_off(pytest.fail, flush):
        on_bus.system.await_event("lock", "shutdown:sleep", times=locks + 1)
        on_bus.system.command("PrepareForSleep true")
        assert flushing.wait(10)
        released = [what for what, _ in on_bus.system.events("unlock") if what == "shutdown:sleep"]
        assert len(released) == unlocks
        flushed.set()
        on_bus.system.await_event("unlock", "shutdown:sleep", times=unlocks + 1)
        on_bus.system.command("PrepareForSleep false")
        on_bus.system.await_event("lock", "shutdown:sleep", times=locks + 2)


def test_priority_is_asked_of_realtimekit_where_the_limits_allow_none(on_bus, monkeypatch):
    def refuse(*_: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "setpriority", refuse)
    thread = threading.Thread(target=precedence.take_precedence, args=(precedence.SOUND,))
    thread.start()
    thread.join()
    on_bus.system.await_event("nice", thread.native_id, -10)


IDLE_MS = """
import ctypes, sys
x, saver = ctypes.CDLL("libX11.so.6"), ctypes.CDLL("libXss.so.1")
class Info(ctypes.Structure):
    _fields_ = [("window", ctypes.c_ulong), ("state", ctypes.c_int), ("kind", ctypes.c_int)]
    _fields_ += [(name, ctypes.c_ulong) for name in ("til_or_since", "idle", "events")]
x.XOpenDisplay.restype = saver.XScreenSaverAllocInfo.restype = ctypes.c_void_p
x.XDefaultRootWindow.argtypes, x.XDefaultRootWindow.restype = [ctypes.c_void_p], ctypes.c_ulong
saver.XScreenSaverQueryInfo.argtypes = [ctypes.c_void_p, ctypes.c_ulong, ctypes.POINTER(Info)]
display, info = x.XOpenDisplay(None), Info()
assert saver.XScreenSaverQueryInfo(display, x.XDefaultRootWindow(display), ctypes.byref(info))
print(info.idle)
"""


def idle_s() -> float:
    """How long the display has been idle, as its own extension tells another program."""
    command = [sys.executable, "-c", IDLE_MS]
    return int(subprocess.run(command, check=True, capture_output=True).stdout) / 1000


def test_a_display_does_not_go_dark(monkeypatch):
    with display(moving=False) as shown:
        monkeypatch.setenv("DISPLAY", shown.name)
        time.sleep(1.5)
        assert idle_s() > 1
        kept = inhibit._Display()
        assert kept.is_there
        assert idle_s() < 1
    kept.touch()  # a display that is gone harms nobody


def test_where_there_is_no_display_none_is_kept(monkeypatch):
    monkeypatch.setenv("DISPLAY", ":nowhere")
    assert not inhibit._Display().is_there
