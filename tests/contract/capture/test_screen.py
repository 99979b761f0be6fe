"""The screen source on real X servers (the Windows one is run in the lab, see measured.md)."""

from __future__ import annotations

import subprocess

import numpy as np
import pytest

from client.base.errors import DeviceError
from client.capture.screen import ScreenChanged, open_screen
from tests import devices


@pytest.fixture
def shown(request, monkeypatch):
    width, height = getattr(request, "param", (640, 480))
    with devices.display(width, height, moving=False) as shown:
        for name, value in shown.environment.items():
            monkeypatch.setenv(name, value)
        yield shown


@pytest.fixture
def screen(shown):
    source = open_screen()
    yield source
    source.close()


def paint(colour: str) -> None:
    subprocess.run(["xsetroot", "-solid", colour], check=True)


def test_it_says_what_it_is(screen) -> None:
    assert (screen.origin, screen.width, screen.height) == ("real", 640, 480)
    assert screen.name


def test_it_shows_the_desktop_in_blue_green_red(screen) -> None:
    paint("#c04020")
    picture = screen.read()
    assert picture.shape == (480, 640, 4)
    assert picture.dtype == np.uint8
    assert picture.flags.c_contiguous
    assert picture[5, 5, :3].tolist() == [0x20, 0x40, 0xC0]
    assert picture[479, 639, :3].tolist() == [0x20, 0x40, 0xC0]


def test_the_picture_before_may_be_kept(screen) -> None:
    paint("black")
    before = screen.read()
    paint("white")
    after = screen.read()
    assert before[5, 5, 0] == 0
    assert after[5, 5, 0] == 255


def test_the_pointer_is_in_the_picture(screen) -> None:
    subprocess.run(["xdotool", "mousemove", "600", "400"], check=True)
    before = screen.read()
    subprocess.run(["xdotool", "mousemove", "100", "60"], check=True)
    changed = np.argwhere((before != screen.read()).any(axis=2))
    near = changed[(changed[:, 1] < 300)]
    assert len(near) > 20
    assert abs(near - [60, 100]).max() < 24


@pytest.mark.parametrize("shown", [(641, 481), (800, 601)], indirect=True)
def test_an_odd_desktop_loses_its_last_column_or_row(shown, screen) -> None:
    assert (screen.width, screen.height) == (shown.width & ~1, shown.height & ~1)
    paint("white")
    assert screen.read()[..., :3].min() in (0, 255)  # 0: the pointer
    assert screen.read().shape == (screen.height, screen.width, 4)


def test_a_change_of_size_is_told_and_the_next_one_has_the_new_size(screen) -> None:
    screen.read()
    # this X server shrinks and then complains that its only monitor does not fit any more
    subprocess.run(["xrandr", "--fb", "400x300"], check=False, capture_output=True)
    with pytest.raises(ScreenChanged):
        screen.read()
    again = open_screen()
    assert (again.width, again.height) == (400, 300)
    assert again.read().shape == (300, 400, 4)
    again.close()


def test_a_desktop_that_is_gone_is_a_clear_error(monkeypatch) -> None:
    with devices.display(320, 240, moving=False) as shown:
        for name, value in shown.environment.items():
            monkeypatch.setenv(name, value)
        screen = open_screen()
        screen.read()
    with pytest.raises(DeviceError) as caught:
        screen.read()
    assert "屏幕" in caught.value.title.zh
    screen.close()
    screen.close()


def test_opening_again_and_again_leaves_nothing_behind(screen) -> None:
    before = devices.open_files()
    for _ in range(5):
        other = open_screen()
        other.read()
        other.close()
    assert devices.files_left_open(before) == 0
