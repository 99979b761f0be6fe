"""What covers the desktop, and monitors that go dark, as the recorder's journal tells them.

Wine has no lock screen and no UAC; it has desktops of the names that Windows gives to theirs, and
switches to them as Windows does.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from client.base.process import own_command
from client.capture.screen.monitors import COVERS, DARK, LIT, UNCOVERED, news
from client.capture.screen.winmonitors import LOCKED, SAVER
from client.evidence.entries import Note
from client.evidence.journal import Line, read_journal
from client.evidence.layout import SessionFolder
from client.recorder.child.around import LOOK_S
from tests.windows.program import ROOT, SIMULATED

if sys.platform == "win32":
    import ctypes
    from ctypes.wintypes import DWORD, HANDLE, LPCWSTR

    from client.capture.screen.winlit import CHANGED, DisplayPower, Setting
    from client.capture.screen.winmonitors import WinMonitors, cover

    user = ctypes.WinDLL("user32", use_last_error=True)
    user.CreateDesktopW.argtypes = [LPCWSTR, LPCWSTR, HANDLE, DWORD, DWORD, HANDLE]
    user.CreateDesktopW.restype = user.GetThreadDesktop.restype = HANDLE
    user.SwitchDesktop.argtypes = user.CloseDesktop.argtypes = [HANDLE]

pytestmark = pytest.mark.timeout(300)
ALL_RIGHTS = 0x1000_0000
STATE = "5695e66f4a70a0478f24c28d936fda47"
PATIENCE_S = 60


@contextlib.contextmanager
def another_desktop(name: str) -> Iterator[None]:
    """Let a desktop of this name have the input."""
    mine = user.GetThreadDesktop(ctypes.windll.kernel32.GetCurrentThreadId())
    desktop = user.CreateDesktopW(name, None, None, 0, ALL_RIGHTS, None)
    assert desktop
    assert user.SwitchDesktop(desktop)
    try:
        yield
    finally:
        user.SwitchDesktop(mine)
        user.CloseDesktop(desktop)


def said(folder: SessionFolder) -> list[str]:
    lines = [line for line in read_journal(folder.journal) if isinstance(line, Line)]
    covers = {UNCOVERED.zh, *(text.zh for text in COVERS.values())}
    return [x.entry.zh for x in lines if isinstance(x.entry, Note) and x.entry.zh in covers]


def test_a_secure_desktop_and_a_screen_saver_are_lines_with_their_end(tmp_path: Path) -> None:
    folder = SessionFolder(tmp_path / "录像")
    words = ("record", "--out", str(folder.path), "--seconds", "40", *SIMULATED)
    with subprocess.Popen(own_command(*words), cwd=ROOT) as recording:
        until_there((folder.path / "screen-01.mp4").exists)
        time.sleep(LOOK_S + 1)  # it has looked once
        for number, name in enumerate((LOCKED, SAVER), 1):
            with another_desktop(name):
                until_there(lambda n=number: len(said(folder)) == 2 * n - 1)
            until_there(lambda n=number: len(said(folder)) == 2 * n)
        recording.kill()
    secure, locked = (COVERS[kind].zh for kind in ("secure", "locked"))
    assert said(folder) == [secure, UNCOVERED.zh, locked, UNCOVERED.zh]


def until_there(look) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not look():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_secure_desktop_is_known_at_once() -> None:
    assert cover() == ""
    with another_desktop(LOCKED):
        assert cover() == "secure"
    assert cover() == ""


def test_what_windows_calls_us_with_tells_whether_the_monitors_are_lit() -> None:
    monitors = WinMonitors()
    assert monitors.read().monitors
    guid = (ctypes.c_ubyte * 16)(*bytes.fromhex(STATE))
    seen = []
    for value in (1, 0, 2):
        setting = Setting(guid=guid, length=4, value=value)
        call(monitors._power, setting)
        seen.append(monitors.read())
    monitors.close()
    monitors.close()
    assert [now.lit for now in seen] == [True, False, True]
    assert [*news(seen[0], seen[1]), *news(seen[1], seen[2])] == [DARK, LIT]


def test_what_windows_tells_of_other_settings_is_not_heeded() -> None:
    power = DisplayPower()
    call(power, Setting(length=4, value=0))
    assert power.lit is None
    power.close()


def call(power: DisplayPower, setting: Setting) -> None:
    """Call as Windows does: through the pointer that it was given."""
    assert power._handle.value  # Windows has taken it
    assert power._subscription.callback(None, CHANGED, ctypes.addressof(setting)) == 0
