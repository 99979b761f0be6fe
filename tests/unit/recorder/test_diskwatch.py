"""The forecast of a disk that fills: when it warns, what it gives up, what it takes back."""

from __future__ import annotations

from itertools import pairwise

from client.base.clock import SECOND_US
from client.recorder.child.diskwatch import LASTS, LEVELS, DiskWatch, Level

MB = 1_000_000
HOURS_2 = 7200


class Recording:
    """A disk and a recording of two hours at `rate` bytes a second at the full rate."""

    def __init__(self, free: int, rate: int, share_of_camera: float = 0.8) -> None:
        self.free, self.rate, self.camera = free, rate, share_of_camera
        self.watch, self.second, self.written = DiskWatch(), 0, 0
        self.said: list[tuple[int, str]] = []

    def run(self, seconds: int, freed: int = 0) -> Recording:
        self.free += freed
        for _ in range(seconds):
            level = self.watch.level
            camera, screen = self.camera / level.camera, (1 - self.camera) / level.screen
            new = min(self.free, round(self.rate * (camera + screen)))
            self.free, self.written, self.second = (
                self.free - new,
                self.written + new,
                self.second + 1,
            )
            needed = (HOURS_2 - self.second) * SECOND_US
            texts = self.watch.look(self.second * SECOND_US, self.free, self.written, needed)
            self.said += [(self.second, text.en) for text in texts]
        return self


def test_a_disk_with_three_times_the_room_says_nothing() -> None:
    assert Recording(3 * HOURS_2 * MB, MB).run(HOURS_2 - 1).said == []


def test_below_twice_what_is_needed_it_warns_once_and_gives_up_nothing() -> None:
    one = Recording(round(1.5 * HOURS_2 * MB), MB).run(3000)
    ((_, said),) = one.said
    assert "room for 179 minutes" in said or "room for 180 minutes" in said
    assert one.watch.level == LEVELS[0]


def test_the_camera_gives_up_first_and_then_the_whole_contest_fits() -> None:
    one = Recording(round(0.7 * HOURS_2 * MB), MB).run(HOURS_2 - 1)
    assert one.free > 0
    slower = [said for _, said in one.said if "1/" in said]
    assert "camera's rate is now 1/2, the screen's 1/1" in slower[0]
    assert not any("screen's 1/2" in said for said in slower)


def test_the_screen_is_slowed_when_the_camera_is_not_enough() -> None:
    one = Recording(round(0.3 * HOURS_2 * MB), MB, share_of_camera=0.5).run(600)
    assert one.watch.level == Level(3, 4)
    steps = [second for second, said in one.said if "1/" in said]
    assert len(steps) == 4
    assert all(after - before >= 30 for before, after in pairwise(steps))


def test_room_that_is_made_is_used() -> None:
    one = Recording(round(0.3 * HOURS_2 * MB), MB, share_of_camera=0.5).run(600)
    one.run(600, freed=10 * HOURS_2 * MB)
    assert one.watch.level == LEVELS[0]
    assert LASTS.en in [said for _, said in one.said]


def test_a_recording_without_an_end_is_not_judged() -> None:
    watch = DiskWatch()
    for second in range(300):
        assert watch.look(second * SECOND_US, MB, second * MB, None) == []
