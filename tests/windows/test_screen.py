"""The desktop as GDI gives it, with a window of ours on it."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from client.capture.screen import even, open_screen
from client.capture.screen.monitors import outside
from tests.mirror import Mirror

if sys.platform == "win32":
    import ctypes
    from ctypes.wintypes import HANDLE

    user = ctypes.WinDLL("user32")
    user.GetThreadDpiAwarenessContext.restype = HANDLE
    user.GetAwarenessFromDpiAwarenessContext.argtypes = [HANDLE]

PER_MONITOR = 2


@pytest.fixture
def window(qtbot):
    window = QWidget(None, Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint)
    window.setStyleSheet("background: #c04020")
    window.setGeometry(200, 150, 400, 300)
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    return window


@pytest.fixture
def screen():
    screen = open_screen()
    yield screen
    screen.close()


@pytest.fixture
def mirror(screen):
    return Mirror(screen)


def is_red(picture) -> np.ndarray:
    return (picture[..., :3] == [0x20, 0x40, 0xC0]).all(axis=2)


def test_it_says_what_it_is(screen):
    assert (screen.name, screen.origin) == ("Windows", "real")
    assert (screen.width, screen.height) == (
        user.GetSystemMetrics(78) & ~1,
        user.GetSystemMetrics(79) & ~1,
    )


def test_a_window_is_found_where_it_is_with_its_colour(window, mirror, qtbot):
    qtbot.waitUntil(lambda: is_red(mirror.look()).sum() > 400 * 300 * 0.95)
    picture = mirror.look()
    where = np.argwhere(is_red(picture))
    assert where.min(axis=0).tolist() == [150, 200]
    assert where.max(axis=0).tolist() == [449, 599]


def test_the_pointer_is_in_the_picture(window, mirror, qtbot):
    qtbot.waitUntil(lambda: is_red(mirror.look()).sum() > 400 * 300 * 0.95)
    user.SetCursorPos(560, 420)
    qtbot.wait(300)
    before = mirror.look()
    user.SetCursorPos(300, 250)
    qtbot.wait(300)
    now = np.argwhere((before != mirror.look()).any(axis=2))
    near = now[now[:, 1] < 450]
    assert len(near) > 20
    assert abs(near - [250, 300]).max() < 34


def test_what_changes_later_is_seen(window, mirror, qtbot):
    qtbot.waitUntil(lambda: is_red(mirror.look()).sum() > 400 * 300 * 0.95)
    before = mirror.look()
    window.setStyleSheet("background: #204060")
    qtbot.waitUntil(lambda: not is_red(mirror.look())[160:400, 210:500].any())
    assert is_red(before)[160:400, 210:500].mean() > 0.9


def test_this_process_sees_real_pixels(screen):
    context = user.GetThreadDpiAwarenessContext()
    assert user.GetAwarenessFromDpiAwarenessContext(context) == PER_MONITOR


def test_opening_again_and_again_leaves_nothing_behind(screen):
    def handles() -> int:
        return ctypes.windll.user32.GetGuiResources(HANDLE(-1), 0)

    def once() -> None:
        other = open_screen()
        other.read()
        other.close()

    once()
    before = handles()
    if not before:
        pytest.skip("Wine does not count GDI objects; test_pointer runs it out of them instead")
    for _ in range(5):
        once()
    assert handles() <= before


def test_all_monitors_are_in_the_picture_and_nothing_covers_it(screen) -> None:
    from client.capture.screen.winmonitors import WinMonitors

    monitors = WinMonitors()
    seen = monitors.read()
    monitors.close()
    assert seen.monitors
    assert outside(seen) == []
    assert (even(seen.desktop.width), even(seen.desktop.height)) == (screen.width, screen.height)
    assert all(monitor.scale >= 100 and monitor.name for monitor in seen.monitors)
    assert seen.cover == ""
