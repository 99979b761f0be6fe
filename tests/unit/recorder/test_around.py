"""What changes around the screen becomes a line; a lock screen is asked of real buses."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest

from client.capture.screen.grabber import GRAB_FAILED
from client.evidence.entries import Note
from client.recorder.child import around
from client.recorder.child.around import Around
from tests.unit.capture.test_monitors import ALONE, BOTH
from tests.unit.recorder.test_screentrack import Chronicle, eventually


class Looks:
    """Tells what is next in its list, and fails where that is an error."""

    def __init__(self, readings: list) -> None:
        self.readings, self.closed = readings, 0

    def read(self):
        reading = self.readings.pop(0) if len(self.readings) > 1 else self.readings[0]
        if isinstance(reading, Exception):
            raise reading
        return reading

    def close(self) -> None:
        self.closed += 1


def test_changes_are_told_once_also_across_a_failure(monkeypatch) -> None:
    monkeypatch.setattr(around, "LOOK_S", 0.01)
    monkeypatch.setattr(around, "REOPEN_S", 0.01)
    gone = GRAB_FAILED[0]("gone")
    looks = Looks([ALONE, ALONE, BOTH, gone, replace(BOTH, cover="locked")])
    chronicle = Chronicle()
    watch = Around(lambda: looks, chronicle.post)
    assert watch.why_none() is None
    watch.start()
    eventually(lambda: len(chronicle.of(Note)) == 2 and len(looks.readings) == 1)
    watch.stop()
    said = [note.zh for note in chronicle.of(Note)]
    assert said == ["接上了显示器 DUMMY1（1024x768），现在有 2 个", "电脑锁屏了"]
    assert looks.closed == 2
    if sys.platform == "linux":
        assert watch.why_none().zh == "电脑锁屏了"


@pytest.mark.skipif(sys.platform != "linux", reason="D-Bus")
@pytest.mark.parametrize("who", ["system", "session"])
def test_logind_and_the_desktop_tell_of_a_lock_screen(monkeypatch, who) -> None:
    from client.recorder.child.lockscreen import LockScreen
    from tests.buses import buses

    with buses() as on:
        for name, value in on.environment.items():
            monkeypatch.setenv(name, value)
        lock = LockScreen()
        assert not lock.is_on()
        getattr(on, who).command("lock true")
        eventually(lock.is_on)
        getattr(on, who).command("lock false")
        eventually(lambda: not lock.is_on())
        lock.close()
        assert not lock.is_on()


@pytest.mark.skipif(sys.platform != "linux", reason="D-Bus")
def test_without_a_bus_nothing_is_locked(monkeypatch, tmp_path) -> None:
    from client.recorder.child.lockscreen import LockScreen

    for kind in ("SYSTEM", "SESSION"):
        monkeypatch.setenv(f"DBUS_{kind}_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    lock = LockScreen()
    assert not lock.is_on()
    lock.close()
