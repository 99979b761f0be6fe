"""Between all exchanges: look at the disk, put up progress, ask whether to go on."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import NoReturn

from client.base.clock import SECOND_US
from client.base.text import Text
from client.evidence.layout import SessionFolder
from client.upload.board import Board
from client.upload.cutting import Bundle
from client.upload.spool import Spool
from client.upload.timer import Timer

LOOK_US = SECOND_US // 2


class Ending(Enum):
    """How the uploader ended."""

    STORED = auto()
    REFUSED = auto()
    """Trying again does not help; the progress says why."""
    UNSEALED = auto()
    """All that there is was sent, but the recording is not finished."""
    ATTACHED = auto()
    """Nothing was recorded; the foreign recordings are stored."""
    AWAY = auto()
    """The organizer did not answer within the patience that was asked for."""
    NOT_ENROLLED = auto()
    UNPLUGGED = auto()
    """What is left lies on another drive, which is not connected."""
    GONE = auto()
    """Somebody removed the session's folder."""


@dataclass(frozen=True)
class Habits:
    """How long to go on. The background process goes on for ever."""

    lingers: Callable[[], bool] = lambda: True
    """Asked when there is nothing to do: is more to come?"""
    patience_us: int | None = None
    """How long the organizer may be away in one go; None: any time."""


class Halt(Exception):  # noqa: N818 (an early end, not an error)
    """Ends the uploader's work from within."""

    def __init__(self, ending: Ending) -> None:
        super().__init__(ending.name)
        self.ending = ending


class Watch:
    """The session as it grows, and the moment to stop."""

    def __init__(self, folder: SessionFolder, board: Board, timer: Timer, habits: Habits) -> None:
        self.board = board
        self.queue: deque[Bundle] = deque()
        """Bundles that are complete on the disk and not yet sent, oldest first."""
        self.sent = 0
        """Bytes of the bundles that left the queue because the organizer has them."""
        self.checks: list[Callable[[], Text | None]] = []
        """Each may name a reason that ends everything."""
        self.under_way: Callable[[], int] = lambda: 0
        self._folder = folder
        self._timer = timer
        self._habits = habits
        self._looked_us = -LOOK_US
        self._away_since_us: int | None = None
        self.spool = Spool(folder)

    def step(self) -> None:
        """Call often: reads new journal lines twice a second, may raise Halt."""
        for check in self.checks:
            reason = check()
            if reason is not None:
                self.refuse(reason)
        self._mind_patience()
        if self._timer.now_us() - self._looked_us >= LOOK_US:
            self.look()

    def look(self) -> None:
        """Read the journal's new lines now, and put up the counts."""
        self._looked_us = self._timer.now_us()
        if not self._folder.path.is_dir():
            raise Halt(Ending.GONE)
        self.queue.extend(self.spool.poll())
        self._count()

    def arrived(self, bundle: Bundle) -> None:
        """Count a bundle that the organizer has."""
        self.sent += bundle.length
        self._count()

    def start_over(self) -> None:
        """Take the whole session for unsent."""
        self.spool = Spool(self._folder)
        self.queue.clear()
        self.sent = 0
        self.look()

    def rest(self, ending: Ending) -> None:
        """Wait a moment for more, or end with `ending` where no more is to come."""
        if not self._habits.lingers():
            raise Halt(ending)
        self.pause(SECOND_US)

    def pause(self, us: int) -> None:
        """Wait this long, and keep watch meanwhile."""
        until = self._timer.now_us() + us
        while True:
            self.step()
            now = self._timer.now_us()
            if now >= until:
                return
            self._timer.wait_until(min(until, now + LOOK_US))

    def trouble(self, problem: Text | None) -> None:
        """Note that an exchange failed for now, or that one succeeded (None)."""
        if problem is None:
            self._away_since_us = None
        elif self._away_since_us is None:
            self._away_since_us = self._timer.now_us()
        self.board.trouble("bundles", problem)

    def refuse(self, reason: Text) -> NoReturn:
        """Put up why nothing more can be sent, and end."""
        self.board.refused(reason)
        raise Halt(Ending.REFUSED)

    def _count(self) -> None:
        self.board.count(self.spool.covered_bytes, self.sent + self.under_way())

    def _mind_patience(self) -> None:
        patience, since = self._habits.patience_us, self._away_since_us
        if patience is None or since is None:
            return
        if self._timer.now_us() - since >= patience:
            raise Halt(Ending.AWAY)
