"""The pointer in the picture: colours, masks, hot spot, edges."""

from __future__ import annotations

import sys

import numpy as np
import pytest

if sys.platform == "win32":
    import ctypes
    from ctypes.wintypes import HANDLE, INT, LPVOID

    from client.capture.screen.pointer import Pointer, shape_of

    user = ctypes.WinDLL("user32", use_last_error=True)
    user.LoadCursorW.restype = HANDLE
    user.LoadCursorW.argtypes = [HANDLE, LPVOID]
    user.CreateCursor.restype = HANDLE
    user.CreateCursor.argtypes = [HANDLE, INT, INT, INT, INT, LPVOID, LPVOID]
    user.DestroyCursor.argtypes = [HANDLE]

ARROW = 32512
GREY = 0x40
SIZE = 32


@pytest.fixture
def pointer():
    pointer = Pointer()
    yield pointer
    pointer.close()


@pytest.fixture
def picture():
    return np.full((100, 120, 4), GREY, np.uint8)


@pytest.fixture
def four_ways():
    """Give a monochrome pointer: black, white, through and inverting, a quarter each.

    The hot spot lies in its middle.
    """
    left, right = b"\x00\x00\xff\xff", b"\xff\xff\x00\x00"
    keep = bytes(4) * 16 + b"\xff" * 4 * 16  # lower half: the screen stays below it
    flip = right[::-1] * 16 + left * 16  # right half: white above, inverting below
    assert len(keep) == len(flip) == SIZE * SIZE // 8
    cursor = user.CreateCursor(None, 16, 16, SIZE, SIZE, keep, flip)
    assert cursor
    yield cursor
    user.DestroyCursor(cursor)


def changed(picture):
    return np.argwhere((picture[..., :3] != GREY).any(axis=2))


def test_a_monochrome_pointer_covers_and_inverts(pointer, picture, four_ways):
    assert shape_of(four_ways) == (SIZE, SIZE, 16, 16)
    pointer.draw_icon(picture, four_ways, 60, 50)
    quarters = [picture[y, x, :3].tolist() for y in (40, 60) for x in (50, 70)]
    assert quarters == [[0] * 3, [255] * 3, [GREY] * 3, [255 - GREY] * 3]
    assert changed(picture).min(axis=0).tolist() == [34, 44]
    assert changed(picture).max(axis=0).tolist() == [65, 75]


def test_the_arrow_points_where_it_should(pointer, picture):
    arrow = user.LoadCursorW(None, ARROW)
    shape = shape_of(arrow)
    assert shape is not None
    pointer.draw_icon(picture, arrow, 60, 50)
    where = changed(picture)
    assert len(where) > 20
    assert where[:, 0].min() >= 50 - shape.hot_y
    assert where[:, 1].min() >= 60 - shape.hot_x
    assert abs(where - [50, 60]).sum(axis=1).min() <= 3  # its tip


@pytest.mark.parametrize("x", [-16, -3, 0, 117, 119, 136])
@pytest.mark.parametrize("y", [-16, 0, 5, 99, 116])
def test_what_lies_outside_is_cut(pointer, picture, four_ways, x, y):
    whole = np.full((300, 320, 4), GREY, np.uint8)
    pointer.draw_icon(whole, four_ways, x + 100, y + 100)
    pointer.draw_icon(picture, four_ways, x, y)
    assert (picture[..., :3] == whole[100:200, 100:220, :3]).all()


def test_an_icon_that_its_program_destroyed_is_left_out(pointer, picture):
    pointer.draw_icon(picture, 0x7FFF1234, 50, 50)
    assert not len(changed(picture))


def test_the_place_of_a_pointer_without_a_shape_is_shown_by_an_arrow(pointer, picture, monkeypatch):
    def destroyed(info):
        info._obj.flags, info._obj.cursor = 1, 0x7FFF1234
        info._obj.place.x, info._obj.place.y = 60, 50
        return 1

    monkeypatch.setattr("client.capture.screen.pointer._user.GetCursorInfo", destroyed)
    arrow = picture.copy()
    pointer.draw_icon(arrow, user.LoadCursorW(None, ARROW), 60, 50)
    pointer.draw(picture, 0, 0)
    assert len(changed(picture)) > 20
    assert (picture == arrow).all()


def test_a_hidden_pointer_is_left_out(pointer, picture, monkeypatch, four_ways):
    def hidden(info):
        info._obj.flags, info._obj.cursor = 0, four_ways
        return 1

    monkeypatch.setattr("client.capture.screen.pointer._user.GetCursorInfo", hidden)
    pointer.draw(picture, 0, 0)
    assert not len(changed(picture))


def test_where_no_desktop_answers_the_picture_stays_as_it_is(pointer, picture, monkeypatch):
    monkeypatch.setattr("client.capture.screen.pointer._user.GetCursorInfo", lambda _: 0)
    pointer.draw(picture, 0, 0)
    assert not len(changed(picture))


def test_pictures_of_a_second_monitor_count_from_its_corner(
    pointer, picture, monkeypatch, four_ways
):
    def at_minus_1860(info):
        info._obj.flags, info._obj.cursor = 1, four_ways
        info._obj.place.x, info._obj.place.y = -1860, 50
        return 1

    monkeypatch.setattr("client.capture.screen.pointer._user.GetCursorInfo", at_minus_1860)
    pointer.draw(picture, -1920, 0)
    assert changed(picture).min(axis=0).tolist() == [34, 44]


def test_drawing_for_hours_uses_up_no_handles(pointer, picture, four_ways):
    for _ in range(40_000):  # Wine has 65,536 GDI handles, Windows gives a process 10,000
        pointer.draw_icon(picture, four_ways, 60, 50)
    picture[:] = GREY
    pointer.draw_icon(picture, four_ways, 60, 50)
    assert len(changed(picture))
