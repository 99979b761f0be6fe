"""When a picture that was encoded counts as the living screen, and when it does not."""

from __future__ import annotations

import numpy as np
import pytest

from client.base.tick import EVERY_US, number_at
from client.recorder.child.hints import Area
from client.recorder.child.living import Changes, Second, judge
from tests.unit.recorder.test_tick import busy, through_x264, with_tick

AT_US = 700 * EVERY_US
TEXT = busy()
NONE = Changes(TEXT).squares
BLANK = np.full_like(TEXT, 16)
VIDEO = (slice(0, 320), slice(0, 480))
IN_VIDEO = NONE.copy()
IN_VIDEO[:10, :15] = True


def other(where=(slice(100, 300), slice(100, 500))) -> np.ndarray:
    """The same desktop, scrolled by some lines there."""
    picture = TEXT.copy()
    picture[where] = np.roll(TEXT, 9, axis=0)[where]
    return picture


@pytest.mark.parametrize(
    ("encoded", "seen", "moved", "changed", "verdict"),
    [
        (TEXT, TEXT, NONE, NONE, "proved"),
        (through_x264(TEXT, 38), TEXT, NONE, NONE, "proved"),
        (TEXT, other(), NONE, NONE, "frozen"),
        (BLANK, TEXT, NONE, NONE, "black"),
        # a video: it moves here and there, and what lies beside it proves or convicts
        (other(VIDEO), TEXT, IN_VIDEO, IN_VIDEO, "proved"),
        (other(), TEXT, NONE, ~NONE, "unprovable"),
        (other((slice(400, 520), slice(600, 900))), TEXT, IN_VIDEO, IN_VIDEO, "frozen"),
        # it moves on the screen, and never in the recording
        (TEXT, TEXT, IN_VIDEO, NONE, "frozen"),
        # two pictures that take turns: the second reading met the same one twice
        (other(VIDEO), TEXT, NONE, IN_VIDEO, "proved"),
        # a pointer is no evidence, nor is a desktop on which there is nothing to see
        (other((slice(100, 132), slice(100, 132))), TEXT, NONE, NONE, "proved"),
        (BLANK, BLANK, NONE, NONE, "unprovable"),
        (TEXT, BLANK, NONE, NONE, "unprovable"),
        (TEXT[:500], TEXT, NONE, NONE, "unprovable"),
    ],
)
def test_verdicts(encoded, seen, moved, changed, verdict) -> None:
    assert judge(encoded, Second(seen, moved, AT_US), changed) == verdict


def test_a_fresh_tick_proves_where_all_moves_and_an_old_one_does_not() -> None:
    everywhere = ~NONE
    fresh, old = (with_tick(number_at(AT_US) - age, 40, 40, 20) for age in (1, 3))
    assert judge(fresh, Second(TEXT, everywhere, AT_US), everywhere) == "proved"
    assert judge(old, Second(TEXT, everywhere, AT_US), everywhere) == "unprovable"
    assert judge(old, Second(TEXT, NONE, AT_US), NONE) == "frozen"


def test_only_what_really_changed_counts_as_changed() -> None:
    changes = Changes(TEXT)
    changes.note(TEXT, [Area(0, 0, 960, 540)])
    assert not changes.squares.any()
    picture = TEXT.copy()
    picture[538:, 958:] ^= 1
    picture[33:35, 64:66] ^= 1
    changes.note(picture, [Area(60, 30, 8, 8), Area(900, 500, 60, 40)])
    assert np.argwhere(changes.squares).tolist() == [[1, 2], [16, 29]]
    changes.note(picture, [Area(0, 0, 960, 540)])
    assert changes.squares.sum() == 2
