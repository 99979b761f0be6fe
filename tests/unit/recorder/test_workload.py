"""The script of contest work: what it changes, and that what truly changes is kept."""

from __future__ import annotations

import numpy as np
import pytest

from client.base.clock import SECOND_US
from client.capture.screen import Patch
from client.recorder.child.workload import CYCLE_S, MadeUpScreen, WorkedScreen, punctual_percent

FPS = 10


@pytest.mark.parametrize("size", [(64, 48), (640, 480), (1366, 768), (1920, 1080)])
def test_patches_put_in_place_make_the_screen(size: tuple[int, int]):
    screen = WorkedScreen(MadeUpScreen(*size), FPS)
    canvas = np.zeros((size[1], size[0], 4), np.uint8)
    changes = 0
    for _ in range(round(2 * CYCLE_S * FPS)):
        patches = screen.read()
        changes += bool(patches)
        for left, top, pixels in patches:
            height, width = pixels.shape[:2]
            assert not (left | top | height | width) & 1
            assert left + width <= size[0]
            assert top + height <= size[1]
            canvas[top : top + height, left : left + width] = pixels
        assert np.array_equal(canvas, screen._shown)
    assert 20 < changes < 2 * CYCLE_S * FPS * 0.6
    assert len(screen.reads_us) == 2 * CYCLE_S * FPS


def test_what_truly_changes_is_shown():
    class Blinks(MadeUpScreen):
        def read(self):
            return [*super().read(), Patch(10, 20, np.full((4, 6, 4), 77, np.uint8))]

    screen = WorkedScreen(Blinks(320, 240), FPS)
    for _ in range(5):
        assert any(p.left == 10 and (p.pixels == 77).all() for p in screen.read()[:2])


def test_punctuality_counts_intervals():
    period = SECOND_US // FPS
    assert punctual_percent([0, period, 2 * period, 4 * period, 5 * period], FPS) == 75
    assert punctual_percent([0, period * 149 // 100], FPS) == 100
    assert punctual_percent([5], FPS) == 0
