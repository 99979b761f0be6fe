"""Both screen sources on real X servers (the Windows one is run in the lab, see tests/windows)."""

from __future__ import annotations

import os
import subprocess

import numpy as np
import pytest

from client.base.errors import DeviceError
from client.capture.screen import ScreenChanged, linux
from tests import devices
from tests.mirror import Mirror

pytestmark = pytest.mark.parametrize("way", ["told", "compared", "grabbed"])


def open_by(way):
    if way == "grabbed":
        return linux._grabbed(os.environ["DISPLAY"])
    return linux.open_x11(listen=way == "told")


@pytest.fixture
def shown(request, monkeypatch):
    width, height = getattr(request, "param", (640, 480))
    with devices.display(width, height, moving=False) as shown:
        for name, value in shown.environment.items():
            monkeypatch.setenv(name, value)
        yield shown


@pytest.fixture
def screen(shown, way):
    source = open_by(way)
    ground = {"told": "Told", "compared": "Compared"}.get(way)
    assert type(getattr(source, "_ground", None)).__name__ == (ground or "NoneType")
    yield source
    source.close()


@pytest.fixture
def mirror(screen):
    return Mirror(screen)


def paint(colour: str) -> None:
    subprocess.run(["xsetroot", "-solid", colour], check=True)


def test_it_says_what_it_is(screen) -> None:
    assert (screen.origin, screen.width, screen.height) == ("real", 640, 480)
    assert screen.name


def test_it_shows_the_desktop_in_blue_green_red(mirror) -> None:
    paint("#c04020")
    picture = mirror.look()
    assert picture[5, 5, :3].tolist() == [0x20, 0x40, 0xC0]
    assert picture[479, 639, :3].tolist() == [0x20, 0x40, 0xC0]


def test_a_still_desktop_has_no_patches(mirror) -> None:
    paint("black")
    mirror.look()
    mirror.look()
    assert mirror.patches == 0


def test_what_is_drawn_later_is_seen(mirror) -> None:
    paint("black")
    before = mirror.look()
    paint("white")
    after = mirror.look()
    assert before[5, 5, 0] == 0
    assert after[5, 5, 0] == 255


def test_the_pointer_is_in_the_picture_and_leaves_no_trace(mirror) -> None:
    paint("white")
    subprocess.run(["xdotool", "mousemove", "600", "400"], check=True)
    before = mirror.look()
    subprocess.run(["xdotool", "mousemove", "100", "60"], check=True)
    after = mirror.look()
    drawn = np.argwhere((after != 255)[..., :3].any(axis=2))
    assert len(drawn) > 20
    assert abs(drawn - [60, 100]).max() < 24
    old = np.argwhere((before != 255)[..., :3].any(axis=2))
    assert abs(old - [400, 600]).max() < 24


@pytest.mark.parametrize("place", [(0, 0), (639, 479), (638, 1), (320, 479)])
def test_a_pointer_at_the_edge_is_cut(mirror, place) -> None:
    paint("white")
    subprocess.run(["xdotool", "mousemove", *map(str, place)], check=True)
    drawn = np.argwhere((mirror.look() != 255)[..., :3].any(axis=2))
    assert abs(drawn - [place[1], place[0]]).max() < 24
    subprocess.run(["xdotool", "mousemove", "300", "200"], check=True)
    drawn = np.argwhere((mirror.look() != 255)[..., :3].any(axis=2))
    assert abs(drawn - [200, 300]).max() < 24, "it left something at the edge"


@pytest.mark.parametrize("shown", [(640, 480), (1366, 767)], indirect=True)
def test_pictures_put_together_are_the_whole_desktop(shown, screen) -> None:
    """While a picture moves, windows come and go and the pointer wanders."""
    mirror = Mirror(screen)
    mirror.look()
    with devices.test_window(shown):
        for step in range(12):
            subprocess.run(["xdotool", "mousemove", str(40 * step), str(30 * step)], check=True)
            mirror.look()
    paint("#204060")
    seen = mirror.look()
    whole = Mirror(open_by("grabbed"))
    assert np.array_equal(seen[..., :3], whole.look()[..., :3])
    whole.source.close()


@pytest.mark.parametrize("shown", [(641, 481), (800, 601)], indirect=True)
def test_an_odd_desktop_loses_its_last_column_or_row(shown, screen) -> None:
    assert (screen.width, screen.height) == (shown.width & ~1, shown.height & ~1)
    paint("white")
    picture = Mirror(screen).look()
    assert picture[-1, -1, :3].tolist() == [255, 255, 255]


def test_a_change_of_size_is_told_and_the_next_one_has_the_new_size(screen, way) -> None:
    screen.read()
    # this X server shrinks and then complains that its only monitor does not fit any more
    subprocess.run(["xrandr", "--fb", "400x300"], check=False, capture_output=True)
    with pytest.raises(ScreenChanged):
        screen.read()
    again = open_by(way)
    assert (again.width, again.height) == (400, 300)
    assert Mirror(again).look().shape == (300, 400, 4)
    again.close()


def test_a_desktop_that_is_gone_is_a_clear_error(monkeypatch, way) -> None:
    with devices.display(320, 240, moving=False) as shown:
        for name, value in shown.environment.items():
            monkeypatch.setenv(name, value)
        screen = open_by(way)
        screen.read()
    with pytest.raises(DeviceError) as caught:
        screen.read()
    assert "屏幕" in caught.value.title.zh
    screen.close()
    screen.close()


def test_opening_again_and_again_leaves_nothing_behind(screen, way) -> None:
    before = devices.open_files()
    for _ in range(5):
        other = open_by(way)
        other.read()
        other.close()
    assert devices.files_left_open(before) == 0
