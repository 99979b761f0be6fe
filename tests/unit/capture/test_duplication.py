"""A screen that FFmpeg's filters deliver: here a test picture stands for `ddagrab`."""

from __future__ import annotations

import numpy as np
import pytest

from client.base.errors import DeviceError
from client.capture.screen import ScreenChanged
from client.capture.screen.duplication import GRAPH, DuplicatedScreen
from client.capture.screen.grabber import Box


class Desk:
    """A desktop whose size may change."""

    def __init__(self, width: int = 1366, height: int = 768) -> None:
        self.size = Box(0, 0, width, height)
        self.closed = False

    def box(self) -> Box:
        return self.size

    def close(self) -> None:
        self.closed = True


def graph(source: str) -> str:
    return f"{source},format=bgra"


@pytest.mark.parametrize("size", [(1366, 768), (1280, 720), (641, 481)])
def test_patches_make_the_picture(size: tuple[int, int]):
    width, height = size
    box = "drawbox=x=60:y=70:w=20:h=20:c=red:t=fill:enable=gte(n\\,2)"
    source = f"color=c=0x204060:s={width}x{height}:r=50,{box}"
    screen = DuplicatedScreen(graph(source), Desk(*size))
    assert (screen.width, screen.height) == (width & ~1, height & ~1)
    canvas = np.zeros((screen.height, screen.width, 4), np.uint8)
    counts = []
    for _ in range(5):
        patches = screen.read()
        counts.append(len(patches))
        for left, top, pixels in patches:
            canvas[top : top + pixels.shape[0], left : left + pixels.shape[1]] = pixels
    assert tuple(canvas[10, 10, :3]) == (0x60, 0x40, 0x20)
    assert ((canvas[75, :, 2] > 200) & (canvas[75, :, 1] < 60)).any()
    assert counts[0] == -(-screen.height // 64)
    assert counts[1:] == [0, 2, 0, 0]  # two rows of squares with the box
    screen.close()


def test_what_does_not_change_is_not_handed_over():
    screen = DuplicatedScreen(graph("color=c=green:s=320x240:r=50"), Desk(320, 240))
    assert screen.read()
    assert [screen.read() for _ in range(3)] == [[], [], []]
    screen.close()


def test_a_size_that_changes_is_told():
    desk = Desk(320, 240)
    screen = DuplicatedScreen(graph("color=s=320x240:r=50"), desk)
    screen.read()
    desk.size = Box(0, 0, 640, 480)
    with pytest.raises(ScreenChanged):
        screen.read()
    screen.close()
    assert desk.closed


def test_an_end_is_a_lost_screen():
    screen = DuplicatedScreen(graph("color=s=320x240:r=50:d=0.06"), Desk(320, 240))
    with pytest.raises(DeviceError):
        [screen.read() for _ in range(10)]
    screen.close()


@pytest.mark.parametrize("graph", [GRAPH.format(fps=10), "no-such-filter", "color=s=0x0"])
def test_what_gives_no_picture_is_a_device_error(graph: str):
    """`ddagrab` itself, too: Linux has none, and Wine has no DXGI for it."""
    with pytest.raises(DeviceError):
        DuplicatedScreen(graph, Desk())
