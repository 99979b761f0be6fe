"""Whether the disk lasts as long as the recording, and what is given up when it does not."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

from client.base.clock import SECOND_US
from client.base.text import Text

LOOK_US = 5 * SECOND_US
WINDOW_US = 60 * SECOND_US
"""The rate is that of so long."""
STEP_US = 30 * SECOND_US
"""After a step its effect is waited for."""
SHORT, AMPLE = 2.0, 3.0
"""Of what is still needed: warn below the one, take a step back above the other."""

SHORT_OF = Text(
    "磁盘空间可能不够：按现在的速度还能录 {left} 分钟，还需要 {needed} 分钟，请清理磁盘",
    "the disk may not last: room for {left} minutes, {needed} are needed; free some space",
)
LASTS = Text("磁盘空间又足够了", "the disk lasts again")
SLOWER = Text(
    "为节省磁盘，摄像头帧率降为 1/{camera}，屏幕帧率降为 1/{screen}",
    "to save disk, the camera's rate is now 1/{camera}, the screen's 1/{screen} of the plan's",
)


class Level(NamedTuple):
    """By how much rates are divided; that of `camera` holds for each camera."""

    camera: int
    screen: int


LEVELS = (Level(1, 1), Level(2, 1), Level(3, 1), Level(3, 2), Level(3, 4))
"""The camera first: the screen shows the work."""


class DiskWatch:
    """Forecasts from what was written of late. Not thread-safe."""

    def __init__(self) -> None:
        """Begin with enough."""
        self._seen: deque[tuple[int, int]] = deque()
        self._looked_us = self._stepped_us = 0
        self._number = 0
        self.present: Text | None = None
        """What is to be shown now: that the disk may not last."""

    @property
    def level(self) -> Level:
        """Return the rates that the disk allows."""
        return LEVELS[self._number]

    def look(self, now_us: int, free: int, written: int, needed_us: int | None) -> list[Text]:
        """Take in the bytes that are free and those written so far; return what is to be said.

        `needed_us` is how long the recording still lasts; None where nothing says.
        """
        if now_us - self._looked_us < LOOK_US:
            return []
        self._looked_us = now_us
        self._seen.append((now_us, written))
        while now_us - self._seen[0][0] > WINDOW_US:
            self._seen.popleft()
        since_us, before = self._seen[0]
        if needed_us is None or written <= before or needed_us <= 0:
            return []
        left_us = free * (now_us - since_us) // (written - before)
        return [*self._warn(left_us, needed_us), *self._step(now_us, left_us / needed_us)]

    def _warn(self, left_us: int, needed_us: int) -> list[Text]:
        share = left_us / needed_us
        is_news = self.present is None
        if share < (SHORT if is_news else AMPLE):
            left, needed = (us // (60 * SECOND_US) for us in (left_us, needed_us))
            self.present = SHORT_OF.format(left=left, needed=needed)
            return [self.present] if is_news else []
        self.present = None
        return [] if is_news else [LASTS]

    def _step(self, now_us: int, share: float) -> list[Text]:
        step = 1 if share < 1 else -1 if share > AMPLE else 0
        number = min(max(self._number + step, 0), len(LEVELS) - 1)
        if number == self._number or now_us - self._stepped_us < STEP_US:
            return []
        self._number, self._stepped_us = number, now_us
        self._seen.clear()
        return [SLOWER.format(**self.level._asdict())]
